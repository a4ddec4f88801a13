"""Calls with the name in one object and the arguments in another object beside it."""

from collections.abc import Iterator

from t2s_local.formats._induced.leaves.calls.form import Form, given, is_name, tells
from t2s_local.formats._induced.leaves.leaves import Call
from t2s_local.formats._induced.leaves.trees import Pattern
from t2s_local.records.json import Record

_FEWEST = 2
_MOST_KEYS = 8
_LONGEST_MARK = 60


def apart(pattern: Pattern, objects: list[Record]) -> Form | None:
    """Return the form of objects with two inner objects, one with a name and one with arguments; None if they differ.

    Nothing else in the objects may be longer than a mark, since it would be lost.
    """
    if len(objects) < _FEWEST or not all(_is_small(one) for one in objects):
        return None
    pairs = [key for key in objects[0] if isinstance(objects[0][key], dict)]
    for outer in pairs:
        for name in _names(objects, outer):
            for other in pairs:
                for arguments in _arguments(objects, other) if other != outer else ():
                    flat = [{"name": _at(one, outer, name), "given": _at(one, other, arguments)} for one in objects]
                    if tells(flat, "name", "given"):
                        n_names = len({one["name"] for one in flat})
                        return Form("apart", pattern, f"{outer}/{name}", f"{other}/{arguments}", n_names, len(flat))
    return None


def _is_small(one: Record) -> bool:
    return len(one) <= _MOST_KEYS and sum(isinstance(inner, dict) for inner in one.values()) == 2


def _at(one: Record, outer: str, inner: str) -> object:
    held = one.get(outer)
    return held.get(inner) if isinstance(held, dict) else None


def _inner(objects: list[Record], outer: str) -> list[Record]:
    held = [one.get(outer) for one in objects]
    return [inner for inner in held if isinstance(inner, dict)]


def _names(objects: list[Record], outer: str) -> Iterator[str]:
    held = _inner(objects, outer)
    if len(held) < len(objects):
        return
    for key in held[0]:
        if all(is_name(one.get(key)) for one in held) and all(_are_marks(one, key) for one in held):
            yield key


def _arguments(objects: list[Record], outer: str) -> Iterator[str]:
    held = _inner(objects, outer)
    if len(held) < len(objects):
        return
    for key in held[0]:
        if all(given(one.get(key)) is not None for one in held) and all(_are_marks(one, key) for one in held):
            yield key


def _are_marks(one: Record, key: str) -> bool:
    """Return whether everything but one field is short."""
    return all(len(str(inner)) <= _LONGEST_MARK for name, inner in one.items() if name != key)


def call_apart(form: Form, value: Record) -> Call | None:
    """Return the call of an object by its form; None if it contains none."""
    name = _at(value, *form.name.split("/", 1))
    arguments = given(_at(value, *form.arguments.split("/", 1)))
    return Call(str(name), arguments, None) if is_name(name) and arguments is not None else None
