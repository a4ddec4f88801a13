"""Where in an unknown JSON value the conversations lie."""

from collections.abc import Iterator
from typing import NamedTuple

from t2s_local.formats._json import Record, compact
from t2s_local.formats._loose import content_of, is_step, role_of, unwrapped

_DEPTH = 7
_WIDTH = 5000
"""Objects of one list that are looked into; more of them do not change which list is the longest."""
_CLOSE = 0.8
"""Two lists of which the shorter has at least this share of the longer one's items are both candidates."""


class Conversation(NamedTuple):
    """A list of messages and what was written beside it."""

    items: list[Record]
    beside: Record
    """Fields of the objects around it, the nearest last to be read first."""


class Place(NamedTuple):
    """All conversations at one place of a value."""

    path: str
    conversations: list[Conversation]

    @property
    def longest(self) -> int:
        """Number of items of the longest conversation."""
        return max(len(one.items) for one in self.conversations)


def places(value: object) -> list[Place]:
    """Every place of *value* that holds conversations, the one with the longest first."""
    found: dict[str, list[Conversation]] = {}
    for path, conversation in _walk(value, "", {}, 0):
        found.setdefault(path, []).append(conversation)
    ordered = [Place(path, conversations) for path, conversations in found.items()]
    return sorted(ordered, key=lambda place: (-place.longest, place.path.count("."), place.path))


def rivals(found: list[Place]) -> tuple[Place, Place] | None:
    """The first two places where both may be what was meant: nearly as long, as deep, and not the same words."""
    for other in found[1:]:
        first = found[0]
        as_long = other.longest >= _CLOSE * first.longest and other.longest > 1
        if as_long and other.path.count(".") <= first.path.count(".") and not _repeat(first, other):
            return first, other
    return None


def _repeat(one: Place, other: Place) -> bool:
    words = {compact(content_of(unwrapped(item))) for item in one.conversations[0].items}
    again = [compact(content_of(unwrapped(item))) in words for item in other.conversations[0].items]
    return sum(again) * 2 >= len(again)


def are_steps(items: list[Record]) -> bool:
    """Whether a list of objects is a conversation: nearly all are steps, and somebody answers somebody."""
    steps = [item for item in items if is_step(item)]
    roles = {role_of(unwrapped(item)) for item in steps}
    return (len(steps) * 2 > len(items) and len(roles) > 1) or (roles == {"call"} and "observation" in items[0])


def _walk(value: object, path: str, beside: Record, depth: int) -> Iterator[tuple[str, Conversation]]:
    if depth > _DEPTH:
        return
    if isinstance(value, list):
        items = [item for item in value[:_WIDTH] if isinstance(item, dict)]
        if items and len(items) == len(value[:_WIDTH]) and are_steps(items):
            yield path, Conversation([item for item in value if isinstance(item, dict)], beside)
        else:
            for item in value[:_WIDTH]:
                yield from _walk(item, f"{path}[]", beside, depth + 1)
    elif isinstance(value, dict):
        plain = {key: item for key, item in value.items() if not isinstance(item, list)}
        for key, item in value.items():
            if isinstance(item, dict | list):
                is_id = isinstance(item, dict) and _keyed_by_id(value)
                around = {**beside, **({"id": key} if is_id else plain)}
                yield from _walk(item, f"{path}.*" if is_id else f"{path}.{key}".lstrip("."), around, depth + 1)


def _keyed_by_id(value: Record) -> bool:
    """Whether the keys of an object are ids: all values are objects of one make."""
    items = list(value.values())[:20]
    if len(items) < 2 or not all(isinstance(item, dict) and item for item in items):
        return False
    first = items[0].keys()
    return all(len(first & item.keys()) * 2 > len(first) for item in items)
