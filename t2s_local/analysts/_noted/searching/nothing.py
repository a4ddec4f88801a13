"""Answers of searches that found nothing."""

import re

from t2s_local.text.events import Event

NOTHING = re.compile(
    r"^\W*(?:[\w.]*(?:Error|Exception)\W+)?(?:no|0|nothing|none)\b[^\n]{0,60}(?:match|result|found|hit|file|entr|item)"
    r"|\bno (?:match|result)\w* found|\b(?:nothing|not) found\b|^\W*(?:could|can) ?not find\b|^\W*\[\s*\]\W*$",
    re.IGNORECASE,
)
SHORT = 300
"""Characters of an answer that holds nothing."""


def found_nothing(event: Event) -> bool:
    """Return whether the answer of a search says that there is nothing."""
    return len(event.output) <= SHORT and NOTHING.search(event.output) is not None


def came_to_nothing(event: Event) -> bool:
    """Return whether a call failed, or begins its answer by saying that there is nothing."""
    return event.failed or NOTHING.search(event.output[:SHORT].split("\n", 1)[0]) is not None
