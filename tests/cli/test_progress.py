"""How far a run is, in words."""

from t2s_local.cli.progress import how_far


def test_the_rate_and_the_time_left_are_said() -> None:
    assert how_far(120, 500, seconds=60) == "120 of 500, 190 s left (2.0/s)"


def test_what_was_stored_already_makes_no_run_look_fast() -> None:
    assert how_far(120, 500, seconds=60, n_remembered=60) == "120 of 500, 380 s left (1.0/s)"


def test_no_time_is_guessed_before_anything_was_worked_on() -> None:
    assert how_far(60, 500, seconds=60, n_remembered=60) == "60 of 500 (0.0/s)"
    assert how_far(7, None, seconds=2) == "7 (3.5/s)"
