"""Calls whose arguments stand beside the name of the tool, in an object of their own or in the record of an event."""

import re
from collections.abc import Iterator

from t2s_local.formats._induced.leaves.calls.form import Form, is_name, tells
from t2s_local.formats._induced.leaves.leaves import Call, Inside
from t2s_local.formats._induced.leaves.trees import Pattern
from t2s_local.records.json import Record

_FEWEST = 3
_MOST_WORDS = 10
_MOST_KEYS = 60
_PREFIX = re.compile(r"[^\W\d]\w*?[.:/\-_]")


def inline(pattern: Pattern, objects: list[Record]) -> Iterator[Form]:
    """Yield the forms of flat calls: one field determines which other fields exist.

    The calls are either all objects, or the objects with a certain word in a field that names kinds.
    """
    if len(objects) < _FEWEST or len({key for one in objects for key in one}) > _MOST_KEYS:
        return
    if (form := _form(pattern, objects)) is not None:
        yield form
    for key in _common(objects):
        words = {one[key] for one in objects if isinstance(one[key], str)}
        if 1 < len(words) <= _MOST_WORDS and all(is_name(word) for word in words):
            for word in sorted(words):
                if (form := _form(pattern, [one for one in objects if one[key] == word], key)) is not None:
                    yield form._replace(kind_key=key, kind_word=word)


def _common(objects: list[Record]) -> list[str]:
    """Return the fields of all objects, in the order of the first."""
    shared = set.intersection(*(set(one) for one in objects))
    return [key for key in objects[0] if key in shared]


def _form(pattern: Pattern, objects: list[Record], kind: str = "") -> Form | None:
    if len(objects) < _FEWEST:
        return None
    common = _common(objects)
    names = [
        key
        for key in common
        if key != kind and all(is_name(one[key]) for one in objects) and len({one[key] for one in objects}) > 1
    ]
    every = {key for one in objects for key in one}
    if (
        len(names) != 1
        or len(every) - len(common) < 2
        or any(isinstance(one[key], list | dict) for one in objects for key in common)
    ):
        return None
    flat = [{"name": one[names[0]], "given": {key: one[key] for key in one if key not in common}} for one in objects]
    prefix = _prefix(every - {*common})
    beside = [key for key in common if key == names[0] or not prefix or not key.startswith(prefix)]
    n_names = len({one[names[0]] for one in objects})
    form = Form("inline", pattern, names[0], prefix, n_names, len(objects), tuple(beside))
    return form if n_names < len(objects) and tells(flat, "name", "given") else None


def _prefix(keys: set[str]) -> str:
    """Return the start, up to a dot or the like, that the keys of all arguments share; empty if they share none."""
    starts = {found[0] if (found := _PREFIX.match(key)) is not None else "" for key in keys}
    return next(iter(starts)) if len(starts) == 1 else ""


def call_inline(form: Form, value: Record) -> Inside | None:
    """Return the call of a record by its form; None if the record is of another kind."""
    if form.kind_key and value.get(form.kind_key) != form.kind_word:
        return None
    keys = [key for key in value if key not in form.beside]
    arguments = {key.removeprefix(form.arguments): value[key] for key in keys if value[key] is not None}
    return Inside(Call(str(value[form.name]), arguments, None), form.name, frozenset((*keys, form.name)))
