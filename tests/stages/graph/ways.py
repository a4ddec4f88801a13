"""Runs for the tests of the graph."""

from collections.abc import Sequence

from t2s_local.stages.graph.walks import outline_of, walks_of
from t2s_local.values.trajectory import Outcome, Step, Trajectory
from t2s_local.values.work_graph import Walk
from tests.build import step, trajectory


def calls(
    *tools: str, task: str = "Do the work.", source: str = "runs/a.jsonl", outcome: Outcome | None = None
) -> Trajectory:
    """A run that calls these tools one after another."""
    steps = [step("user", task)]
    for at, tool in enumerate(tools):
        steps += [step("tool_call", "{}", tool=tool, call_id=f"c{at}"), step("tool_result", "done", call_id=f"c{at}")]
    return trajectory(*steps, source=source, outcome=outcome)


def shell(
    *lines: tuple[str, str], task: str, source: str = "runs/a.jsonl", outcome: Outcome | None = "success"
) -> Trajectory:
    """A run of a shell: each line with what it printed."""
    steps: list[Step] = [step("user", task)]
    for at, (line, output) in enumerate(lines):
        steps += [step("tool_call", line, tool="bash", call_id=f"c{at}"), step("tool_result", output, call_id=f"c{at}")]
    return trajectory(*steps, source=source, outcome=outcome)


def walks(*runs: Trajectory) -> tuple[Walk, ...]:
    """Their walks."""
    return walks_of([outline_of(run) for run in runs])


def abcd() -> Sequence[Trajectory]:
    """Three runs of one work, the third with a detour."""
    return (
        calls("a", "b", "c", "d", source="1"),
        calls("a", "b", "c", "d", source="2"),
        calls("a", "b", "r", "c", "d", source="3"),
    )
