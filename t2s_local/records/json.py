"""JSON helpers for the formats: the values of a file and typed access to the fields of a record."""

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
"""A JSON object with unknown keys."""


def objects(value: object) -> list[Record]:
    """Return the JSON objects among the items of *value*; [] if *value* is no list."""
    if not value or not isinstance(value, list):
        return []
    return [item for item in value if isinstance(item, dict)]


def as_object(value: object) -> Record:
    """Return *value* if it is a JSON object, otherwise an empty object."""
    return value if isinstance(value, dict) else {}


def string(value: object) -> str | None:
    """Return a non-empty string as it is and a number in digits; None for anything else."""
    if isinstance(value, str):
        return value or None
    if value is None or isinstance(value, bool) or not isinstance(value, _NUMBERS):
        return None
    return str(value)


def word(value: object) -> str | None:
    """Return *value* if it is a string and so can be looked up in a set, unlike a list or an object; otherwise None."""
    return value if isinstance(value, str) else None


def first_string(record: Record, *keys: str) -> str | None:
    """Return the value of the first of *keys* that contains a string or a number, as text; None if no key does."""
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
