"""What checks say after edits, in the reports of a harness and in those of commands, counted over many runs."""

from collections.abc import Callable

import msgspec
import pytest

from t2s_local.values.trajectory import Outcome, Step, Trajectory
from tests.analysts.test_tool_kinds import call, run
from tests.build import step
from tests.mining import lessons
from tests.recorded import shell

Reported = Callable[[str, int], tuple[Step, ...]]


def by_itself(report: str, number: int) -> tuple[Step, ...]:
    del number
    return (step("tool_result", report, tool="harness"),)


def by_command(report: str, number: int) -> tuple[Step, ...]:
    return shell("pytest tests", report, key=f"check {number}", code=1)


BOTH = pytest.mark.parametrize("reported", [by_itself, by_command])
TIMED_OUT = "running tests/test_boat.py\n>>> Tests timed out after 60 seconds"


def edited(n: int, number: int, text: str = "x = 1") -> tuple[Step, ...]:
    return call("str_replace", "done", key=f"edit {number}", path=f"boat{n}.py", old_str="x = 0", new_str=text)


def checked(n: int, *reports: tuple[Step, ...], outcome: Outcome | None = None) -> Trajectory:
    steps = [part for number, report in enumerate(reports) for part in (*edited(n, number), *report)]
    return run(n, *steps, outcome=outcome)


NOT_COLLECTED = (
    "collected 0 items\nERROR tests/test_boat.py - ImportError: cannot import sails\n1 error during collection"
)


@BOTH
def test_a_check_that_stops_in_the_same_way_whatever_is_edited_is_told(reported: Reported) -> None:
    stuck = [checked(n, *(reported(NOT_COLLECTED, number) for number in range(3))) for n in range(4)]
    (lesson,) = lessons(*stuck, pattern="unmoved")
    assert lesson.when == "a check ends with “ERROR <path> - ImportError: cannot import sails”"
    assert lesson.because == "8 of 8 edits after it, in 4 runs, got it again"
    fixed = [checked(100 + n, reported(NOT_COLLECTED, 0), reported("3 tests passed", 1)) for n in range(4)]
    assert lessons(*stuck, *fixed, pattern="unmoved") == []
    failing = [checked(n, *(reported("1 failed\nE   AssertionError: 3 != 4", k) for k in range(3))) for n in range(4)]
    assert lessons(*failing, pattern="unmoved") == []


def test_a_check_that_no_edit_moves_is_told_of_the_projects_that_met_it() -> None:
    stuck = [
        msgspec.structs.replace(
            checked(n, *(by_itself(NOT_COLLECTED, number) for number in range(3))),
            task_id=f"{project}__{project.rpartition('__')[2]}-{n}",
        )
        for n, project in enumerate(["sail", "sail", "rope", "rope"])
    ]
    (lesson,) = lessons(*stuck, pattern="unmoved")
    assert lesson.when.startswith("a check of rope or sail ends with “ERROR")


def test_a_time_out_that_may_come_from_the_edits_is_told_only_where_it_is_older_than_they_are() -> None:
    stuck = [checked(n, *(by_command(TIMED_OUT, number) for number in range(3))) for n in range(4)]
    assert lessons(*stuck, pattern="unmoved") == []
    before = run(9, *by_command(TIMED_OUT, 8), *edited(9, 9), *by_command(TIMED_OUT, 9))
    (lesson,) = lessons(*stuck, before, pattern="unmoved")
    assert lesson.when == "a check ends with “>>> Tests timed out after <number> seconds”"
    assert lesson.because == "9 of 9 edits after it, in 5 runs, got it again; before any edit 1 run got it"
