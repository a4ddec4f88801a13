"""Rows of every kind of export, with the columns that the trainers of TRL read."""

from collections import Counter
from collections.abc import Sequence
from typing import Literal, NamedTuple

from t2s_local.stages.export.trainers.turns import Message
from t2s_local.values.trajectory import Outcome, TrajectoryId
from t2s_local.values.value import Value

Kind = Literal["pairs", "steps", "prefixes", "distillation"]


class PairRow(Value, frozen=True, kw_only=True):
    """Row of a preference dataset: two runs of one task, with and without a skill, of which the better is chosen."""

    prompt: tuple[Message, ...]
    chosen: tuple[Message, ...]
    rejected: tuple[Message, ...]
    preferred: Literal["invoke", "skip"]
    skills: tuple[str, ...]
    """Sorted names of the skills that the run with skills loaded."""
    task: str
    chosen_trajectory: TrajectoryId
    rejected_trajectory: TrajectoryId


class StepRow(Value, frozen=True, kw_only=True):
    """Row of a stepwise supervision dataset: the judged acts of one run, with a label for each."""

    prompt: str
    completions: tuple[str, ...]
    labels: tuple[bool, ...]
    """Label of each act: False if the step with the act is fatal, else True."""
    verdicts: tuple[float, ...]
    """Verdict on each act, which the label reduces to two values: 1 for sound, 0.5 for repaired, 0 for fatal."""
    reasons: tuple[str, ...]
    trajectory: TrajectoryId


class PrefixRow(Value, frozen=True, kw_only=True):
    """Row of a prompt-completion dataset: one act of a successful run, after a skill and the earlier messages."""

    prompt: tuple[Message, ...]
    completion: tuple[Message, ...]
    skill: str
    trajectory: TrajectoryId
    step: int


class HintRow(Value, frozen=True, kw_only=True):
    """Row of a prompt-completion dataset: one act of a run with a known outcome, with two rules of a skill as hints."""

    prompt: tuple[Message, ...]
    """Messages before the act, without the hints; whoever trains puts one hint before them."""
    completion: tuple[Message, ...]
    outcome: Outcome
    hint: str | None
    """Rule of the skill that says what to do; None if no such rule shares a word with the act."""
    mistake: str | None
    """Rule of the skill that says what not to do; None if no such rule shares a word with the act."""
    skill: str
    trajectory: TrajectoryId
    step: int


Row = PairRow | StepRow | PrefixRow | HintRow


class Rows(NamedTuple):
    """Rows of one kind, with counts of the runs, pairs or steps left out."""

    rows: Sequence[Row]
    left_out: Counter[str]
    """Reason to the number of runs, pairs or steps left out."""
    n_cut: int = 0
    """Number of rows whose context was shortened in its middle."""
