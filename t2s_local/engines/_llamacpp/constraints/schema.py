"""Longest answer that a JSON schema allows; schemas without bounds are refused."""

import json
from collections.abc import Sequence
from typing import cast

from t2s_local.errors import ModelError

MAX_FIELD = 600
"""Longest text of a field in characters: in longer texts small models begin to repeat themselves."""
MAX_ITEMS = 64
_NUMBER_CHARACTERS = 24

Schema = dict[str, object]


def token_cap(schema: Schema) -> int:
    """Return a number of tokens that is enough for any answer under *schema*: its longest answer in characters.

    Raises:
        ModelError: a text has no ``maxLength`` of at most 600, or a list no ``maxItems`` of at most 64.
    """
    return _longest(schema, "$")


def _longest(schema: Schema, place: str) -> int:
    choices = schema.get("enum", [schema["const"]] if "const" in schema else None)
    if isinstance(choices, list):
        return max(len(json.dumps(choice)) for choice in choices)
    kind, branches = schema.get("type"), schema.get("anyOf")
    if isinstance(kind, list):
        branches = [{**schema, "type": one} for one in kind]
    if isinstance(branches, Sequence):
        return max(_longest(_object(branch, place), place) for branch in branches)
    return _longest_of_kind(schema, place)


def _longest_of_kind(schema: Schema, place: str) -> int:
    match schema.get("type"):
        case "string":
            return 2 + _bound(schema, "maxLength", place, MAX_FIELD)
        case "integer" | "number":
            return _NUMBER_CHARACTERS
        case "boolean" | "null":
            return len("false")
        case "array":
            item = _longest(_object(schema.get("items"), place), f"{place}[]")
            return 2 + _bound(schema, "maxItems", place, MAX_ITEMS) * (item + 2)
        case "object":
            return 2 + sum(
                len(json.dumps(name)) + 4 + _longest(_object(field, place), f"{place}.{name}")
                for name, field in _object(schema.get("properties"), place).items()
            )
    message = f"the schema has no usable type at {place}"
    raise ModelError(message)


def _bound(schema: Schema, key: str, place: str, highest: int) -> int:
    value = schema.get(key)
    if not isinstance(value, int) or not 0 <= value <= highest:
        message = f"the schema wants {key} of at most {highest} at {place}"
        raise ModelError(message)
    return value


def _object(value: object, place: str) -> Schema:
    if not isinstance(value, dict):
        message = f"the schema lacks a part at {place}"
        raise ModelError(message)
    return cast("Schema", value)
