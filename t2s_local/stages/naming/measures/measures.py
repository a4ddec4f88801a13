"""Quantities that questions ask for, and the usual parts of reports about code."""

import re
from collections.abc import Collection, Mapping, Sequence

_QUESTIONS = 0.5
"""Least share of tasks that ask a question, for the quantities in them to be what is asked for."""
_SHARE_OF_MEASURES = 0.05
_LEAST_TASKS = 3
_ASKS = re.compile(
    r"[?？]\s*$|^(?:please\s+)?(?:count|find|give|list|print|return|show|tell|who|whose|what|when|where|which|how)\b",
    re.IGNORECASE,
)
_MEASURES = {
    name: re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)
    for name, pattern in (
        ("name", r"names?"),
        ("number", r"numbers? of|how many|counts?"),
        ("average", r"averages?|means? of"),
        ("total", r"total|sum"),
    )
}
_SHARE_OF_PARTS = 0.2
_PARTS = {
    name: re.compile(pattern, re.IGNORECASE)
    for name, pattern in (
        ("a description", r"(?m)^[^\w\n]*descri(?:ption|be)\b"),
        ("steps or code to reproduce", r"\breproduc\w*"),
        ("a traceback", r"\btraceback\b"),
        ("an error", r"\b[A-Za-z]+(?:Error|Exception)\b"),
        ("the expected behaviour", r"\bexpected\b"),
        ("versions", r"(?m)^[^\w\n]*versions?\b"),
        ("a proposed solution", r"\bdescribe the solution\b|\bproposed? (?:solution|fix)\b"),
    )
}
"""Usual parts of a report about code."""


def asked_measures(tasks: Sequence[str]) -> list[str]:
    """Return the quantities that at least 5 % of *tasks* mention, the most frequent first.

    Return an empty list unless most of *tasks* ask a question, or begin with a word such as *list*.
    """
    if sum(_ASKS.search(task) is not None for task in tasks) < _QUESTIONS * len(tasks):
        return []
    return _wide(tasks, _MEASURES, _SHARE_OF_MEASURES)


def reported_parts(tasks: Collection[str]) -> list[str]:
    """Return the usual parts of a report that at least a fifth of *tasks* have, in the order of a report."""
    found = _wide(tasks, _PARTS, _SHARE_OF_PARTS)
    return [part for part in _PARTS if part in found]


def _wide(tasks: Collection[str], patterns: Mapping[str, re.Pattern[str]], share: float) -> list[str]:
    counts = {name: sum(pattern.search(task) is not None for task in tasks) for name, pattern in patterns.items()}
    wide = [name for name, count in counts.items() if count >= max(_LEAST_TASKS, share * len(tasks))]
    return sorted(wide, key=lambda name: -counts[name])
