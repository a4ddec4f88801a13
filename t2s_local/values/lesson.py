"""Lessons with their quotes, and the units of work from which analysts extract lessons."""

from collections.abc import Iterable, Sequence
from typing import Literal, NewType, Protocol, TypeVar

from t2s_local.values.trajectory import Slice, TrajectoryId
from t2s_local.values.value import Value

LessonId = NewType("LessonId", str)
RunId_co = TypeVar("RunId_co", bound=str, covariant=True)
Polarity = Literal["failure", "success", "correction"]
QuoteRole = Literal["request", "action", "observation", "fix", "result", "correction", "cause"]

OF_TOOLS = frozenset(
    {
        *("absent", "argument_form", "call_form", "form_failed", "limit", "lint_rule", "policy", "quoting"),
        *("bare", "beginning", "contents", "cut", "elsewhere", "harmless", "inexact", "lowered", "matching"),
        *("mute", "piped", "record_header", "refused_edit", "same_thing", "tested", "too_new", "unknown_thing"),
        *("finds", "known_command", "one_at_a_time", "shown", "unmoved", "works_on"),
        "forgotten",
    }
)
"""Patterns whose advice follows from the tools' own refusals, outputs or gaps, whatever the outcome of the runs."""

KEPT = "kept"
"""Pattern of lessons in the words of an existing skill, from runs in which a step did what a line of the skill says."""


class Quote(Value, frozen=True, kw_only=True, order=True):
    """Words quoted verbatim from one step of a trajectory."""

    trajectory_id: TrajectoryId
    step: int
    """Index of the step in the trajectory."""
    role: QuoteRole
    text: str


class Effect(Value, frozen=True, kw_only=True):
    """Gain in a local model's log-likelihood of the action that worked, due to advice: level L2, in nats per token."""

    support: float
    """Mean gain with the advice, over the tokens in which the working action differs from the failed action."""
    placebo: float
    """Mean gain over the same tokens with advice on an unrelated subject, for comparison."""
    n_runs: int
    """Number of runs on which the gain was measured."""
    is_known: bool
    """Whether the model expected the action that worked even without advice."""


class Lesson(Value, frozen=True, kw_only=True):
    """Lesson of one analyst: a situation, what to do in it, the cause, and the evidence."""

    id: LessonId
    when: str
    do: str
    because: str | None
    polarity: Polarity
    pattern: str
    """Way the lesson was found: ``recovery``, ``correction``, ``loop``, ``contrast``, ``sequence``, ``root_cause`` …"""
    signature: str
    """*when* and *do* with names, numbers and paths masked, so that equal advice from different runs is equal text."""
    evidence: tuple[Quote, ...]
    trajectory_ids: tuple[TrajectoryId, ...]
    """Ids of every trajectory that supports the lesson, the quoted trajectories included; sorted."""
    task_ids: tuple[str, ...]
    """Distinct tasks of the supporting trajectories, sorted; a trajectory without a task id counts as its own task."""
    analyst: str
    tools: tuple[str, ...] = ()
    """Names of the tools that the lesson is about, sorted."""
    effect: Effect | None = None
    """Effect of the lesson's text as advice on the lesson's own run; None if not measured."""

    @property
    def is_stated(self) -> bool:
        """Return whether a model stated the lesson; otherwise code found it."""
        return self.analyst == "llm"

    @property
    def is_said(self) -> bool:
        """Return whether the lesson contains a user's own words; support by a single run is then enough."""
        return self.pattern == "correction" and self.analyst == "mined"


class HasRuns(Protocol[RunId_co]):
    """An item that recorded runs show, such as a lesson or a rule."""

    @property
    def trajectory_ids(self) -> tuple[RunId_co, ...]:
        """Ids of the runs that show the item."""


class HasTasks(Protocol):
    """An item that recorded runs of some tasks show."""

    @property
    def task_ids(self) -> tuple[str, ...]:
        """Distinct tasks of the runs that show the item."""


def supporting_runs(items: Iterable[HasRuns[RunId_co]]) -> frozenset[RunId_co]:
    """Return the runs that show at least one of *items*: everywhere, their number is the support of the items."""
    return frozenset(run for item in items for run in item.trajectory_ids)


def supporting_tasks(items: Iterable[HasTasks]) -> frozenset[str]:
    """Return the tasks of the runs that show at least one of *items*: their number is the items' support in tasks."""
    return frozenset(task for item in items for task in item.task_ids)


def line_of(lesson: Lesson) -> str:
    """Return a lesson in one line."""
    return f"{lesson.when}: {lesson.do}"


class HeldLesson(Value, frozen=True, kw_only=True, order=True):
    """A lesson that becomes a rule only after a person has accepted it, with the reason."""

    text: str
    reason: str
    n_runs: int
    n_tasks: int | None = None
    """Number of distinct tasks; None if an earlier version of t2s recorded the lesson."""
    lesson_ids: tuple[LessonId, ...] = ()
    """Ids of the lessons with this text, sorted; empty if an earlier version of t2s recorded the lesson."""


class Refusal(Value, frozen=True, kw_only=True, omit_defaults=True):
    """An item that an analyst or writer did not use, and the reason."""

    reason: str
    """A short fixed phrase under which refusals are counted."""
    detail: str | None = None
    count: int = 1
    trajectory_ids: tuple[TrajectoryId, ...] = ()
    """Recorded runs that the item comes from, sorted; empty if the item is about no run in particular."""


class Parked(Value, frozen=True, kw_only=True, order=True):
    """A question about a slice (a piece of a run) that a model did not answer usably, however it was asked."""

    trajectory_id: TrajectoryId
    start: int
    """Index of the first step of the slice in the trajectory."""
    stop: int
    question: str
    """Kind of the question, in one word."""
    reason: str
    """Fault of the last answer."""


class Extraction(Value, frozen=True, kw_only=True):
    """Lessons, refusals and parked questions of an analyst for one unit of work."""

    lessons: tuple[Lesson, ...] = ()
    refused: tuple[Refusal, ...] = ()
    parked: tuple[Parked, ...] = ()
    n_unasked: int = 0
    """Number of questions left for a later run, because the time limit for questions was reached."""


class Unit(Value, frozen=True, kw_only=True):
    """A piece of work for an analyst: one slice, the runs of one task, or a whole corpus."""

    id: str
    """Digest of the slices and of the analyst's version: the key under which the result is stored."""
    kind: Literal["slice", "task", "corpus"]
    slices: Sequence[Slice]
    """The slices. While units are planned their steps may be absent; for the analysis they are loaded on access."""
    questions: tuple[str, ...] | None = None
    """Kinds of questions whose answers could change a rule; None if not judged: all are asked."""
    n_unneeded: int = 0
    """Number of questions that are not asked, because no answer could change a rule."""
    n_left_out: int = 0
    """Number of slices that the unit omits because they do not fit into memory together."""


class Duplicate(Value, frozen=True, kw_only=True):
    """A lesson that repeats another lesson and was merged into that lesson."""

    kept: LessonId
    absorbed: LessonId
    similarity: float
    """Cosine of the two lessons, in [-1, 1]; 1.0 for texts that are equal after normalisation."""
