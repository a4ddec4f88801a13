"""Search of conversations in an unknown JSON value."""

from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from msgspec.structs import replace

from t2s_local.formats._dialects.openhands import flattened
from t2s_local.formats._dialects.script import is_script
from t2s_local.formats._fallback.vocabulary import ACTIONS, ANSWERS, THOUGHTS, VOCABULARY
from t2s_local.formats._maps.mapped_runs import SCRIPT, Conversation, RunReader
from t2s_local.records.json import Record, compact
from t2s_local.records.paths.paths import (
    EVERY,
    LONGEST,
    Parts,
    PathError,
    json_path,
    opened,
    values_at,
    written,
)
from t2s_local.values.layout import RunPaths

_DEPTH = 7
_WIDTH = 5000
"""Objects of one list that are searched; further objects do not change which list is the longest."""
_DEEPEST_TEXT = 4
"""Most objects and lists around a text that may be a whole run, or JSON."""
_FEW_ANSWERS = 20
_CLOSE = 0.8
"""Share of the longest list's items from which a shorter list is a candidate as well."""
_TALKS = 4
"""Factor up to which a list with calls is preferred to a longer list of messages."""
_FEWEST = 2
"""Items of a list up to which only objects and lists among them can be steps."""
_JSON = frozenset('[{"')
"""First characters of a text that may be JSON with a list or an object in it."""
_SIDE_BY_SIDE = (ACTIONS, ANSWERS, THOUGHTS)


@cache
def words() -> RunReader:
    """Return the reader that uses common names of roles, texts and calls."""
    return RunReader(VOCABULARY, guesses=True)


class Place(NamedTuple):
    """All conversations at one path of a value."""

    parts: Parts
    shape: RunPaths
    """The place in the form of a map's paths."""
    conversations: list[Conversation]

    @property
    def depth(self) -> int:
        """Number of objects and lists around the place."""
        return len(self.parts)

    @property
    def name(self) -> str:
        """Path of the place; empty for the value itself."""
        return written(self.parts, is_absolute=False)

    @property
    def longest(self) -> int:
        """Number of items of the longest conversation."""
        return max(len(one.items) for one in self.conversations)

    @property
    def acts(self) -> bool:
        """Return whether the conversations contain tool calls as records, rather than in words."""
        return any(words().steps.acts(item) for item in self.conversations[0].items[:50])

    @property
    def is_script(self) -> bool:
        """Return whether the run is one text rather than a list."""
        return SCRIPT in self.conversations[0].items[0]


def places(value: object) -> list[Place]:
    """Return every place of *value* with conversations, the longest first; single texts only if there is no list."""
    shapes: dict[Parts, RunPaths] = {}
    for parts, shape in _walk(value, (), 0):
        shapes.setdefault(parts, shape)
    every = [place for parts, shape in shapes.items() if (place := _place(parts, shape, value)) is not None]
    lists = sorted(
        [place for place in every if not place.is_script] or every,
        key=lambda place: (-place.longest, place.depth, place.name),
    )
    if lists and not lists[0].is_script:
        lists[0] = _with_answer(lists[0], value)
    acting = next((place for place in lists if place.acts and place.longest * _TALKS >= lists[0].longest), None)
    if acting is None or lists[0].acts:
        return lists
    return [_opened(acting, lists[0], value), *(place for place in lists if place is not acting)]


def may_hold_list(value: object) -> bool:
    """Return whether a value may contain a conversation of more than two steps; if not, a search would find none.

    Such a value has a list of several objects, of lists or of three items, an object of several objects, or a text that
    may be JSON.
    """
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            if one[:1] in _JSON or (one[:1].isspace() and one.lstrip()[:1] in _JSON):
                return True
        elif isinstance(one, dict | list):
            inner = list(one.values() if isinstance(one, dict) else one)
            nested = [item for item in inner if isinstance(item, dict | list)]
            if len(nested) > 1 and (isinstance(one, list) or len(nested) == len(inner)):
                return True
            if isinstance(one, list) and (len(one) > _FEWEST or any(isinstance(item, list) for item in nested)):
                return True
            waiting += inner
    return False


def _place(parts: Parts, shape: RunPaths, value: object) -> Place | None:
    """Return the place with its conversations as a map reads them; None if it has none."""
    try:
        reader = _reader_of(shape)
    except PathError:
        return None
    conversations = [one for one in reader.conversations(value) if any(map(_is_step, one.items))]
    return Place(parts, shape, conversations) if conversations else None


@lru_cache(maxsize=64)
def _reader_of(shape: RunPaths) -> RunReader:
    """Return the reader of runs at a place, cached: files contain many values of few shapes."""
    return RunReader(replace(VOCABULARY, runs=shape), guesses=True)


def _is_step(item: Record) -> bool:
    return SCRIPT in item or bool(words().steps.parts_played(item))


def _opened(acting: Place, talk: Place, value: object) -> Place:
    """Return the run with the user's request added, if the request is only in a list of messages beside the run."""
    if len(acting.conversations) > 1 or len(talk.conversations) > 1 or EVERY in acting.parts + talk.parts:
        return acting
    if any("user" in words().steps.parts_played(item) for item in acting.conversations[0].items[:2]):
        return acting
    shape = replace(acting.shape, opening=talk.shape.steps)
    return _place(acting.parts, shape, value) or acting


