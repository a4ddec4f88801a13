"""Checks of a rule's evidence: enough runs, a remedy that succeeded, and no other rule on the same failure."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from t2s_local.text.messages import masked_messages
from t2s_local.text.text import mask, words
from t2s_local.values.lesson import KEPT, Lesson, supporting_runs
from t2s_local.values.trajectory import TrajectoryId

ALIKE = 0.5
"""Least share of common words of two remedies that are the same apart from details."""
SHORTEST = 12
"""Fewest characters of a message that distinguishes failures."""
_FAILURES = frozenset({"recovery", "root_cause", "loop", "diagnosis"})
_OF_RUNS = _FAILURES | {"contrast", "sequence", "correction"}
"""Patterns of lessons about whole runs, not about a single message and its cause."""
_UNKNOWN: Mapping[TrajectoryId, str | None] = MappingProxyType({})
_STATED = frozenset({"policy", "lint_rule", "forgotten"})
"""Patterns of rules that a tool or a program states in its own words: two runs with the statement are enough."""
STATED_SUPPORT = 2
SAID_SUPPORT = 1
"""Fewest runs behind a rule that a user states: nobody should have to repeat it."""


def needed(lessons: Sequence[Lesson], min_support: int) -> int:
    """Return the number of trajectories that a rule of *lessons* needs: fewer if a user or a program states it."""
    if is_said(lessons):
        return SAID_SUPPORT
    is_stated = all(lesson.analyst == "mined" and lesson.pattern in _STATED for lesson in counted_alone(lessons))
    return min(min_support, STATED_SUPPORT) if is_stated else min_support


def is_said(lessons: Sequence[Lesson]) -> bool:
    """Return whether all *lessons* quote users' words, a model's wordings of them left out."""
    return bool(lessons) and all(lesson.is_said for lesson in counted_alone(lessons))


def counted_alone(lessons: Sequence[Lesson]) -> Sequence[Lesson]:
    """Return the lessons that code found; if there are none, the lessons of a model."""
    return [lesson for lesson in lessons if not lesson.is_stated] or lessons


def is_backed(lessons: Sequence[Lesson], outcomes: Mapping[TrajectoryId, str | None] = _UNKNOWN) -> bool:
    """Return whether two runs used a similar remedy and succeeded, if *lessons* are about a failure; otherwise True.

    Many runs may meet one failure and each solve it in another way: the action of one run is no rule yet. The action of
    runs that all failed is no rule either: getting past an error is not reaching the goal. A failure whose cause a run
    stated needs only success. A line of an existing skill, in its own words, needs runs that did not mostly fail.
    """
    if all(lesson.pattern == KEPT for lesson in lessons):
        return _has_not_failed(supporting_runs(lessons), outcomes)
    if not all(lesson.pattern in _FAILURES for lesson in lessons):
        return True
    if any(lesson.pattern == "root_cause" for lesson in lessons):
        return pays(supporting_runs(lessons), outcomes)
    remedies = [lesson for lesson in lessons if lesson.pattern != "loop"] or lessons
    return any(_is_taken(one, remedies, outcomes) for one in remedies)


def _has_not_failed(runs: Iterable[TrajectoryId], outcomes: Mapping[TrajectoryId, str | None]) -> bool:
    found = [outcomes.get(run) for run in runs]
    return found.count("failure") <= found.count("success")


def _is_taken(one: Lesson, remedies: Sequence[Lesson], outcomes: Mapping[TrajectoryId, str | None]) -> bool:
    said = _said(one)
    alike = [other for other in remedies if _alike(said, _said(other))]
    takers = supporting_runs(alike)
    is_many = len(takers) > 1 and (_is_failure(one) or len(_done(alike)) > 1)
    return is_many and pays(takers, outcomes)


def _is_failure(lesson: Lesson) -> bool:
    """Return whether the lesson quotes a message; otherwise it is about information that had to be looked up."""
    return "“" in lesson.when


def _done(lessons: Sequence[Lesson]) -> set[str]:
    """Return the different first fixes of *lessons*, each a quoted call; the empty text for a lesson without a fix.

    If every run called the same tool on the same object, there is only one fix, which the agent may know by heart.
    """
    return {next((quote.text for quote in lesson.evidence if quote.role == "fix"), "") for lesson in lessons}


def pays(takers: Iterable[TrajectoryId], outcomes: Mapping[TrajectoryId, str | None]) -> bool:
    """Return whether a remedy led to success.

    True if a run in *takers*, the runs that used the remedy, succeeded, or if most of these runs have no label.
    """
    found = [outcomes.get(run) for run in takers]
    return "success" in found or found.count(None) > len(found) - found.count(None)


def is_told(lessons: Sequence[Lesson], messages: frozenset[str]) -> bool:
    """Return whether most of *lessons* are about failures with *messages*, whose cause other rules state."""
    if not all(lesson.pattern in _FAILURES for lesson in lessons):
        return False
    told = sum(any(message in text for text in masked_messages(lesson) for message in messages) for lesson in lessons)
    return 2 * told > len(lessons)


def messages_of(lessons: Iterable[Lesson]) -> frozenset[str]:
    """Return the masked messages of lessons that state one message and its cause, as counted over many runs."""
    return frozenset(
        text
        for lesson in lessons
        if lesson.analyst == "mined" and lesson.pattern not in _OF_RUNS
        for text in masked_messages(lesson)
    )


def _said(lesson: Lesson) -> frozenset[str]:
    return frozenset(words(mask(lesson.do)))


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) >= ALIKE * len(one | other)
