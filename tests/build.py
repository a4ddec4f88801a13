"""Small builders of values for tests."""

from t2s_local.types import Outcome, Step, StepKind, Trajectory, TrajectoryId, digest


def step(
    kind: StepKind, text: str, *, tool: str | None = None, call_id: str | None = None, is_error: bool | None = None
) -> Step:
    """One step."""
    return Step(kind=kind, text=text, tool=tool, call_id=call_id, is_error=is_error)


def trajectory(
    *steps: Step,
    task_id: str | None = None,
    task: str | None = None,
    outcome: Outcome | None = None,
    source: str = "runs/a.jsonl",
) -> Trajectory:
    """A trajectory of these steps, identified by its content."""
    identity = TrajectoryId(digest(source, task_id or "", *(item.kind + item.text for item in steps)))
    return Trajectory(
        id=identity,
        source=source,
        format="native",
        steps=steps,
        task_id=task_id,
        task=task,
        outcome=outcome,
        label_source=None if outcome is None else "file",
    )
