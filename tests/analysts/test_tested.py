"""How the runs on a project run the tests of one file."""

from t2s_local.values.trajectory import Trajectory
from tests.build import step, trajectory
from tests.mining import lessons
from tests.recorded import shell

PASSED = "========= 2 passed in 0.02s ========="
FAILED = "========= 1 failed, 1 passed in 0.02s ========="
GONE = "/usr/bin/python: No module named pytest"


def checked(
    number: int,
    name: str,
    output: str = PASSED,
    *,
    folder: str = "",
    project: str = "till",
    place: str = "check/unittest_",
) -> Trajectory:
    command = f"{folder}python -m pytest -q tests/{place}{name}.py 2>&1 | tail -5"
    return trajectory(
        step("user", f"mend {project} {number}"),
        *shell(command, output, 0, key="1"),
        *shell("git diff", "", 0, key="2"),
        task_id=f"acme__{project}-{number}",
        source=f"{number}",
    )


def told(*runs: Trajectory) -> list[str]:
    return [f"{one.when}: {one.do} {one.because}" for one in lessons(*runs, pattern="tested")]


def test_the_form_of_the_files_of_tests_is_told_with_how_often_such_checks_passed() -> None:
    runs = [checked(1, "sum"), checked(2, "sum", FAILED), checked(3, "tax", folder="cd /srv/till && ")]
    runs += [checked(4, "tax", GONE)]
    assert told(*runs) == [
        "in till: Test a part of it with `python -m pytest tests/check/unittest_<name>.py` (`<name>` as in `sum` and"
        + " `tax`). 3 of 4 runs on the project did so; 2 of 3 such checks passed"
    ]


def test_files_that_few_runs_test_or_that_never_pass_or_that_lie_elsewhere_are_no_way_of_the_project() -> None:
    assert told(checked(1, "sum"), checked(2, "tax")) == []
    assert told(*[checked(n, name, FAILED) for n, name in enumerate(("sum", "tax", "due"))]) == []
    assert told(*[checked(n, "sum") for n in range(3)]) == []
    assert told(*[checked(n, name, folder="cd sub && ") for n, name in enumerate(("sum", "tax", "due"))]) == []
    beside = "cat tests/check/unittest_x.py && python -m pytest -q # "
    assert told(*[checked(n, name, folder=beside) for n, name in enumerate(("sum", "tax", "due"))]) == []
    apart = [checked(n, name, project=name) for n, name in enumerate(("sum", "tax", "due"))]
    assert told(*apart) == []


def test_what_everybody_tries_first_is_not_told_and_neither_is_what_mostly_failed() -> None:
    names = list(enumerate(("sum", "tax", "due")))
    assert told(*[checked(n, name, place="test_") for n, name in names]) == []
    assert told(*[checked(n, name, place="check_") for n, name in names]) == []
    assert told(*[checked(n, name, place="unittest_") for n, name in names]) != []
    failed = [checked(10 + n, name, FAILED) for n, name in enumerate(("sum", "tax", "due", "net"))]
    assert told(*[checked(n, name) for n, name in names], *failed) == []
