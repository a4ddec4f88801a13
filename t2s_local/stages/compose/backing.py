"""Whether more than one run stands behind what a rule tells to do, not only behind the failure it is about."""

from collections.abc import Sequence

from t2s_local.text.text import mask, words
from t2s_local.values.lesson import Lesson

ALIKE = 0.5
"""Least share of words that two remedies have in common to be one in other details."""
_FAILURES = frozenset({"recovery", "loop"})


def is_backed(lessons: Sequence[Lesson]) -> bool:
    """Whether two runs took a like remedy, where *lessons* are of a failure that none of them gives the cause of.

    Many runs may meet one failure and each get past it in a way of its own: what one of them did is no rule yet.
    """
    if not all(lesson.pattern in _FAILURES for lesson in lessons):
        return True
    remedies = [lesson for lesson in lessons if lesson.pattern != "loop"] or lessons
    told = [(frozenset(words(mask(lesson.do))), lesson.trajectory_ids) for lesson in remedies]
    return any(len({run for other, runs in told if _alike(one, other) for run in runs}) > 1 for one, _ in told)


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) >= ALIKE * len(one | other)
