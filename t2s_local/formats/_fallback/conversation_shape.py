"""Where in an unknown JSON value the conversations lie."""

from collections.abc import Iterator
from itertools import takewhile
from typing import NamedTuple

from t2s_local.formats._dialects.message_parts import content_of
from t2s_local.formats._dialects.openhands import flattened
from t2s_local.formats._dialects.script import is_script
from t2s_local.formats._fallback.loose_messages import has_call, is_step, role_of, unwrapped
from t2s_local.records.json import Record, compact

SCRIPT = "script"
"""Field of an item that is a whole run in one text."""
_DEPTH = 7
_WIDTH = 5000
"""Objects of one list that are looked into; more of them do not change which list is the longest."""
_CLOSE = 0.8
"""Two lists of which the shorter has at least this share of the longer one's items are both candidates."""
_TALKS = 4
"""A list with calls is the run rather than a list of talk that is at most so many times as long."""
_ACTIONS = ("actions", "action_history", "commands", "calls", "tool_calls")
_ANSWERS = ("observations", "observation_history", "outputs", "results", "responses")
_THOUGHTS = ("thoughts", "reasoning", "rationales")


class Conversation(NamedTuple):
    """A list of messages and what was written beside it."""

    items: list[Record]
    beside: Record
    """Fields of the objects around it; those of the nearest win."""


class Place(NamedTuple):
    """All conversations at one place of a value."""

    path: str
    conversations: list[Conversation]

    @property
    def longest(self) -> int:
        """Number of items of the longest conversation."""
        return max(len(one.items) for one in self.conversations)

    @property
    def acts(self) -> bool:
        """Whether calls of tools stand in it as such, rather than in words."""
        return any(_is_act(item) for item in self.conversations[0].items[:50])

    @property
    def is_script(self) -> bool:
        """Whether the run is one text rather than a list."""
        return SCRIPT in self.conversations[0].items[0]


def places(value: object) -> list[Place]:
    """Every place of *value* that holds conversations, the one with the longest first; texts only where no list is."""
    found: dict[str, list[Conversation]] = {}
    for path, conversation in _walk(value, "", {}, 0):
        found.setdefault(path, []).append(conversation)
    every = [Place(path, conversations) for path, conversations in found.items()]
    lists = sorted(
        [place for place in every if not place.is_script] or every,
        key=lambda place: (-place.longest, place.path.count("."), place.path),
    )
    acting = next((place for place in lists if place.acts and place.longest * _TALKS >= lists[0].longest), None)
    if acting is None or lists[0].acts:
        return lists
    return [_opened(acting, lists[0]), *(place for place in lists if place is not acting)]


def _opened(acting: Place, talk: Place) -> Place:
    """A run that begins with what was asked, where that stands in the list of talk beside it alone."""
    if len(acting.conversations) > 1 or len(talk.conversations) > 1:
        return acting
    (acts,), (said,) = acting.conversations, talk.conversations
    if any(role_of(unwrapped(item)) == "user" for item in acts.items[:2]):
        return acting
    opening = takewhile(lambda item: role_of(unwrapped(item)) in ("system", "user"), said.items)
    return Place(acting.path, [Conversation([*opening, *acts.items], acts.beside)])


def _is_act(item: Record) -> bool:
    inner = unwrapped(item)
    return role_of(inner) in ("call", "result") or has_call(inner)


def rivals(found: list[Place]) -> tuple[Place, Place] | None:
    """The first two places where both may be what was meant: nearly as long, as deep, and not the same words.

    Of two places of which one holds calls that one is meant.
    """
    first = found[0]
    for other in found[1:]:
        as_long = other.longest >= _CLOSE * first.longest and other.longest > 1 and other.acts == first.acts
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
        yield from _list(value, path, beside, depth)
    elif isinstance(value, dict):
        if turns := _parallel(value):
            yield path, Conversation(turns, beside)
        else:
            yield from _fields(value, path, beside, depth)
    elif isinstance(value, str) and depth <= 3 and is_script(value):
        yield path, Conversation([{SCRIPT: value}], beside)


def _list(value: list[object], path: str, beside: Record, depth: int) -> Iterator[tuple[str, Conversation]]:
    items = [item for item in value if isinstance(item, dict)]
    if not items and any(isinstance(item, list) for item in value[:3]):
        items = flattened(value)
        if items and len(items) <= 2 * len(value) and are_steps(items[:_WIDTH]):
            yield path, Conversation(items, beside)
            return
    elif items and len(items) == len(value) and are_steps(items[:_WIDTH]):
        yield path, Conversation(items, beside)
        return
    for item in value[:_WIDTH]:
        if isinstance(item, dict | list):
            yield from _walk(item, f"{path}[]", beside, depth + 1)


def _fields(value: Record, path: str, beside: Record, depth: int) -> Iterator[tuple[str, Conversation]]:
    plain = {key: item for key, item in value.items() if not isinstance(item, list)}
    by_id = _keyed_by_id(value)
    for key, item in value.items():
        if isinstance(item, dict | list | str):
            is_id = by_id and isinstance(item, dict)
            around = {**beside, **({"id": key} if is_id else plain)}
            yield from _walk(item, f"{path}.*" if is_id else f"{path}.{key}".lstrip("."), around, depth + 1)


def _parallel(value: Record) -> list[Record]:
    """Turns that are written as arrays side by side, put together by their place; empty where there are none."""
    actions, answers = (_array(value, keys) for keys in (_ACTIONS, _ANSWERS))
    if not actions or not answers or abs(len(actions) - len(answers)) > 1:
        return []
    thoughts = _array(value, _THOUGHTS)
    turns = []
    for place, action in enumerate(actions):
        turn: Record = {"action": action if isinstance(action, str | dict) else compact(action)}
        turn["thought"] = thoughts[place] if place < len(thoughts) else None
        turn["observation"] = answers[place] if place < len(answers) else None
        turns.append(turn)
    return turns


def _array(value: Record, keys: tuple[str, ...]) -> list[object]:
    found: list[object] = next((value[key] for key in keys if isinstance(value.get(key), list)), [])
    return [] if any(isinstance(item, dict) and "role" in item for item in found[:1]) else list(found)


def _keyed_by_id(value: Record) -> bool:
    """Whether the keys of an object are ids: all values are objects of one make."""
    items = list(value.values())[:20]
    if len(items) < 2 or not all(isinstance(item, dict) and item for item in items):
        return False
    first = items[0].keys()
    return all(len(first & item.keys()) * 2 > len(first) for item in items)
