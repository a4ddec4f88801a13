"""Calls of which the name, the arguments, or each of both is in an object inside of the call."""

from collections.abc import Callable

from t2s_local.formats._induced.leaves.calls.form import Form, given, is_name, tells
from t2s_local.formats._induced.leaves.leaves import Call
from t2s_local.formats._induced.leaves.trees import Pattern
from t2s_local.records.json import Record

_FEWEST = 2
_MOST_INNER = 3
_MOST_KEYS = 8
_LONGEST_MARK = 60


def apart(pattern: Pattern, objects: list[Record]) -> Form | None:
    """Return the form of objects with a name and arguments of which one or both are in an inner object; None if none.

    Nothing else in the objects may be longer than a mark, since it would be lost.
    """
    if len(objects) < _FEWEST or not all(_is_small(one) for one in objects):
        return None
    names, arguments = _places(objects, is_name), _places(objects, lambda value: given(value) is not None)
    for name in names:
        for other in arguments:
            is_named = "/" not in name and "/" not in other
            if is_named or name.partition("/")[0] == other.partition("/")[0] or not _are_marks(objects, name, other):
                continue
            flat = [{"name": _at(one, name), "given": _at(one, other)} for one in objects]
            n_names = len({one["name"] for one in flat})
            if n_names > 1 and tells(flat, "name", "given"):
                return Form("apart", pattern, name, other, n_names, len(flat))
    return None


def _is_small(one: Record) -> bool:
    return len(one) <= _MOST_KEYS and 0 < sum(isinstance(inner, dict | list) for inner in one.values()) <= _MOST_INNER


def _at(one: Record, place: str) -> object:
    outer, _, inner = place.partition("/")
    held = one.get(outer)
    return held if not inner else held.get(inner) if isinstance(held, dict) else None


def _places(objects: list[Record], fits: Callable[[object], bool]) -> list[str]:
    """Return the fields, and the fields of inner objects after a slash, whose values fit in all objects."""
    found = []
    for key, value in objects[0].items():
        inner = [f"{key}/{name}" for name in value] if isinstance(value, dict) else []
        found += [place for place in (*inner, key) if all(fits(_at(one, place)) for one in objects)]
    return found


def _are_marks(objects: list[Record], name: str, other: str) -> bool:
    """Return whether everything but a name and arguments is short."""
    for one in objects:
        for key, value in one.items():
            inner = {f"{key}/{deep}": held for deep, held in value.items()} if isinstance(value, dict) else {}
            rest = inner if any(place in (name, other) for place in inner) else {key: value}
            if any(len(str(held)) > _LONGEST_MARK for place, held in rest.items() if place not in (name, other)):
                return False
    return True


def call_apart(form: Form, value: Record) -> Call | None:
    """Return the call of an object by its form; None if it contains none."""
    name, arguments = _at(value, form.name), given(_at(value, form.arguments))
    return Call(str(name), arguments, None) if is_name(name) and arguments is not None else None
