"""Lessons with their quotes, and the units of work that analysts take them from."""

from collections.abc import Sequence
from typing import Literal, NewType

from t2s_local.values.trajectory import Slice, TrajectoryId
from t2s_local.values.value import Value

LessonId = NewType("LessonId", str)
Polarity = Literal["failure", "success", "correction"]
QuoteRole = Literal["request", "action", "observation", "fix", "result", "correction", "cause"]


class Quote(Value, frozen=True, kw_only=True, order=True):
    """Words that stand verbatim in one step of a trajectory."""

    trajectory_id: TrajectoryId
    step: int
    """Index of the step in the trajectory."""
    role: QuoteRole
    text: str


class Effect(Value, frozen=True, kw_only=True):
    """How much likelier advice makes, for a local model, what worked: level L2, in nats a token."""

    support: float
    """Mean gain over the tokens in which what worked differs from what failed."""
    placebo: float
    """The same of advice about something else."""
    n_runs: int
    """Runs it was measured on."""
    is_known: bool
    """Whether the model expected what worked without any advice."""


class Lesson(Value, frozen=True, kw_only=True):
    """Lesson of one analyst: a situation, what to do in it, the cause, and the evidence."""

    id: LessonId
    when: str
    do: str
    because: str | None
    polarity: Polarity
    pattern: str
    """How it was found: ``recovery``, ``correction``, ``loop``, ``contrast``, ``sequence``, ``root_cause`` …"""
    signature: str
    """*when* and *do* with names, numbers and paths masked: what the lesson is about rather than where it happened."""
    evidence: tuple[Quote, ...]
    trajectory_ids: tuple[TrajectoryId, ...]
    """Every trajectory that supports it, sorted; at least those quoted."""
    task_ids: tuple[str, ...]
    """Distinct tasks of these trajectories, sorted; a trajectory without a task id counts as a task of its own."""
    analyst: str
    tools: tuple[str, ...] = ()
    """Names of the tools it is about, sorted."""
    effect: Effect | None = None
    """Of its words on its own run; None where nobody measured it."""

    @property
    def is_stated(self) -> bool:
        """Return whether a model stated the lesson; otherwise code found it."""
        return self.analyst == "llm"

    @property
    def is_said(self) -> bool:
        """Return whether the lesson holds a user's own words: one user who says how something is done is enough."""
        return self.pattern == "correction" and self.analyst == "mined"

    @property
    def supporters(self) -> frozenset[TrajectoryId]:
        """Every trajectory behind it, those it quotes included."""
        return frozenset(self.trajectory_ids).union(quote.trajectory_id for quote in self.evidence)


def line_of(lesson: Lesson) -> str:
    """Return a lesson in one line."""
    return f"{lesson.when}: {lesson.do}"


class HeldLesson(Value, frozen=True, kw_only=True, order=True):
    """A lesson that no rule is made of until a person has decided on it."""

    text: str
    reason: str
    n_runs: int
    n_tasks: int | None = None
    """None where an earlier version held it."""
    lesson_ids: tuple[LessonId, ...] = ()
    """The lessons that say it, sorted; none where an earlier version held it."""


class Refusal(Value, frozen=True, kw_only=True):
    """Something an analyst did not turn into a lesson, and why."""

    reason: str
    """A short fixed phrase, the key it is counted under."""
    detail: str | None = None
    count: int = 1


class Parked(Value, frozen=True, kw_only=True, order=True):
    """A question about a slice that got no answer of use in any way it was asked."""

    trajectory_id: TrajectoryId
    start: int
    """Index of the first step of the slice in the trajectory."""
    stop: int
    question: str
    """What kind of question it was, in a word."""
    reason: str
    """What was wrong with the last answer."""


class Extraction(Value, frozen=True, kw_only=True):
    """Lessons, refusals and parked questions of an analyst for one unit of work."""

    lessons: tuple[Lesson, ...] = ()
    refused: tuple[Refusal, ...] = ()
    parked: tuple[Parked, ...] = ()
    n_unasked: int = 0
    """Questions that were left for a later run, because the time for questions was over."""


class Unit(Value, frozen=True, kw_only=True):
    """A piece of work for an analyst: one slice, the runs of one task, or a whole corpus."""

    id: str
    """Digest of the slices and of the analyst's version: what the result is stored under."""
    kind: Literal["slice", "task", "corpus"]
    slices: Sequence[Slice]
    """When planned, slices whose steps need not be there; when analysed, whole ones, loaded as they are looked at."""
    questions: tuple[str, ...] | None = None
    """Kinds of questions to a model that could change a rule; None where they were not weighed: all are asked."""
    n_unneeded: int = 0
    """Questions that are not asked, because no answer could change a rule."""
    n_left_out: int = 0
    """Slices it should look at and does not, because they are too many to be held at once."""


class Duplicate(Value, frozen=True, kw_only=True):
    """A lesson that said the same as another one and was absorbed by it."""

    kept: LessonId
    absorbed: LessonId
    similarity: float
    """Cosine, in [-1, 1]; 1.0 for texts that are equal once normalised."""
