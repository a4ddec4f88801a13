"""Recognition of tool calls by their shape alone, when no map names their fields."""

import ast
import re
from typing import NamedTuple

from t2s_local.records.json import Record, as_object, decode_text

_NAME = re.compile(r"[A-Za-z_][\w.:/-]{0,60}")
_WRITTEN = re.compile(r"\s*([A-Za-z_][\w.]{0,60})\((.*)\)\s*", re.DOTALL)
_MOST_DIGITS = 2
FAILED = frozenset({"error", "failed", "failure", "fail", "false", "ko"})
FINE = frozenset({"success", "succeeded", "ok", "completed", "complete", "done", "true", "none", "finished"})
ENDINGS = FAILED | FINE
"""Words for the outcome of a call."""
_LONGEST = 20_000


class CallShape(NamedTuple):
    """Shape of a call: the keys of its name and its arguments."""

    kind: str
    """``named`` (two fields), ``keyed`` (arguments under the name), ``written`` (as code) or ``flat`` (in a record)."""
    name: str
    arguments: str
    """Key of the arguments; this and the key of the name are empty for ``keyed`` and ``written`` calls."""


def call_shape(value: object) -> CallShape | None:
    """Return the shape of a call; None if *value* has no such shape."""
    if isinstance(value, str):
        return CallShape("written", "", "") if written_call(value) is not None else None
    if not isinstance(value, dict) or not value:
        return None
    if len(value) == 1:
        (key, inner), *_ = value.items()
        return CallShape("keyed", "", "") if isinstance(inner, dict) and _NAME.fullmatch(key) else None
    return _named(value)


def _named(value: Record) -> CallShape | None:
    arguments = [key for key, inner in value.items() if is_arguments(inner)]
    names = [key for key, inner in value.items() if isinstance(inner, str) and _is_name(inner)]
    return CallShape("named", names[0], arguments[0]) if len(arguments) == 1 and len(names) == 1 else None


def flat_call(records: list[Record]) -> CallShape | None:
    """Return the fields of records in which a tool's name is beside its arguments; None if there are none."""
    for key in {key for record in records for key in record}:
        held = [record for record in records if is_arguments(record.get(key)) and not _is_ending(record[key])]
        if len(held) * 20 < len(records) or sum(record.get(key) is not None for record in records) > len(held):
            continue
        names = [name for name in held[0] if all(_is_name(str(record.get(name, ""))) for record in held)]
        tools = [name for name in names if _tells(name, key, held)]
        if tools:
            return CallShape("flat", max(tools, key=lambda name: len({record[name] for record in held})), key)
    return None


def _tells(name: str, key: str, held: list[Record]) -> bool:
    """Return whether the name determines the arguments: calls of one name have mostly the same arguments."""
    kinds: dict[str, set[tuple[str, ...]]] = {}
    for record in held:
        given = record[key]
        inner = decode_text(given) if isinstance(given, str) else given
        kinds.setdefault(str(record[name]), set()).add(tuple(sorted(as_object(inner))))
    return sum(map(len, kinds.values())) <= len(kinds) + len(held) // 4


def _is_ending(value: object) -> bool:
    """Return whether an object describes the outcome of a call rather than its arguments."""
    return isinstance(value, dict) and any(
        isinstance(inner, bool) or (isinstance(inner, str) and inner.lower() in ENDINGS) for inner in value.values()
    )


def _is_name(text: str) -> bool:
    """Return whether a text may name a tool.

    An id with many digits and a word for an outcome are no names of tools.
    """
    if _NAME.fullmatch(text) is None or text.lower() in ENDINGS:
        return False
    return sum(map(str.isdigit, text)) <= _MOST_DIGITS


def is_arguments(value: object) -> bool:
    """Return whether *value* is an object of arguments, or the JSON text of one."""
    if not value:
        return False
    inner = decode_text(value) if isinstance(value, str) and value[:1] == "{" else value
    return isinstance(inner, dict) and all(isinstance(key, str) and _NAME.fullmatch(key) for key in inner)


def written_call(text: str) -> tuple[str, Record] | None:
    """Return the name and the arguments of a call written as code, ``name(key='value')``; None for any other text."""
    if len(text) > _LONGEST or "(" not in text or (found := _WRITTEN.fullmatch(text)) is None:
        return None
    try:
        tree = ast.parse(text.strip(), mode="eval").body
        if not isinstance(tree, ast.Call) or tree.args or any(word.arg is None for word in tree.keywords):
            return None
        return found[1], {str(word.arg): ast.literal_eval(word.value) for word in tree.keywords}
    except (SyntaxError, ValueError, RecursionError, MemoryError, TypeError):
        return None


def keyed_call(value: object) -> tuple[str, Record] | None:
    """Return the name and the arguments of a call in the form of an object under its name; None for other values."""
    record = as_object(value)
    if len(record) != 1:
        return None
    (name, arguments), *_ = record.items()
    return (name, arguments) if isinstance(arguments, dict) else None
