"""Estimated outcomes: which signals speak for what, and that a label always stays."""

from pathlib import Path

import pytest

from t2s_local.stages.intake.read_all import read
from t2s_local.stages.reading.estimate import SOURCE, SURE, WEIGHTS, estimate, estimated, measure
from t2s_local.values.trajectory import Label, Step, Trajectory
from tests.build import trajectory


def did(command: str, answer: str, *, code: int | None = None, call_id: str = "1") -> tuple[Step, Step]:
    return (
        Step(kind="tool_call", text=command, tool="bash", call_id=call_id),
        Step(kind="tool_result", text=answer, tool="bash", call_id=call_id, exit_code=code),
    )


def user(text: str) -> Step:
    return Step(kind="user", text=text)


def said(text: str) -> Step:
    return Step(kind="assistant", text=text)


PASSED = trajectory(user("fix it"), *did("pytest -q", "3 passed", code=0), said("Fixed."), user("Thanks, perfect"))
FAILED = trajectory(
    user("fix it"), *did("pytest -q", "1 failed", code=1) * 5, user("no, still fails"), termination="timeout"
)


def test_passing_tests_and_thanks_make_success_likelier_than_failing_tests_and_corrections() -> None:
    assert estimate(PASSED).probability > 0.6
    assert estimate(FAILED).probability < 0.1
    assert estimate(FAILED).outcome == "failure"


def test_an_estimate_names_the_signals_it_used_strongest_first() -> None:
    signals = estimate(FAILED).signals
    strengths = [abs(signal.value * signal.weight) for signal in signals]
    assert strengths == sorted(strengths, reverse=True)
    assert {"last test failed", "corrected by the user", "ended badly", "same action again"} <= {
        signal.name for signal in signals
    }


@pytest.mark.parametrize(
    ("name", "signal"),
    [
        ("last test passed", trajectory(*did("go test ./...", "ok", code=0))),
        ("last test failed", trajectory(*did("npm run build", "error: it broke"))),
        ("last result failed", trajectory(*did("cat x", "cat: x: No such file or directory"))),
        ("corrected by the user", trajectory(user("do"), said("done"), user("that's not what I asked"))),
        ("thanked at the end", trajectory(user("do"), said("done"), user("great, thank you"))),
        ("interrupted", trajectory(user("do"), Step(kind="system", text="[Request interrupted by user]"))),
        ("asked again", trajectory(user("please count the lines"), said("no"), user("Please  count the LINES"))),
        ("reverted", trajectory(*did("git checkout -- a.py", "", code=0))),
        ("same action again", trajectory(*did("ls", ""), *did("ls", ""), *did("ls", ""))),
        ("ended badly", trajectory(said("x"), termination="exit_cost_limit")),
        ("claims success", trajectory(said("It is fixed now."))),
        ("gives up", trajectory(said("I was unable to do it."))),
        ("no action", trajectory(said("x"))),
    ],
)
def test_each_signal_is_seen_where_it_is_and_only_there(name: str, signal: Trajectory) -> None:
    assert measure(signal)[name] > 0
    assert measure(trajectory(user("hello"), *did("echo a", "a", code=0, call_id="9"), said("a")))[name] == 0


def test_the_agents_own_claim_weighs_less_than_any_test() -> None:
    assert 0 < WEIGHTS["claims success"] < min(WEIGHTS["last test passed"], -WEIGHTS["last test failed"])


def test_a_label_is_never_outranked() -> None:
    labelled = trajectory(*FAILED.steps, termination="timeout", outcome="success")
    assert estimated(labelled) is labelled


def test_an_unlikely_outcome_is_not_named() -> None:
    unsure = trajectory(user("hello"), said("hello"))
    assert 1 - SURE < estimate(unsure).probability < SURE
    assert estimated(unsure) is unsure


def test_an_estimate_is_marked_as_one() -> None:
    assert estimated(FAILED).label == Label(outcome="failure", source=SOURCE)


def test_estimates_that_are_named_are_mostly_right(shared_data: Path) -> None:
    readings = read([shared_data / "intercode" / "sql"])
    known = [item for item in readings.trajectories if item.outcome in ("success", "failure")]
    guesses = [(item.outcome, estimate(item).outcome) for item in known]
    named = [(truth, guess) for truth, guess in guesses if guess is not None]
    assert len(named) > 20
    assert sum(truth == guess for truth, guess in named) >= 0.85 * len(named)
