"""Rows of every kind of export, in the columns that TRL reads."""

from collections import Counter
from collections.abc import Sequence
from typing import Literal, NamedTuple

from t2s_local.stages.export.trainers.turns import Message
from t2s_local.values.trajectory import Outcome, TrajectoryId
from t2s_local.values.value import Value

Kind = Literal["pairs", "steps", "prefixes", "distillation"]


class PairRow(Value, frozen=True, kw_only=True):
    """Two runs of one task, with and without a skill, the better one preferred: a preference dataset."""

    prompt: tuple[Message, ...]
    chosen: tuple[Message, ...]
    rejected: tuple[Message, ...]
    preferred: Literal["invoke", "skip"]
    skills: tuple[str, ...]
    """Names of the skills that the run with them loaded, sorted."""
    task: str
    chosen_trajectory: TrajectoryId
    rejected_trajectory: TrajectoryId


class StepRow(Value, frozen=True, kw_only=True):
    """The acts of one run, with a label each: a stepwise supervision dataset."""

    prompt: str
    completions: tuple[str, ...]
    labels: tuple[bool, ...]
    """False where a step is fatal."""
    verdicts: tuple[float, ...]
    """1, 0.5 or 0: of what the labels make two values."""
    reasons: tuple[str, ...]
    trajectory: TrajectoryId


class PrefixRow(Value, frozen=True, kw_only=True):
    """One act of a run that succeeded, after a skill and what led to it: a prompt-completion dataset."""

    prompt: tuple[Message, ...]
    completion: tuple[Message, ...]
    skill: str
    trajectory: TrajectoryId
    step: int


class HintRow(Value, frozen=True, kw_only=True):
    """One act of a run with a known end, and two hints of a skill beside it: a prompt-completion dataset."""

    prompt: tuple[Message, ...]
    """Without the hints: whoever trains puts one of them before it."""
    completion: tuple[Message, ...]
    outcome: Outcome
    hint: str | None
    """Rule of the skill that says what to do; None where none is about this run."""
    mistake: str | None
    """Rule of the skill that says what not to do; None where none is about this run."""
    skill: str
    trajectory: TrajectoryId
    step: int


Row = PairRow | StepRow | PrefixRow | HintRow


class Rows(NamedTuple):
    """Rows of one kind, and what became none."""

    rows: Sequence[Row]
    left_out: Counter[str]
    """Reason to the number of runs, pairs or steps."""
    n_cut: int = 0
    """Rows whose context was shortened in its middle."""
