"""JSON for the formats: the values of a file, and what a field of a record holds."""

from typing import Any

from t2s_local.records.decoding import NotJsonError, compact, decode, decode_text
from t2s_local.records.documents import document, values
from t2s_local.records.lines import is_json_lines, line_values

__all__ = [
    "NotJsonError",
    "Record",
    "as_object",
    "compact",
    "decode",
    "decode_text",
    "document",
    "first_string",
    "is_json_lines",
    "line_values",
    "objects",
    "string",
    "values",
    "word",
]
_NUMBERS = (int, float)
Record = dict[str, Any]
"""A JSON object, nothing known about it."""


def objects(value: object) -> list[Record]:
    """The JSON objects among the items of *value*; empty where it is no list."""
    if not value or not isinstance(value, list):
        return []
    return [item for item in value if isinstance(item, dict)]


def as_object(value: object) -> Record:
    """*value* itself where it is a JSON object, otherwise an empty one."""
    return value if isinstance(value, dict) else {}


def string(value: object) -> str | None:
    """*value* where it is a string with something in it, a number in digits, otherwise None."""
    if isinstance(value, str):
        return value or None
    if value is None or isinstance(value, bool) or not isinstance(value, _NUMBERS):
        return None
    return str(value)


def word(value: object) -> str | None:
    """*value* where it is a string, otherwise None: fit to be looked up, which a list or an object is not."""
    return value if isinstance(value, str) else None


def first_string(record: Record, *keys: str) -> str | None:
    """The first of *keys* that holds a string or a number, as text."""
    for key in keys:
        value = record.get(key)
        if value is None:
            continue
        if isinstance(value, str):
            if value:
                return value
        elif (found := string(value)) is not None:
            return found
    return None
