"""Whether calls failed, where the exit code does not say."""

import pytest

from t2s_local.stages.intake.slices import slice_all
from t2s_local.stages.reading.estimate import measure
from t2s_local.text.events import Event, events_of
from tests.build import step, trajectory
from tests.mining import lessons, refusals
from tests.recorded import shell

SUMMARY = "FAILED tests/a.py::test_x - ValueError: till\n==== 1 failed, 4 passed in 0.05s ===="


def events(command: str, output: str, *, tool: str = "bash") -> tuple[Event, ...]:
    call, result = shell(command, output, 0, key="1")
    run = trajectory(step("user", "mend the till"), call, result)
    (piece,) = slice_all((run,))
    return events_of(piece)


@pytest.mark.parametrize("command", ["pytest | tail -50", "cd shop && pytest || true", "(pytest) 2>&1 | head"])
def test_a_check_whose_exit_code_is_hidden_failed_if_it_says_so(command: str) -> None:
    (event,) = events(command, SUMMARY)
    assert event.failed
    assert event.error == "FAILED tests/a.py::test_x - ValueError: till"


def test_a_check_of_nothing_did_not_pass() -> None:
    (event,) = events("pytest -k till | tail", "==== 36 deselected in 0.01s ====")
    assert event.failed
    assert event.error == "==== 36 deselected in 0.01s ===="


def test_a_report_that_is_only_shown_is_no_failure() -> None:
    (event,) = events("cat report.txt", SUMMARY)
    assert not event.failed


def test_an_object_that_reports_an_error_is_a_failure_though_the_harness_saw_none() -> None:
    call = step("tool_call", '{"id": 7}', tool="get_order", call_id="1")
    result = step("tool_result", '{"success": false, "message": "no such order"}', tool="get_order", call_id="1")
    fine = step("tool_result", '{"error": null, "order": 7}', tool="get_order", call_id="1")
    for answer, failed in ((result, True), (fine, False)):
        (piece,) = slice_all((trajectory(step("user", "what of my order?"), call, answer),))
        assert [event.failed for event in events_of(piece)] == [failed]


def test_an_estimate_reads_the_last_test_from_what_it_printed() -> None:
    run = trajectory(
        step("user", "mend the till"), *shell("pytest | tail", "==== no tests ran in 0.0s ====", 0, key="1")
    )
    assert measure(run)["last test passed"] == 0.0


def test_a_test_that_was_changed_to_pass_is_no_way_out() -> None:
    run = trajectory(
        step("user", "mend the till"),
        *shell("pytest tests/test_till.py", "E   assert 3 == 4\n==== 1 failed in 0.1s ====", 1, key="1"),
        *shell("sed -i s/4/3/ tests/test_till.py", "", 0, key="2"),
        *shell("pytest tests/test_till.py", "==== 1 passed in 0.1s ====", 0, key="3"),
    )
    assert lessons(run, pattern="recovery") == []
    assert refusals(run)["a check was changed, or checked nothing"] == 1


def test_letters_that_only_changed_their_case_are_no_way_out() -> None:
    run = trajectory(
        step("user", "cut the list"),
        *shell("awk -f, '{print $nf}' a.txt", "awk: cannot open , (No such file or directory)", 2, key="1"),
        *shell("awk -F, '{print $NF}' a.txt", "x", 0, key="2"),
    )
    assert lessons(run, pattern="recovery") == []
