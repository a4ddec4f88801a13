"""Verdicts on steps: sound, repaired, fatal, or none."""

from t2s_local.stages.steps.steps import NO_ANSWER, NO_ERROR, StepVerdict, judge_steps, settled
from t2s_local.values.trajectory import Step, Trajectory
from tests.build import step, trajectory

MISSING = "FileNotFoundError: [Errno 2] No such file or directory: 'a.csv'"
KEY = "KeyError: 'amnt'"


def called(*turns: tuple[str, str], tool: str = "python", end: Step | None = None) -> Trajectory:
    steps = [step("user", "Sum the amounts.")]
    for number, (action, output) in enumerate(turns):
        steps += [
            step("tool_call", action, tool=tool, call_id=str(number)),
            step("tool_result", output, tool=tool, call_id=str(number)),
        ]
    return trajectory(*steps, *([] if end is None else [end]))


def values(verdicts: tuple[StepVerdict, ...]) -> list[float | None]:
    return [verdict.verdict for verdict in verdicts]


SESSION = (
    ("import pandas as pd", "ok"),
    ("pd.read_csv('a.csv')", MISSING),
    ("df = pd.read_csv('data/a.csv')", "ok"),
    ("df['amnt'].sum()", KEY),
)


def test_a_slip_that_a_later_step_mends_is_a_half_and_one_that_none_mends_is_fatal() -> None:
    found = judge_steps(called(*SESSION, end=step("thought", "I do not know.")))
    assert values(found) == [1, 0.5, 1, 0, 0]
    assert [verdict.quote for verdict in found] == [None, MISSING, None, KEY, None]
    assert [found[0].reason, found[-1].reason] == [NO_ERROR, NO_ANSWER]


def test_an_answer_closes_a_run() -> None:
    found = judge_steps(called(*SESSION[:3], end=step("assistant", "The sum is 7.")))
    assert values(found) == [1, 0.5, 1, 1]


def test_a_run_that_ends_in_a_result_has_no_answer_unless_it_succeeded() -> None:
    found = judge_steps(called(*SESSION[:3]))
    assert values(found) == [1, 0.5, 0]
    assert values(settled(found, "success")) == [1, 0.5, 1]
    assert settled(found, "failure") == found


def test_a_silent_mistake_is_not_seen() -> None:
    asked = called(("df['qty'].sum()", "12"), end=step("assistant", "The revenue is 12."))
    assert [verdict.reason for verdict in judge_steps(asked)] == [NO_ERROR, NO_ERROR]


def edited(*turns: tuple[str, str, str]) -> Trajectory:
    steps = [step("user", "Mend it.")]
    for number, (tool, action, output) in enumerate(turns):
        steps += [
            step("tool_call", action, tool=tool, call_id=str(number)),
            step("tool_result", output, tool=tool, call_id=str(number)),
        ]
    return trajectory(*steps, step("assistant", "Mended."))


EDIT = ("edit", '{"path": "src/sums.py", "old": "a", "new": "b"}', "edited")
RED = ("bash", "pytest tests", "src/sums.py:3: in total\nE   NameError: name 'b' is not defined\n1 failed in 0.1s")


def test_a_change_that_the_next_check_contradicts_is_fatal_unless_it_is_made_again() -> None:
    again = ("edit", '{"path": "src/sums.py", "old": "b", "new": "c"}', "edited")
    green = ("bash", "pytest tests", "3 passed in 0.1s")
    assert values(judge_steps(edited(EDIT, RED))) == [0, 0, 1]
    assert values(judge_steps(edited(EDIT, RED, again, green))) == [0.5, 0.5, 1, 1, 1]
    assert values(judge_steps(edited(EDIT, green, RED)))[0] == 1


def test_what_the_network_did_has_no_verdict() -> None:
    lost = called(("fetch('x')", "Error: connection timed out"), end=step("assistant", "The network is down."))
    assert values(judge_steps(lost)) == [None, 1]


def test_a_run_without_any_act_has_no_verdict() -> None:
    assert judge_steps(trajectory(step("user", "Hello?"))) == ()
