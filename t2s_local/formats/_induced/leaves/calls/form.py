"""Forms of calls, and values that may be a name or the arguments of a call."""

import re
from typing import NamedTuple

from t2s_local.formats._induced.leaves.trees import Pattern, as_json
from t2s_local.formats._maps.call_shapes import ENDINGS
from t2s_local.records.json import Record

_NAME = re.compile(r"[^\W\d][\w.:/\-]{0,60}")
KEY = re.compile(r"[^\W\d][\w.\-]{0,40}")
"""Name of an argument."""
_MOST_DIGITS = 2
_MOST_KEYS = 24
_TYPES = frozenset(
    {"str", "string", "text", "int", "integer", "float", "number", "bool", "boolean", "list", "array", "dict", "object"}
)
"""Names of the types of JSON values."""


class Form(NamedTuple):
    """A form in which calls are written."""

    kind: str
    """``named``, ``keyed``, ``paired``, ``listed``, ``written``, ``inline``, ``apart`` or ``opaque``.

    Named calls have name and arguments in two fields, keyed calls have the arguments under the name, paired calls are
    a list of both, listed calls a list of the name and the arguments in another form, written calls are text, inline
    calls have the arguments beside the name, calls apart have name or arguments in an object of one object, and opaque
    calls are text that cannot be parsed.
    """
    pattern: Pattern
    """Pattern of the object with both fields, or of the value itself."""
    name: str = ""
    """Field of the name; with its object and a slash before it if the call is ``apart``."""
    arguments: str = ""
    """Field of the arguments; with its object and a slash before it if the call is ``apart``.

    Of an ``inline`` call, the start that the names of its arguments share.
    """
    n_names: int = 0
    """Number of different tools."""
    n_calls: int = 0
    beside: tuple[str, ...] = ()
    """Fields of an ``inline`` call that are not arguments."""
    kind_key: str = ""
    """Field whose value says which records are ``inline`` calls; empty if all records are calls."""
    kind_word: str = ""
    """Value of that field in records with a call."""


def is_name(value: object) -> bool:
    """Return whether a value may name a tool: no id with many digits, and no word for an outcome."""
    if not isinstance(value, str) or value.lower() in ENDINGS or _NAME.fullmatch(value) is None:
        return False
    return sum(map(str.isdigit, value)) <= _MOST_DIGITS


def given(value: object) -> Record | None:
    """Return a value as arguments: an object, its JSON text, or a list of pairs; None for anything else."""
    inner = as_json(value) if isinstance(value, str) else value
    if isinstance(inner, list):
        inner = _of_pairs(inner)
    if not isinstance(inner, dict) or len(inner) > _MOST_KEYS:
        return None
    return inner if all(KEY.fullmatch(key) for key in inner) else None


def _of_pairs(value: list[object]) -> Record | None:
    """Return a list of pairs of key and value as an object; None for any other list.

    Pairs are lists of two, or objects of two fields and perhaps the name of a type of JSON.
    """
    pairs = [_pair(one) for one in value]
    found = [pair for pair in pairs if pair is not None]
    keys = [str(pair[0]) for pair in found]
    return dict(found) if found and len(found) == len(pairs) and len(set(keys)) == len(keys) else None


def _pair(value: object) -> tuple[str, object] | None:
    if isinstance(value, dict) and len(value) == 1:
        return next(iter(value.items()))
    cells = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    if len(cells) > 2:
        cells = [cell for cell in cells if not (isinstance(cell, str) and cell.lower() in _TYPES)]
    return (cells[0], cells[1]) if len(cells) == 2 and isinstance(cells[0], str) else None


def tells(held: list[Record], name: str, arguments: str) -> bool:
    """Return whether the name determines the arguments: calls of one name have mostly the same arguments."""
    kinds: dict[str, set[tuple[str, ...]]] = {}
    for one in held:
        kinds.setdefault(str(one[name]), set()).add(tuple(sorted(given(one[arguments]) or {})))
    return sum(map(len, kinds.values())) <= len(kinds) + len(held) // 4
