"""Find and change every string in a value, so that no field has to be listed in order to be cleaned."""

from collections.abc import Callable
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import TypeVar, cast

import msgspec

_Any = TypeVar("_Any")
OURS = frozenset({"id", "kind", "format", "outcome"})
"""Fields of trajectories and steps that contain words and digests of t2s, never recorded text."""
IDS = frozenset({"session_id", "task_id", "parent_id", "call_id"})
"""Fields with ids, which are only compared."""
NAMES = IDS | {"source"}
"""Fields that are composed of names: a text in them that looks like a secret is not searched for elsewhere.

The sessions of one data set are called ``slack-user_task_9:gpt-4o-2024-05-13``; 380 names of models were mistaken for
secrets of Slack.
"""


def texts_of(value: msgspec.Struct) -> dict[str, str]:
    """Return the fields of *value* that contain recorded text, by name; times in ISO 8601 are left out."""
    names, values_of = _recorded(type(value))
    return {
        name: text
        for name, text in zip(names, values_of(value), strict=True)
        if isinstance(text, str) and text and not (text[0].isdecimal() and _is_time(text))
    }


@cache
def _recorded(kind: type[msgspec.Struct]) -> tuple[tuple[str, ...], Callable[[object], tuple[object, ...]]]:
    """Return the names of the fields of *kind* that are not in :data:`OURS`, and a getter of all their values.

    There are at least two such fields.
    """
    names = tuple(name for name in kind.__struct_fields__ if name not in OURS)
    return names, attrgetter(*names)


def parts_of(value: msgspec.Struct) -> dict[str, msgspec.Struct]:
    """Return the fields of *value* that contain another value, by name, such as the label of a trajectory."""
    found = ((name, getattr(value, name)) for name in value.__struct_fields__)
    return {name: part for name, part in found if isinstance(part, msgspec.Struct)}


def mapped(value: _Any, change: Callable[[str], str]) -> _Any:
    """Return *value* with *change* applied to every string in it, keys of dicts included; other values are kept."""
    return cast(_Any, _mapped(value, change))


def _mapped(value: object, change: Callable[[str], str]) -> object:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, msgspec.Struct):
        fields = {name: getattr(value, name) for name in value.__struct_fields__}
        return msgspec.structs.replace(value, **{name: _mapped(item, change) for name, item in fields.items()})
    if isinstance(value, dict):
        return {_mapped(name, change): _mapped(item, change) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_mapped(item, change) for item in value)
    return value


def _is_time(text: str) -> bool:
    if not text[:4].isdecimal():
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return "-" in text or ":" in text
