"""Which lessons of a subject really state one rule: a support count must be true of the words it stands behind.

Lessons lie in one cluster because they are about the same thing. That is not yet the same claim: two failures of one
tool with different messages, or two users with different wishes, are two rules of one subject.
"""

import re
from collections.abc import Iterable, Sequence

import msgspec

from t2s_local.text import mask, normalise, words
from t2s_local.types import Cluster, ClusterId, Family, Lesson, digest

SAME_MESSAGE = 0.6
"""Least share of words two error messages have in common, masks aside, to be one message with other details."""
SAME_WISH = 0.4
SAME_CLAIM = 0.8
_MESSAGE = re.compile(r"“([^”]+)”")
_MASK = re.compile(r"<[a-z]+(?: \d+)?>")
_FAILURES = frozenset({"recovery", "root_cause", "loop"})
_EXACT = frozenset({"contrast", "sequence"})


def split_family(family: Family, lessons: Sequence[Sequence[Lesson]]) -> Family:
    """Cut the clusters of *family* into groups that state one rule each, and join groups that state the same one.

    Args:
        family: The family.
        lessons: Lessons of each of its clusters, medoid first.
    """
    groups: list[tuple[Cluster, list[Lesson]]] = []
    for cluster, members in zip(family.clusters, lessons, strict=True):
        for lesson in members:
            home = next(
                (group for near, group in groups if agree(group[0], lesson, is_near=near.id == cluster.id)), None
            )
            if home is None:
                groups.append((cluster, [lesson]))
            else:
                home.append(lesson)
    return msgspec.structs.replace(family, clusters=tuple(_cluster(near, group) for near, group in groups))


def agree(one: Lesson, other: Lesson, *, is_near: bool) -> bool:
    """Whether two lessons state one rule.

    Args:
        one: A lesson.
        other: Another one.
        is_near: Whether a clusterer found that they say the same thing.
    """
    if _kind(one) != _kind(other):
        return False
    if one.pattern in _EXACT:
        return normalise(mask(one.do)) == normalise(mask(other.do))
    if one.pattern == "correction":
        return _alike(_wish(one), _wish(other)) >= SAME_WISH
    first, second = message_of(one.when), message_of(other.when)
    if first is None or second is None:
        return is_near and (one.pattern not in _FAILURES or _alike(_claim(one), _claim(other)) >= SAME_CLAIM)
    if not is_near and one.tools != other.tools:
        return False
    return _alike(_content(first), _content(second)) >= SAME_MESSAGE


def message_of(when: str) -> str | None:
    """The message a situation quotes, None where it quotes none."""
    found = _MESSAGE.search(when)
    return None if found is None else found[1]


def _kind(lesson: Lesson) -> str:
    return "failure" if lesson.pattern in _FAILURES else lesson.pattern


def _claim(lesson: Lesson) -> frozenset[str]:
    return _content(f"{lesson.when} {lesson.do}")


def _wish(lesson: Lesson) -> frozenset[str]:
    return _content(message_of(lesson.do) or lesson.do)


def _content(text: str) -> frozenset[str]:
    return frozenset(words(_MASK.sub(" ", mask(text))))


def _alike(one: frozenset[str], other: frozenset[str]) -> float:
    if not one and not other:
        return 1.0
    return len(one & other) / len(one | other)


def _cluster(near: Cluster, lessons: Iterable[Lesson]) -> Cluster:
    ids = list(dict.fromkeys(lesson.id for lesson in lessons))
    ordered = (ids[0], *sorted(ids[1:]))
    return msgspec.structs.replace(near, id=ClusterId(digest(*sorted(ids))), lesson_ids=ordered)
