"""Values of the arguments in calls that are written as text."""

import json

from t2s_local.records.json import Record

NAME = r"[A-Za-z_][\w.\-]{0,60}"
Written = tuple[str, Record]
"""Name and arguments of a call."""
_WORDS = {"True": True, "False": False, "None": None}


def scalar(text: str) -> object:
    """Return the value of a text: a number, a truth value, JSON, or else the text itself."""
    if text in _WORDS:
        return _WORDS[text]
    try:
        return json.loads(text) if text[:1] in '-0123456789"[{tfn' else text
    except (ValueError, RecursionError):
        return text
