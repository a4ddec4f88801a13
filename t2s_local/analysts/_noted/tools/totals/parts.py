"""Numbers known before a call that its total may consist of: fields of earlier results, counts, and arguments."""

import json
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence

from t2s_local.records.outcome import finite
from t2s_local.text.events import Event
from t2s_local.values.trajectory import Slice
from t2s_local.values.value import Value

_MOST_READ = 60_000
_MOST_EARLIER = 30
"""Most earlier results in which items are looked up, the last ones first."""
_LEAST_ID = 4
"""Fewest characters of a text that identifies a record."""
_LONGEST_FLAG = 24


class Source(Value, frozen=True, kw_only=True):
    """Field of earlier results whose values for the items of a list are added up."""

    items: str
    """Argument with the list."""
    field: str
    picked: str
    """Argument whose value picks a part of the field; empty if the field is a number."""


class Parts(Value, frozen=True, kw_only=True):
    """The total of one call, and the numbers that it may consist of."""

    total: float
    """The right total."""
    given: float | None
    """The total of a refused call; None for an accepted call."""
    sums: tuple[tuple[Source, float], ...]
    tools: tuple[tuple[Source, str], ...]
    """Tools whose results have the field."""
    counts: tuple[tuple[str, float], ...]
    """Lists among the arguments, each with its length."""
    extras: tuple[tuple[str, float], ...]
    """Numbers among the arguments, and 1 for each ``name=value`` of a short text or a truth value."""


class Results:
    """JSON results of the calls of one slice, each parsed once."""

    def __init__(self, events: Sequence[Event]) -> None:
        """Keep those of *events*, in their order, whose results may be JSON."""
        self._events = [event for event in events if not event.failed and event.output.lstrip()[:1] in {"{", "["}]
        self._near: dict[int, Sequence[Mapping[str, object]]] = {}

    def before(self, event: Event) -> Iterator[tuple[str, Mapping[str, object]]]:
        """Yield the objects in the results of calls before *event* with their tools, the last result first."""
        at = bisect_left(self._events, event.call, key=lambda one: one.call)
        earlier = self._events[max(0, at - _MOST_EARLIER) : at]
        known = self._near
        self._near = {one.call: known[one.call] if one.call in known else _records(one) for one in earlier}
        for one in reversed(earlier):
            yield from ((one.tool, record) for record in self._near[one.call])


def parts_of(piece: Slice, results: Results, event: Event, *, place: str, total: float, given: float | None) -> Parts:
    """Return the numbers that the *total* of a call may consist of.

    Args:
        piece: The slice with the call.
        results: The results of the slice.
        event: The call.
        place: Path of the numbers that must add up, ``payments[].amount``.
        total: The sum that is right.
        given: The sum of a refused call; None for an accepted call.
    """
    arguments = piece.trajectory.steps[event.call].arguments or {}
    own = place.partition("[")[0]
    lists = {name: value for name, value in arguments.items() if isinstance(value, list) and value and name != own}
    picks = {value: name for name, value in sorted(arguments.items()) if isinstance(value, str)}
    records = list(results.before(event)) if lists else []
    sums = {
        source: found
        for name, items in sorted(lists.items())
        for source, found in _sums(name, items, records, picks).items()
    }
    return Parts(
        total=total,
        given=given,
        sums=tuple((source, value) for source, (value, _) in sums.items()),
        tools=tuple((source, tool) for source, (_, tool) in sums.items()),
        counts=tuple((name, float(len(items))) for name, items in sorted(lists.items())),
        extras=tuple(_extras({name: value for name, value in arguments.items() if name != own})),
    )


def _extras(arguments: Mapping[str, object]) -> Iterator[tuple[str, float]]:
    for name, value in sorted(arguments.items()):
        if isinstance(value, bool):
            yield f"{name}={json.dumps(value)}", 1.0
        elif (number := finite(value)) is not None:
            yield name, number
        elif isinstance(value, str) and value.isascii() and value.isalpha() and len(value) <= _LONGEST_FLAG:
            yield f"{name}={value}", 1.0


def _records(event: Event) -> Sequence[Mapping[str, object]]:
    """Return the objects in a JSON result; none if the result is too long or no JSON."""
    if len(event.output) > _MOST_READ:
        return ()
    try:
        return tuple(_objects(json.loads(event.output)))
    except (ValueError, RecursionError):
        return ()


def _objects(value: object) -> Iterator[Mapping[str, object]]:
    """Yield the objects in *value*, outer ones first, however deeply they are nested."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            yield one
            waiting.extend(reversed(list(one.values())))
        elif isinstance(one, list):
            waiting.extend(reversed(one))


def _sums(
    name: str,
    items: Sequence[object],
    records: Sequence[tuple[str, Mapping[str, object]]],
    picks: Mapping[str, str],
) -> dict[Source, tuple[float, str]]:
    """Return the sums of the numbers that records contain for *items*, with the tool of one of the records.

    The last record with a field counts; sums with an unknown item, and sums too large for a float, are left out.
    """
    sums: dict[Source, tuple[float, str]] = {}
    for position, item in enumerate(items):
        numbers: dict[Source, tuple[float, str]] = {}
        for tool, record in records:
            if _is_of(item, record):
                for source, value in _numbers(name, record, picks):
                    numbers.setdefault(source, (value, tool))
        if position == 0:
            sums = numbers
        else:
            sums = {
                source: (sums[source][0] + numbers[source][0], sums[source][1]) for source in sums if source in numbers
            }
    return {source: found for source, found in sums.items() if finite(found[0]) is not None}


def _is_of(item: object, record: Mapping[str, object]) -> bool:
    """Return whether *record* is about *item*: a text that is a value of it, or an object equal in all common keys."""
    if isinstance(item, str):
        return len(item) >= _LEAST_ID and item in record.values()
    if not isinstance(item, dict):
        return False
    shared = [key for key in item if record.get(key) is not None]
    is_known = any(isinstance(item[key], str) and len(item[key]) >= _LEAST_ID for key in shared)
    return is_known and all(item[key] == record[key] for key in shared) and record.keys() != item.keys()


def _numbers(items: str, record: Mapping[str, object], picks: Mapping[str, str]) -> Iterator[tuple[Source, float]]:
    for field, value in sorted(record.items()):
        if (number := finite(value)) is not None:
            yield Source(items=items, field=field, picked=""), number
        elif isinstance(value, dict):
            for key, inner in sorted(value.items()):
                if key in picks and (number := finite(inner)) is not None:
                    yield Source(items=items, field=field, picked=picks[key]), number
