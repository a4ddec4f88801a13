"""Claims: the statements of lessons, compared so that a support count is true of the words it belongs to.

Lessons are in one cluster because they are about the same subject. Their claims may still differ: two failures of one
tool with different messages, or two users with different wishes, are two rules of one subject.
"""

import re
from collections.abc import Iterable, Sequence

import msgspec

from t2s_local.stages.review.marks import is_other_remedy
from t2s_local.stages.review.review import Apart
from t2s_local.text.lesson_words import message_of, wish_of
from t2s_local.text.text import MASK, jaccard, mask, normalise, spoken, words
from t2s_local.values.cluster import Cluster, ClusterId, Family
from t2s_local.values.lesson import Lesson
from t2s_local.values.value import digest

SAME_MESSAGE = 0.6
"""Least share of common words, masks left out, of two error messages that are the same apart from details."""
SAME_WISH = 0.4
SAME_ACTION = 0.4
"""Least share of common words of two remedies, if their messages share only the system's own words."""
SAME_CLAIM = 0.8
_OF_SYSTEM = re.compile(r"no such file or directory|permission denied|command not found|is a directory", re.IGNORECASE)
_FAILURES = frozenset({"recovery", "root_cause", "loop", "diagnosis"})
_ALIKE = frozenset({"recovery", "root_cause", "loop", "correction"})
"""Patterns whose lessons may state one rule in varying words; lessons of other patterns must use the same words."""


def split_family(
    family: Family, lessons: Sequence[Sequence[tuple[Lesson, "Claim"]]], *, apart: Iterable[Apart] = ()
) -> Family:
    """Cut the clusters of *family* into groups that state one rule each, and join groups that state the same rule.

    Args:
        family: The family.
        lessons: Lessons of each of its clusters with their claims, medoid first.
        apart: Sets of lessons that a person judged: no group mixes lessons of a set with lessons of other remedies.
    """
    groups: dict[str, list[tuple[Cluster, Claim, list[Lesson]]]] = {}
    found: list[tuple[Cluster, list[Lesson]]] = []
    for cluster, members in zip(family.clusters, lessons, strict=True):
        for lesson, claim in members:
            rivals = groups.setdefault(claim.key, [])
            home = next((group for near, other, group in rivals if agree(other, claim, is_near=near is cluster)), None)
            if home is None:
                rivals.append((cluster, claim, [lesson]))
                found.append((cluster, rivals[-1][2]))
            else:
                home.append(lesson)
    whole = found
    for judged in apart:
        whole = [(near, part) for near, group in whole for part in _without_others(group, judged)]
    return msgspec.structs.replace(family, clusters=tuple(_cluster(near, part) for near, part in whole))


def _without_others(group: list[Lesson], judged: Apart) -> list[list[Lesson]]:
    """Split a rule into the judged lessons with the lessons of the same remedy, and all other lessons, if any."""
    chosen = [lesson for lesson in group if lesson.id in judged.lessons]
    others = [lesson for lesson in group if chosen and all(is_other_remedy(lesson, one) for one in chosen)]
    if others and not judged.with_unclear:
        others = [lesson for lesson in group if lesson not in chosen]
    return [[lesson for lesson in group if lesson not in others], others] if others else [group]


def parted(group: Sequence[int], claims: Sequence["Claim"]) -> list[tuple[int, ...]]:
    """Split the rows of *group*, each an index in *claims*, into groups that state one rule each."""
    found: list[tuple[Claim, list[int]]] = []
    for row in group:
        claim = claims[row]
        home = next((rows for other, rows in found if is_one(other, claim)), None)
        if home is None:
            found.append((claim, [row]))
        else:
            home.append(row)
    return [tuple(rows) for _, rows in found]


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """Parts of a lesson that are compared."""

    key: str
    """The pattern, and for exact patterns the advice: lessons with different keys never state one rule."""
    tools: tuple[str, ...]
    is_exact: bool
    is_wish: bool
    """Whether the lesson is a user's wish, which is compared by the user's words."""
    message: frozenset[str] | None
    """Words of the message that the situation quotes, masks left out; None if it quotes none."""
    own: frozenset[str]
    """Words of the message, without words that the system says of any file or command, such as *no such file*."""
    action: frozenset[str]
    """Words of the advice."""
    words: frozenset[str]
    """Words compared if there is no message: for a correction the wish, otherwise situation and advice."""
    least: float
    """Least share of *words* that two lessons of one cluster must have in common."""


def is_one(one: Claim, other: Claim) -> bool:
    """Return whether two lessons that a clusterer put into one group state the same rule: no exact part differs."""
    if one.is_exact or other.is_exact or one.is_wish or other.is_wish:
        return one.key == other.key and agree(one, other, is_near=True)
    if one.message is None or other.message is None:
        return True
    return jaccard(one.message, other.message, empty=1.0) >= SAME_MESSAGE


def claim_of(lesson: Lesson) -> Claim:
    """Return the parts of *lesson* that are compared."""
    message = message_of(lesson.when)
    kind = "failure" if lesson.pattern in _FAILURES else lesson.pattern
    is_exact = lesson.analyst == "mined" and lesson.pattern not in _ALIKE
    is_wish = lesson.pattern == "correction"
    said = wish_of(lesson.do) if is_wish else f"{lesson.when} {lesson.do}"
    return Claim(
        key=f"{kind} {normalise(mask(lesson.do))}" if is_exact else kind,
        tools=lesson.tools,
        is_exact=is_exact,
        is_wish=is_wish,
        message=None if message is None or is_wish else _content(message),
        own=_content(_OF_SYSTEM.sub(" ", message or "")),
        action=_content(lesson.do),
        words=spoken(said) if is_wish else _content(said),
        least=SAME_WISH if is_wish else SAME_CLAIM if kind == "failure" else 0.0,
    )


def agree(one: Claim, other: Claim, *, is_near: bool) -> bool:
    """Return whether two lessons with the same key state one rule.

    Args:
        one: Claim of a lesson.
        other: Claim of another lesson.
        is_near: Whether a clusterer put the two lessons together.
    """
    if one.is_exact:
        return (
            one.message is None
            or other.message is None
            or jaccard(one.message, other.message, empty=1.0) >= SAME_MESSAGE
        )
    if one.message is not None and other.message is not None:
        is_near = is_near or one.tools == other.tools
        return (
            is_near and jaccard(one.message, other.message, empty=1.0) >= SAME_MESSAGE and _is_one_failure(one, other)
        )
    return is_near and jaccard(one.words, other.words, empty=1.0) >= one.least


def _is_one_failure(one: Claim, other: Claim) -> bool:
    """Return whether two messages with similar words are about the same failure.

    If they share only words that the system says of any file or command, the remedies must be similar too.
    """
    return (
        jaccard(one.own, other.own, empty=1.0) >= SAME_MESSAGE
        or jaccard(one.action, other.action, empty=1.0) >= SAME_ACTION
    )


def _content(text: str) -> frozenset[str]:
    return frozenset(words(MASK.sub(" ", mask(text))))


def _cluster(near: Cluster, lessons: Iterable[Lesson]) -> Cluster:
    ids = list(dict.fromkeys(lesson.id for lesson in lessons))
    ordered = (ids[0], *sorted(ids[1:]))
    return msgspec.structs.replace(near, id=ClusterId(digest(*sorted(ids))), lesson_ids=ordered)
