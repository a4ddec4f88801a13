"""Checks whose exit code a pipe hides, counted over many runs."""

from t2s_local.values.trajectory import Trajectory
from tests.build import step, trajectory
from tests.mining import lessons
from tests.recorded import shell

FAILED = "tests/test_till.py F.\n========= 1 failed, 1 passed in 0.02s ========="
PASSED = "tests/test_till.py ..\n========= 2 passed in 0.02s ========="


def checked(number: int, output: str, code: int, *, command: str = "python -m pytest -q 2>&1 | tail -5") -> Trajectory:
    calls = [part for at in range(3) for part in shell(command, output, code, key=str(at))]
    return trajectory(step("user", f"mend till {number}"), *calls, task_id=f"t{number}", source=f"{number}")


def test_a_failed_check_that_a_pipe_lets_exit_with_0_is_to_be_judged_by_its_output() -> None:
    (told,) = lessons(*[checked(n, FAILED, 0) for n in range(5)], pattern="piped")
    assert told.when == "you pipe a check such as `python -m pytest` into `tail`"
    assert told.do == (
        "Read in its output whether it passed, and keep the lines that say so: the exit code is 0 also where tests"
        " failed, since it is that of `tail`."
    )
    assert told.because == "15 failed checks in 5 runs exited with 0"


def test_checks_that_pass_or_exit_with_a_code_of_their_own_teach_nothing_on_pipes() -> None:
    assert lessons(*[checked(n, PASSED, 0) for n in range(5)], pattern="piped") == []
    assert lessons(*[checked(n, FAILED, 1) for n in range(5)], pattern="piped") == []
    plain = [checked(n, FAILED, 0, command="python -m pytest -q; true") for n in range(5)]
    assert lessons(*plain, pattern="piped") == []
    assert lessons(*[checked(n, FAILED, 0) for n in range(4)], pattern="piped") == []
