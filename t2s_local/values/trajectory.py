"""Recorded runs: steps, trajectories and their single-intent slices."""

from typing import Literal, NewType

from t2s_local.values.value import Value

TrajectoryId = NewType("TrajectoryId", str)
SliceId = NewType("SliceId", str)
StepKind = Literal["user", "assistant", "thought", "tool_call", "tool_result", "system", "summary"]
Outcome = Literal["success", "partial", "failure"]


class Step(Value, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One step of a trajectory; holds JSON alone, so no circle for the collector of garbage to look for."""

    kind: StepKind
    text: str
    """What quotes are checked against: the words said, the tool's output, or for a tool call its action text.

    The action text is the command itself where the arguments hold one, otherwise the arguments as compact JSON.
    """
    tool: str | None = None
    """Name of the tool that was called or that answered."""
    arguments: dict[str, object] | None = None
    """Arguments of a tool call; None for other kinds and where they are no JSON object."""
    call_id: str | None = None
    """Links a ``tool_call`` to its ``tool_result``; unique within one trajectory."""
    is_error: bool | None = None
    """Of a tool result: whether the format itself marks it as failed; None where it does not say."""
    exit_code: int | None = None
    at: str | None = None
    """ISO 8601 time, as recorded."""
    line: int | None = None
    """1-based line (JSONL) or record number (JSON) in the source file."""


class Label(Value, frozen=True, kw_only=True, omit_defaults=True):
    """How a run ended, and who said so; at least one of outcome and score is known."""

    outcome: Outcome | None = None
    score: float | None = None
    """On the scale of whoever scored it."""
    source: str
    """Where it came from: ``field:reward`` of the run, ``labels:NAME`` of a label file, ``estimate``."""


class Trajectory(Value, frozen=True, kw_only=True, omit_defaults=True):
    """One recorded run: a task, ordered steps, an outcome where one is known."""

    id: TrajectoryId
    source: str
    """The file it came from, as the user named it."""
    format: str
    steps: tuple[Step, ...]
    session_id: str | None = None
    task_id: str | None = None
    """The same for every run of the same task."""
    task: str | None = None
    """What was asked for, in the words of the run."""
    agent: str | None = None
    model: str | None = None
    started_at: str | None = None
    ended_at: str | None = None
    termination: str | None = None
    """How the run ended (``submitted``, ``max_steps`` …); finished is not succeeded."""
    label: Label | None = None
    """None where nobody said how it ended."""
    parent_id: str | None = None
    """Session of the run that started this one as a sub-agent."""
    project: str | None = None
    """Repository or folder it worked in, as :func:`t2s_local.text.projects.project_of` writes it."""

    @property
    def outcome(self) -> Outcome | None:
        """Outcome that its label states."""
        return None if self.label is None else self.label.outcome

    @property
    def score(self) -> float | None:
        """Score that its label states."""
        return None if self.label is None else self.label.score


def with_label(fields: dict[str, object]) -> dict[str, object]:
    """Return the fields of a trajectory with outcome and score, which earlier versions kept apart, in one label."""
    apart = {name: fields[name] for name in ("outcome", "score", "label_source") if name in fields}
    if not apart:
        return fields
    rest = {name: value for name, value in fields.items() if name not in apart}
    stated = {name: apart[name] for name in ("outcome", "score") if apart.get(name) is not None}
    return {**rest, "label": {**stated, "source": apart.get("label_source") or "field:outcome"}} if stated else rest


class Slice(Value, frozen=True, kw_only=True):
    """A single-intent piece of a trajectory: the unit a lesson belongs to."""

    id: SliceId
    trajectory: Trajectory
    start: int
    """Index of the first step in the trajectory."""
    stop: int
    """One past the index of the last step."""
    request: str | None
    """What the user asked for in this piece, without the harness's text."""

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps of this piece."""
        return self.trajectory.steps[self.start : self.stop]
