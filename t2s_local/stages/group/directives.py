"""What a lesson says to do and what it says not to, and which two lessons contradict each other."""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from t2s_local.text.text import words
from t2s_local.values.cluster import Contradiction
from t2s_local.values.lesson import Lesson
from t2s_local.values.value import Value

if TYPE_CHECKING:
    from t2s_local.vectors.matrix import FloatMatrix

SAME_SUBJECT = 0.5
"""Least cosine of two lessons that can contradict each other; below it they speak of different things."""
_SAME_ACTION = 0.6
"""Least share of the shorter action's words that the other one has too."""
_FEWEST = 2
"""Words an action needs before it is compared: one word alone is too little to call a contradiction."""
_REPORTED = 5
"""Opponents that are reported of one lesson; in a large corpus everything has hundreds."""
_CHUNK = 1024
_CLAUSES = re.compile(
    r"[.;!?](?:\s+|$)|,?\s+(?:but|instead|then)\s+|\s+[-–—]\s+|,\s+(?=(?:do not|don't|never|avoid)\b)",
    re.IGNORECASE,
)
_REPLACED = re.compile(r",?\s+(?:instead of|rather than)\s.*?(?=[.;!?](?:\s|$)|$)", re.IGNORECASE | re.DOTALL)
"""What something else takes the place of: neither advice nor forbidden everywhere."""
_FORBIDS = re.compile(
    r"^\W*(?:(?:and|so|please|you|always)\s+)*"
    r"(?:do\s+not|don['’]t|never|avoid|stop|refrain\s+from|must\s+not|mustn['’]t|should\s+not|shouldn['’]t|cannot|no)\b",
    re.IGNORECASE,
)
_STOP = frozenset(
    words(
        "a an the to of in on at by for with and or it its this that is are be was as from into before after when if "
        "you your use using do not ever again just only any all"
    )
)
_ENDING = re.compile(r"(?<=[a-z]{3})(?:ing|ed|es|s|e)$")


class Stance(Value, frozen=True, kw_only=True):
    """The actions of one lesson, each as the set of its words without endings."""

    affirmed: tuple[frozenset[str], ...]
    forbidden: tuple[frozenset[str], ...]


def stance(lesson: Lesson) -> Stance:
    """Read what *lesson* says to do and not to do, clause by clause."""
    affirmed: list[frozenset[str]] = []
    forbidden: list[frozenset[str]] = []
    for clause in _CLAUSES.split(_REPLACED.sub("", lesson.do)):
        if not clause:
            continue
        forbids = _FORBIDS.match(clause)
        action = content(clause[forbids.end() :] if forbids else clause)
        if len(action) >= _FEWEST:
            (forbidden if forbids else affirmed).append(action)
    return Stance(affirmed=tuple(affirmed), forbidden=tuple(forbidden))


def content(text: str) -> frozenset[str]:
    """The telling words of *text*, without endings."""
    return frozenset(_ENDING.sub("", word) for word in words(text) if word not in _STOP)


def contradicts(one: Stance, other: Stance) -> bool:
    """Whether *one* forbids what *other* says to do."""
    return any(
        len(forbidden & affirmed) >= _SAME_ACTION * min(len(forbidden), len(affirmed))
        for forbidden in one.forbidden
        for affirmed in other.affirmed
    )


def opponents(lessons: Sequence[Lesson], vectors: "FloatMatrix") -> dict[int, dict[int, float]]:
    """For each row that forbids something, the rows on one subject that say to do it, with their cosine.

    Args:
        lessons: In the order of the rows.
        vectors: Unit rows.
    """
    stances = [stance(lesson) for lesson in lessons]
    forbidding = [row for row, found in enumerate(stances) if found.forbidden and not contradicts(found, found)]
    found: dict[int, dict[int, float]] = {}
    for start in range(0, len(forbidding), _CHUNK):
        rows = forbidding[start : start + _CHUNK]
        cosines = vectors[rows] @ vectors.T
        for at, other in zip(*np.nonzero(cosines >= SAME_SUBJECT), strict=True):
            if contradicts(stances[rows[at]], stances[other]):
                found.setdefault(rows[at], {})[int(other)] = float(cosines[at, other])
    return found


def contradictions(
    lessons: Sequence[Lesson], opponents: Mapping[int, Mapping[int, float]]
) -> tuple[Contradiction, ...]:
    """The pairs to report: for each lesson that forbids something its nearest opponents; sorted."""
    pairs = [
        Contradiction(affirmed=lessons[other].id, forbidden=lessons[row].id, similarity=cosine)
        for row, others in opponents.items()
        for other, cosine in sorted(others.items(), key=lambda item: (-item[1], item[0]))[:_REPORTED]
    ]
    return tuple(sorted(pairs))
