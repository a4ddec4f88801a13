"""Directives of lessons: actions they recommend or forbid, and pairs of lessons that contradict each other."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from t2s_local.text.lesson_words import wish_of
from t2s_local.text.order import Precedence, precedences, settings
from t2s_local.text.text import content, jaccard
from t2s_local.values.cluster import Contradiction
from t2s_local.values.lesson import Lesson
from t2s_local.values.value import Value

if TYPE_CHECKING:
    from t2s_local.vectors.matrix import FloatMatrix

SAME_SUBJECT = 0.5
"""Least cosine of two lessons that can contradict each other; below it they are about different subjects."""
_SAME_ACTION = 0.6
"""Least share of the shorter action's words that the longer action must contain for both to be the same action."""
_FEWEST = 2
"""Fewest words of an action that is compared: one word is too little for a contradiction."""
_ONE = 0.8
"""Least share of common words for two situations, or an action and its prohibition, to be the same."""
_LEAST_TASKS = 2
"""Fewest tasks that must have used a value for another value to contradict it."""
_CHUNK = 1024
_CLAUSES = re.compile(
    r"[.;!?](?:\s+|$)|,?\s+(?:but|instead|then)\s+|\s+[-–—]\s+|,\s+(?=(?:do not|don't|never|avoid)\b)",
    re.IGNORECASE,
)
_REPLACED = re.compile(r",?\s+(?:instead of|rather than)\s.*?(?=[.;!?](?:\s|$)|$)", re.IGNORECASE | re.DOTALL)
"""Clause on an action that is replaced: the action is neither recommended nor forbidden in general."""
_FORBIDS = re.compile(
    r"^\W*(?:(?:and|so|please|you|always)\s+)*"
    r"(?:do\s+not|don['’]t|never|avoid|stop|refrain\s+from|must\s+not|mustn['’]t|should\s+not|shouldn['’]t|cannot|no)\b",
    re.IGNORECASE,
)
_CONDITIONAL = re.compile(r"\b(?:before|until|unless|without|after|while|when|if)\b", re.IGNORECASE)
"""Words that limit a prohibition to some situations."""
_ANSWER = re.compile(r"^\W*\w+[,.!:]\s+")
"""A word of reply before an order, such as "No," or "Yes."."""
_NUMBER = re.compile(r"\d+")


def without_replaced(text: str) -> str:
    """Return *text* without the clauses on replaced actions, such as "instead of `npm`"."""
    return _REPLACED.sub("", text)


def clauses(text: str) -> list[str]:
    """Return the clauses of a text that orders something, without clauses on replaced actions."""
    return [clause for clause in _CLAUSES.split(without_replaced(text)) if clause]


def forbidden_part(clause: str) -> str | None:
    """Return the action that *clause* forbids, as its words after "never" or "do not"; None if it forbids nothing."""
    found = _FORBIDS.match(clause)
    return None if found is None else clause[found.end() :]


def is_conditional(clause: str) -> bool:
    """Return whether *clause* limits its prohibition to some situations."""
    return _CONDITIONAL.search(clause) is not None


class Stance(Value, frozen=True, kw_only=True):
    """Recommended and forbidden actions of one lesson, each as the set of its words without endings."""

    affirmed: tuple[frozenset[str], ...]
    forbidden: tuple[frozenset[str], ...]


def stance(lesson: Lesson) -> Stance:
    """Return the actions that *lesson* recommends or forbids, one for each clause."""
    affirmed: list[frozenset[str]] = []
    forbidden: list[frozenset[str]] = []
    for clause in clauses(wish_of(lesson.do)):
        refused = forbidden_part(clause)
        action = content(clause if refused is None else refused)
        if len(action) >= _FEWEST:
            (affirmed if refused is None else forbidden).append(action)
    return Stance(affirmed=tuple(affirmed), forbidden=tuple(forbidden))


def contradicts(one: Stance, other: Stance) -> bool:
    """Return whether *one* forbids an action that *other* recommends."""
    return any(
        len(forbidden & affirmed) >= _SAME_ACTION * min(len(forbidden), len(affirmed))
        for forbidden in one.forbidden
        for affirmed in other.affirmed
    )


def opponents(stances: Sequence[Stance], vectors: "FloatMatrix") -> dict[int, dict[int, float]]:
    """Return for each row that forbids an action the rows on the same subject that recommend it, with their cosine.

    Args:
        stances: Actions of the lessons, in the order of the rows.
        vectors: Unit rows.
    """
    forbidding = [row for row, found in enumerate(stances) if found.forbidden and not contradicts(found, found)]
    found: dict[int, dict[int, float]] = {}
    for start in range(0, len(forbidding), _CHUNK):
        rows = forbidding[start : start + _CHUNK]
        cosines = vectors[rows] @ vectors.T
        for at, other in zip(*np.nonzero(cosines >= SAME_SUBJECT), strict=True):
            if contradicts(stances[rows[at]], stances[other]):
                found.setdefault(rows[at], {})[int(other)] = float(cosines[at, other])
    return found


