"""Recorded runs: steps, trajectories and their single-intent slices."""

from collections.abc import Mapping
from typing import Literal, NewType

from t2s_local.values.value import Value

TrajectoryId = NewType("TrajectoryId", str)
SliceId = NewType("SliceId", str)
StepKind = Literal["user", "assistant", "thought", "tool_call", "tool_result", "system", "summary"]
Outcome = Literal["success", "partial", "failure"]


class Step(Value, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One step of a trajectory; exempt from garbage collection, as its JSON values cannot form reference cycles."""

    kind: StepKind
    text: str
    """The text of the message, the tool's output, or for a tool call its action text; quotes are checked against it.

    The action text is the command itself if the arguments contain a command, otherwise the arguments as compact JSON.
    """
    tool: str | None = None
    """Name of the tool that was called or that answered."""
    arguments: dict[str, object] | None = None
    """Arguments of a tool call; None for other kinds of steps, and if the arguments are not a JSON object."""
    call_id: str | None = None
    """Id that links a ``tool_call`` to its ``tool_result``; unique within one trajectory."""
    is_error: bool | None = None
    """Whether the recording marks the tool result as failed; None if the recording does not state it."""
    exit_code: int | None = None
    at: str | None = None
    """ISO 8601 time, as recorded."""
    line: int | None = None
    """1-based line (JSONL) or record number (JSON) in the source file."""


class Label(Value, frozen=True, kw_only=True, omit_defaults=True):
    """Outcome of a run and the source of this information; at least one of outcome and score is not None."""

    outcome: Outcome | None = None
    score: float | None = None
    """Score on the scale of its source."""
    source: str
    """Source of the label: ``field:reward`` of the run, ``labels:NAME`` of a label file, or ``estimate``."""


class Trajectory(Value, frozen=True, kw_only=True, omit_defaults=True):
    """One recorded run: a task, ordered steps, and an outcome if it is known."""

    id: TrajectoryId
    source: str
    """The file of the recording, as the user named it."""
    format: str
    steps: tuple[Step, ...]
    session_id: str | None = None
    task_id: str | None = None
    """Id of the task, equal for all runs of the same task."""
    task: str | None = None
    """Text of the task, in the words of the recording."""
    agent: str | None = None
    model: str | None = None
    started_at: str | None = None
    ended_at: str | None = None
    termination: str | None = None
    """Way the run ended (``submitted``, ``max_steps`` …), which does not state whether the run succeeded."""
    label: Label | None = None
    """Outcome and score; None if unknown."""
    parent_id: str | None = None
    """Session of the run that started this run as a sub-agent."""
    project: str | None = None
    """Repository or folder in which the agent worked, as :func:`t2s_local.text.projects.project_of` writes it."""

    @property
    def outcome(self) -> Outcome | None:
        """Outcome that the label states; None if unknown."""
        return None if self.label is None else self.label.outcome

    @property
    def score(self) -> float | None:
        """Score that the label states; None if unknown."""
        return None if self.label is None else self.label.score


def with_label(fields: dict[str, object]) -> dict[str, object]:
    """Return the fields of a trajectory with the outcome and score, separate in earlier versions, in one label."""
    apart = {name: fields[name] for name in ("outcome", "score", "label_source") if name in fields}
    if not apart:
        return fields
    rest = {name: value for name, value in fields.items() if name not in apart}
    stated = {name: apart[name] for name in ("outcome", "score") if apart.get(name) is not None}
    return {**rest, "label": {**stated, "source": apart.get("label_source") or "field:outcome"}} if stated else rest


class Slice(Value, frozen=True, kw_only=True):
    """A piece of a trajectory with a single intent, such as one request; each lesson comes from such pieces."""

    id: SliceId
    trajectory: Trajectory
    start: int
    """Index of the first step in the trajectory."""
    stop: int
    """One past the index of the last step."""
    request: str | None
    """The user's request in this piece, without text that the harness added; None if there is no request."""

    @property
    def steps(self) -> tuple[Step, ...]:
        """Steps of the trajectory that belong to this piece."""
        return self.trajectory.steps[self.start : self.stop]


class StepFault(Value, frozen=True, kw_only=True):
    """A call without an error that a model called wrong."""

    verdict: Literal["fatal", "repaired"]
    quote: str
    """Line of the call or of its result that the model quoted as the fault."""


StepFaults = Mapping[TrajectoryId, Mapping[int, StepFault]]
"""Faults by run, and by index of the call in the run."""
