"""Runs recorded more than once are taken once, and no run is taken for another."""

from collections.abc import Sequence

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from t2s_local.stages.conversations.fingerprint import print_of, survivors
from t2s_local.values.trajectory import Outcome, Step, Trajectory
from tests.build import trajectory

WORDS = ("ask", "ls", "ok", "cat", "done")


def run(
    texts: Sequence[str], *, session: str | None = None, outcome: Outcome | None = None, source: str = "a"
) -> Trajectory:
    steps = tuple(Step(kind="user" if place == 0 else "assistant", text=text) for place, text in enumerate(texts))
    return msgspec.structs.replace(trajectory(*steps, session_id=session, outcome=outcome), source=source)


def kept(*runs: Trajectory) -> list[Trajectory]:
    return [runs[place] for place in sorted(survivors([print_of(item) for item in runs]))]


def test_identical_runs_are_taken_once_and_the_labelled_one_stays() -> None:
    plain, labelled = run("ab", source="a"), run("ab", source="b", outcome="success")
    assert kept(plain, labelled) == [labelled]


def test_snapshots_of_one_session_collapse_to_the_longest() -> None:
    growing = [run(WORDS[:stop], session="s") for stop in (2, 3, 5)]
    assert kept(*growing) == [growing[2]]


def test_a_snapshot_that_starts_later_collapses_too() -> None:
    whole = run(["ask", "x", "ls", "ok"], session="s")
    steps = whole.steps[1:3]
    later = trajectory(*steps, source="b", session_id="s")
    assert kept(later, whole) == [whole]


def test_two_sessions_with_the_same_words_stay_two() -> None:
    assert len(kept(run(WORDS, session="s:0"), run(WORDS, session="s:1"))) == 2


def test_forks_of_one_session_stay_two() -> None:
    assert len(kept(run(["ask", "ls"], session="s"), run(["ask", "cat"], session="s"))) == 2


def test_a_log_of_growing_requests_without_ids_collapses_to_the_last() -> None:
    growing = [run(WORDS[:stop]) for stop in (2, 4, 5)]
    assert kept(*growing) == [growing[2]]


def test_labelled_runs_that_begin_alike_stay_apart() -> None:
    assert len(kept(run(["ask", "ls"], outcome="failure"), run(["ask", "ls", "ok"], outcome="success"))) == 2


@given(st.lists(st.tuples(st.lists(st.sampled_from(WORDS), min_size=1, max_size=5), st.sampled_from([None, "s", "t"]))))
def test_the_order_of_the_runs_does_not_show(drawn: list[tuple[list[str], str | None]]) -> None:
    runs = [run(texts, session=session) for texts, session in drawn]
    forward = sorted(item.id for item in kept(*runs))
    assert forward == sorted(item.id for item in kept(*runs[::-1]))
    assert len(set(forward)) == len(forward)


@given(st.lists(st.tuples(st.lists(st.sampled_from(WORDS), min_size=1, max_size=5), st.sampled_from([None, "s", "t"]))))
def test_every_run_that_goes_is_held_by_one_that_stays(drawn: list[tuple[list[str], str | None]]) -> None:
    runs = [run(texts, session=session) for texts, session in drawn]
    texts = [(item.session_id, [step.text for step in item.steps]) for item in kept(*runs)]
    for item in runs:
        said = [step.text for step in item.steps]
        holders = [other for session, other in texts if session == item.session_id]
        assert any(other[start : start + len(said)] == said for other in holders for start in range(len(other)))
