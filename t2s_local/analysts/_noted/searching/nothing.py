"""Answers of searches without a result."""

import re

from t2s_local.text.events import Event

NOTHING = re.compile(
    r"^\W*(?:[\w.]*(?:Error|Exception)\W+)?(?:no|0|nothing|none)\b[^\n]{0,60}(?:match|result|found|hit|file|entr|item)"
    r"|\bno (?:match|result)\w* found|\b(?:nothing|not) found\b|^\W*(?:could|can) ?not find\b|^\W*\[\s*\]\W*$",
    re.IGNORECASE,
)
SHORT = 300
"""Most characters of an answer without a result."""


def found_nothing(event: Event) -> bool:
    """Return whether the answer of a search is short and says that nothing was found."""
    return len(event.output) <= SHORT and NOTHING.search(event.output) is not None


def came_to_nothing(event: Event) -> bool:
    """Return whether a call failed, or the first line of its answer says that nothing was found."""
    return event.failed or NOTHING.search(event.output[:SHORT].split("\n", 1)[0]) is not None