class Order(Value, frozen=True, kw_only=True):
    """Parts of a lesson that another lesson can contradict."""

    row: int
    tools: tuple[str, ...]
    situation: frozenset[str]
    precedences: tuple[Precedence, ...]
    affirmed: tuple[frozenset[str], ...]
    forbidden: tuple[frozenset[str], ...]
    """Actions that are forbidden without a condition."""
    settings: Mapping[str, str]

    def offers(self) -> Iterator[tuple[str, ...]]:
        """Yield keys of the orders in this lesson."""
        for item in self.precedences:
            yield from ((item.relation, one, two) for one in item.first for two in item.second)
        yield from (("do", word) for action in self.affirmed for word in action)
        yield from (("set", name) for name in self.settings)

    def opposes(self) -> Iterator[tuple[str, ...]]:
        """Yield keys of the orders that would contradict this lesson."""
        for item in self.precedences:
            yield from ((item.relation, two, one) for one in item.first for two in item.second)
        yield from (("do", word) for action in self.forbidden for word in action)
        yield from (("set", name) for name in self.settings)


def contradictions(
    lessons: Sequence[Lesson], vectors: "FloatMatrix", *, supports: Sequence[int]
) -> tuple[Contradiction, ...]:
    """Return the pairs of lessons with opposite orders for the same tools in one situation; sorted.

    Two orders are opposite if they name steps in reverse order, if they prefer different tools of two, if one forbids
    the action of the other, or if they set an argument to different values. Each value must be used in several tasks,
    since a value of a single task may be peculiar to that task.

    Args:
        lessons: Lessons in the order of the rows.
        vectors: Unit rows.
        supports: Number of tasks behind the advice of each lesson.
    """
    orders = [_order(row, lesson, has_values=supports[row] >= _LEAST_TASKS) for row, lesson in enumerate(lessons)]
    offered: dict[tuple[str, ...], list[int]] = {}
    for order in orders:
        for key in dict.fromkeys(order.offers()):
            offered.setdefault(key, []).append(order.row)
    pairs: dict[frozenset[int], Contradiction] = {}
    for order in orders:
        for row in sorted({row for key in set(order.opposes()) for row in offered.get(key, ())} - {order.row}):
            if frozenset((row, order.row)) not in pairs and _is_opposed(order, orders[row]):
                pairs[frozenset((row, order.row))] = Contradiction(
                    affirmed=lessons[row].id,
                    forbidden=lessons[order.row].id,
                    similarity=float(vectors[order.row] @ vectors[row]),
                )
    return tuple(sorted(pairs.values()))


def _order(row: int, lesson: Lesson, *, has_values: bool) -> Order:
    affirmed: list[frozenset[str]] = []
    forbidden: list[frozenset[str]] = []
    do = _ANSWER.sub("", wish_of(lesson.do))
    for clause in clauses(do):
        refused = forbidden_part(clause)
        action = _exact(clause if refused is None else refused)
        if len(action) >= _FEWEST and not (refused is not None and is_conditional(clause)):
            (affirmed if refused is None else forbidden).append(action)
    return Order(
        row=row,
        tools=lesson.tools,
        situation=_exact(lesson.when),
        precedences=precedences(do, content=_exact),
        affirmed=tuple(affirmed),
        forbidden=tuple(forbidden),
        settings=settings(do) if has_values else {},
    )


def _exact(text: str) -> frozenset[str]:
    """Return the content words of *text* with its numbers, so that two ports differ."""
    return content(text) | frozenset(_NUMBER.findall(text))


def _is_opposed(one: Order, other: Order) -> bool:
    """Return whether *one* forbids an order of *other*, or both give opposite orders, in the same situation."""
    if one.tools != other.tools:
        return False
    for item in one.precedences:
        if any(item.reverses(rival) for rival in other.precedences):
            named = item.first | item.second
            return jaccard(one.situation - named, other.situation - named, empty=1.0) >= _ONE
    if jaccard(one.situation, other.situation, empty=1.0) < _ONE:
        return False
    forbids = any(jaccard(no, yes, empty=1.0) >= _ONE for no in one.forbidden for yes in other.affirmed)
    return forbids or any(other.settings.get(name, value) != value for name, value in one.settings.items())
