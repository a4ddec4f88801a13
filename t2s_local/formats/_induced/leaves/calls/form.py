"""Forms of calls, and values that may be a name or the arguments of a call."""

import re
from typing import NamedTuple

from t2s_local.formats._induced.leaves.trees import Pattern, as_json
from t2s_local.formats._maps.call_shapes import ENDINGS
from t2s_local.records.json import Record

_NAME = re.compile(r"[^\W\d][\w.:/\-]{0,60}")
_KEY = re.compile(r"[^\W\d][\w.\-]{0,40}")
_MOST_DIGITS = 2
_MOST_KEYS = 24


class Form(NamedTuple):
    """A form in which calls are written."""

    kind: str
    """``named``, ``keyed``, ``paired``, ``written``, ``inline``, ``apart`` or ``opaque``.

    Named calls have name and arguments in two fields, keyed calls have the arguments under the name, paired calls are
    a list of both, written calls are text, inline calls have the arguments beside the name, calls apart have name and
    arguments in two objects of one object, and opaque calls are text that cannot be parsed.
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
    return inner if all(_KEY.fullmatch(key) for key in inner) else None


def _of_pairs(value: list[object]) -> Record | None:
    """Return a list of pairs of key and value as an object; None for any other list."""
    pairs = [
        tuple(one.values()) if isinstance(one, dict) else tuple(one) if isinstance(one, list) else () for one in value
    ]
    if not pairs or not all(len(pair) == 2 and isinstance(pair[0], str) for pair in pairs):
        return None
    keys = [str(pair[0]) for pair in pairs]
    return dict(zip(keys, (pair[1] for pair in pairs), strict=True)) if len(set(keys)) == len(keys) else None


def tells(held: list[Record], name: str, arguments: str) -> bool:
    """Return whether the name determines the arguments: calls of one name have mostly the same arguments."""
    kinds: dict[str, set[tuple[str, ...]]] = {}
    for one in held:
        kinds.setdefault(str(one[name]), set()).add(tuple(sorted(given(one[arguments]) or {})))
    return sum(map(len, kinds.values())) <= len(kinds) + len(held) // 4
