"""Small builders of values for tests."""

from t2s_local.values.lesson import Lesson, LessonId, Polarity, Quote
from t2s_local.values.trajectory import Label, Outcome, Step, StepKind, Trajectory, TrajectoryId
from t2s_local.values.value import digest


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
    session_id: str | None = None,
    termination: str | None = None,
    format_name: str = "native",
) -> Trajectory:
    """A trajectory of these steps, identified by its content."""
    told = (item.kind + item.text for item in steps)
    identity = TrajectoryId(digest(source, task_id or "", session_id or "", *told))
    return Trajectory(
        id=identity,
        source=source,
        format=format_name,
        steps=steps,
        session_id=session_id,
        task_id=task_id,
        task=task,
        termination=termination,
        label=None if outcome is None else Label(outcome=outcome, source="file"),
    )


def lesson(
    when: str,
    do: str,
    because: str | None = None,
    *,
    polarity: Polarity = "failure",
    runs: tuple[str, ...] = ("run-1",),
    tasks: tuple[str, ...] | None = None,
    evidence: tuple[Quote, ...] = (),
) -> Lesson:
    """A lesson that says this; seen in *runs*, each of a task of its own unless *tasks* are named."""
    return Lesson(
        id=LessonId(digest(polarity, when, do, because or "", *runs)),
        when=when,
        do=do,
        because=because,
        polarity=polarity,
        pattern="recovery",
        signature=f"{when}. {do}",
        evidence=evidence,
        trajectory_ids=tuple(TrajectoryId(run) for run in sorted(runs)),
        task_ids=tuple(sorted(tasks if tasks is not None else runs)),
        analyst="test",
    )