def _with_answer(place: Place, value: object) -> Place:
    """Return the place of a request with the path of the model's answer added, if the answer is outside of the list."""
    if len(place.conversations) > 1 and len(place.shape.at) != 1:
        return place
    node = next(values_at(value, json_path(place.shape.at[0]).parts), None)
    own = json_path(place.shape.steps[0]).parts if place.shape.steps else ()
    found = next(_answers(node, (), own), None) if own and isinstance(node, dict) else None
    if found is None:
        return place
    said = [words().steps.content(item) for one in place.conversations for item in one.items[-1:]]
    answers = list(values_at(node, found))
    if any(isinstance(one := opened(answer), dict) and words().steps.content(one) in said for answer in answers):
        return place
    answer = written(found, is_absolute=False)
    shape = replace(place.shape, each="request", steps=(*place.shape.steps, answer))
    return _place(place.parts, shape, value) or place


def _answers(value: object, parts: Parts, own: Parts) -> Iterator[Parts]:
    """Yield the paths of single messages of the model outside of the list at *own*."""
    value = opened(value)
    if (parts == own[: len(parts)] and len(parts) >= len(own) - 1) or len(parts) > _DEPTH:
        return
    if isinstance(value, dict):
        if parts and _is_answer(value):
            yield parts
            return
        for key, inner in value.items():
            if isinstance(inner, dict | list | str) and len(key) < LONGEST // 4:
                yield from _answers(inner, (*parts, key), own)
    elif isinstance(value, list) and value:
        if len(value) < _FEW_ANSWERS and all(isinstance(item, dict) and _is_answer(item) for item in value):
            yield (*parts, EVERY)
        else:
            yield from _answers(value[0], (*parts, 0), own)


def _is_answer(record: Record) -> bool:
    return words().steps.parts_played(record) in ({"agent"}, {"call"}) and not words().steps.is_turn(record)


def rivals(found: list[Place]) -> tuple[Place, Place] | None:
    """Return two places that may both be the run: similar length and depth, different words; None for a clear case.

    A place with calls is preferred to a place without calls.
    """
    first = found[0]
    for other in found[1:]:
        as_long = other.longest >= _CLOSE * first.longest and other.longest > 1 and other.acts == first.acts
        if as_long and other.depth <= first.depth and not _repeat(first, other):
            return first, other
    return None


def _repeat(one: Place, other: Place) -> bool:
    said = {compact(words().steps.content(item)) for item in one.conversations[0].items}
    again = [compact(words().steps.content(item)) in said for item in other.conversations[0].items]
    return sum(again) * 2 >= len(again)


def are_steps(items: list[Record]) -> bool:
    """Return whether a list is a conversation: most items are steps, and at least two roles take part."""
    played = [roles for item in items if (roles := words().steps.parts_played(item))]
    return len(played) * 2 > len(items) and len(set().union(*played) - {"thought"}) > 1


def _walk(value: object, parts: Parts, depth: int) -> Iterator[tuple[Parts, RunPaths]]:
    """Yield the path of every conversation with its shape."""
    if depth > _DEPTH:
        return
    if isinstance(value, list):
        yield from _list(value, parts, depth)
    elif isinstance(value, dict):
        if columns := _columns(value):
            yield parts, RunPaths(at=(written(parts, is_absolute=True),), columns=columns)
        else:
            yield from _fields(value, parts, depth)
    elif isinstance(value, str) and depth <= _DEEPEST_TEXT:
        if is_script(value):
            yield parts, _shape(parts)
        elif isinstance(inside := opened(value), dict | list):
            yield from _walk(inside, parts, depth + 1)


def _list(value: list[object], parts: Parts, depth: int) -> Iterator[tuple[Parts, RunPaths]]:
    items = [item for item in value if isinstance(item, dict)]
    if not items and any(isinstance(item, list) for item in value[:3]):
        items = flattened(value)
        if items and (len(items) <= 2 * len(value) or len(value) == 1) and are_steps(items[:_WIDTH]):
            yield parts, _shape((*parts, EVERY))
            return
    elif items and len(items) == len(value) and are_steps(items[:_WIDTH]):
        yield parts, _shape((*parts, EVERY))
        return
    for item in value[:_WIDTH]:
        if isinstance(item, dict | list):
            yield from _walk(item, (*parts, EVERY), depth + 1)


def _fields(value: Record, parts: Parts, depth: int) -> Iterator[tuple[Parts, RunPaths]]:
    by_id = _keyed_by_id(value)
    for key, item in value.items():
        if isinstance(item, dict | list | str) and len(key) < LONGEST // 4:
            name = EVERY if by_id and isinstance(item, dict) else key
            yield from _walk(item, (*parts, name), depth + 1)


def _shape(parts: Parts) -> RunPaths:
    """Return the shape of runs with steps at *parts*: each item of the innermost list around the steps is a run."""
    around = len(parts) - 1 if parts[-1:] == (EVERY,) else len(parts)
    start = max((place + 1 for place in range(around) if parts[place] is EVERY), default=0)
    at, steps = parts[:start], parts[start:]
    return RunPaths(at=(written(at, is_absolute=True),), steps=(written(steps, is_absolute=False),))


def _columns(value: Record) -> tuple[str, ...]:
    """Return the names of parallel arrays that contain turns; () if there are none."""
    found = [next((key for key in keys if _is_column(value.get(key))), None) for keys in _SIDE_BY_SIDE]
    actions, answers, _ = found
    if actions is None or answers is None or abs(len(value[actions]) - len(value[answers])) > 1:
        return ()
    return tuple(written((key,), is_absolute=False) for key in found if key is not None)


def _is_column(value: object) -> bool:
    return isinstance(value, list) and bool(value) and not (isinstance(value[0], dict) and "role" in value[0])


def _keyed_by_id(value: Record) -> bool:
    """Return whether the keys of an object are ids: at least two values, all objects with similar keys."""
    items = list(value.values())[:20]
    if len(items) < 2 or not all(isinstance(item, dict) and item for item in items):
        return False
    first = items[0].keys()
    return all(len(first & item.keys()) * 2 > len(first) for item in items)
