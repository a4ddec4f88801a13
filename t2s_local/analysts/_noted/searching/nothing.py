"""Answers of searches without a result."""

import re

from t2s_local.text.events import Event

_BEGINS = re.compile(
    r"\W*(?:[\w.]*(?:Error|Exception)\W+)?(?:no|0|nothing|none)\b[^\n]{0,60}(?:match|result|found|hit|file|entr|item)"
    r"|\W*(?:could|can) ?not find\b|\W*\[\s*\]\W*$",
    re.IGNORECASE,
)
_FOUND = re.compile(r"\bno (?:match|result)\w* found|\b(?:nothing|not) found\b", re.IGNORECASE)
SHORT = 300
"""Most characters of an answer without a result."""


def is_nothing(text: str) -> bool:
    """Return whether *text* begins by saying that nothing was found, or says so anywhere with the word "found"."""
    return _BEGINS.match(text) is not None or ("found" in text.lower() and _FOUND.search(text) is not None)


def found_nothing(event: Event) -> bool:
    """Return whether the answer of a search is short and says that nothing was found."""
    return len(event.output) <= SHORT and is_nothing(event.output)


def came_to_nothing(event: Event) -> bool:
    """Return whether a call failed, or the first line of its answer says that nothing was found."""
    return event.failed or is_nothing(event.output[:SHORT].split("\n", 1)[0])
