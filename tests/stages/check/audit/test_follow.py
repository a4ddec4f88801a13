"""The index PDI agrees with the figures it is described by, and is read from recorded attempts."""

import msgspec
import pytest

from t2s_local.stages.check.audit.follow.memos import memo_in, pdi_series
from t2s_local.stages.check.audit.follow.series import Attempt, pdi_steps
from t2s_local.values.trajectory import Trajectory
from tests.build import step, trajectory

FIRST = Attempt(
    facts="use openpyxl",
    strategy="read sheet then write",
    commands=("python openpyxl load",),
    failed=("✗ t1", "✗ t2"),
)
AGAIN = Attempt(facts="use openpyxl", strategy="read sheet then write", commands=("ls",), failed=("✗ t1", "✗ t2"))
OTHER = Attempt(
    facts="recalc formulas saved",
    strategy="recalc before verify",
    commands=("recalc formulas saved ok",),
    failed=("✗ t2",),
)


def test_three_attempts_have_the_figures_of_the_description() -> None:
    steps = pdi_steps([FIRST, AGAIN, OTHER])
    assert [one.exec for one in steps] == pytest.approx([0.5, 0, 1])
    assert [one.plan for one in steps] == pytest.approx([0, 1, 0])
    assert [one.oss for one in steps] == pytest.approx([0, 1, 0.25])
    assert [one.raw for one in steps] == pytest.approx([0.5, -3.0, 2.3241], abs=1e-4)
    assert [one.weighted for one in steps] == pytest.approx([0, -1.5, 2.3241], abs=1e-4)
    assert [one.flag for one in steps] == [None, "soft", None]


def test_the_same_memo_again_is_flagged_as_strong() -> None:
    last = pdi_steps([FIRST, AGAIN, AGAIN])[-1]
    assert (last.raw, last.weighted) == pytest.approx((-2.1213, -2.1213), abs=1e-4)
    assert last.flag == "strong"


def memo(facts: str, strategy: str) -> str:
    return f"# Memo\n\n## Attempts Log\n\n- one\n\n## Verified Facts\n\n{facts}\n\n## Next Strategy\n\n{strategy}\n"


def attempts(*parts: tuple[str, str, str, str]) -> Trajectory:
    steps = [step("user", "Write the sheet.")]
    for number, (facts, strategy, command, output) in enumerate(parts):
        steps += [
            step("tool_call", command, tool="bash", call_id=str(number)),
            step("tool_result", output, tool="bash", call_id=str(number)),
            step("thought", memo(facts, strategy)),
        ]
    return trajectory(*steps, task_id="sheet")


FAILED = "✗ t1\n✗ t2"
PARTS = (
    ("use openpyxl", "read sheet then write", "python openpyxl load", FAILED),
    ("use openpyxl", "read sheet then write", "ls", FAILED),
    ("recalc formulas saved", "recalc before verify", "recalc formulas saved ok", "✗ t2"),
)


def test_attempts_and_memos_are_read_from_a_run() -> None:
    (series,) = pdi_series([attempts(*PARTS)])
    assert series.task == "sheet"
    assert [one.weighted for one in series.steps] == pytest.approx([0, -1.5, 2.3241], abs=1e-4)


def test_a_memo_goes_with_the_attempt_that_no_infrastructure_error_ended() -> None:
    lost = trajectory(
        step("tool_call", "ls", tool="bash", call_id="x"),
        step("tool_result", "connection reset by peer", tool="bash", call_id="x"),
        task_id="sheet",
        source="runs/1.jsonl",
    )
    ends = [msgspec.structs.replace(attempts(PARTS[at]), source=f"runs/{2 * at}.jsonl") for at in (0, 1)]
    runs = [ends[0], lost, ends[1]]
    (series,) = pdi_series(runs)
    assert [one.exec for one in series.steps] == pytest.approx([0.5, 0])
    assert series.steps[1].oss == pytest.approx(0.5)


def test_a_text_without_both_sections_is_no_memo() -> None:
    assert memo_in("Verified Facts\n\nnone") is None
    assert memo_in("**Verified Facts**\nuse x\n**Next Strategy**\ngo on") == ("use x", "go on")
    assert pdi_series([attempts(PARTS[0])]) == ()
