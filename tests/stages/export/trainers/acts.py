"""Runs with so many acts, with or without a skill, for tests of rows for trainers."""

from t2s_local.values.trajectory import Outcome, Step, Trajectory
from tests.build import step, trajectory


def run_of(n_acts: int, outcome: Outcome | None, *, name: str, task: str = "t", skill: str | None = None) -> Trajectory:
    """A run of *n_acts* acts, the last of which is the answer; the first loads *skill* where one is named."""
    steps = [step("user", f"Do {task}.")]
    for number in range(n_acts - 1):
        text = f"cat ~/.claude/skills/{skill}/SKILL.md" if skill and not number else f"ls {number}"
        steps += _called(text, "bash", str(number))
    return trajectory(*steps, step("assistant", f"Done, {name}."), task_id=task, outcome=outcome, source=name)


def _called(text: str, tool: str, number: str) -> list[Step]:
    return [
        step("tool_call", text, tool=tool, call_id=number),
        step("tool_result", "ok", tool=tool, call_id=number),
    ]
