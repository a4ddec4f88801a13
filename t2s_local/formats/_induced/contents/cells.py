"""Values of cells: texts that may contain a number, an object or a list of records."""

import re

from t2s_local.records.json import decode_text

_NUMBER = re.compile(r"0|-?[1-9]\d{0,14}")


def cell(text: str, *, is_quoted: bool = False) -> object:
    """Return the object, list of records or whole number in a text; otherwise the text itself.

    Digits in quotes and digits behind a zero are a text: the number of an account, a postcode.
    """
    inside = decode_text(text) if text[:1] in ("{", "[") else None
    is_records = isinstance(inside, list) and all(isinstance(one, dict | list) for one in inside)
    if isinstance(inside, dict) or is_records:
        return inside
    return int(text) if not is_quoted and _NUMBER.fullmatch(text) else text


def unquoted(text: str) -> str:
    """Return the string that a text in double quotes is the JSON of; any other text unchanged."""
    inside = decode_text(text) if text[:1] == '"' == text[-1:] else None
    return inside if isinstance(inside, str) else text
