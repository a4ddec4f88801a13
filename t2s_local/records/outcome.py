"""Outcome and score from the fields that formats and users write them to."""

import math
from collections.abc import Iterable

from t2s_local.records.json import Record
from t2s_local.values.trajectory import Label, Outcome

LABEL_KEYS = (
    "reward",
    "score",
    "success",
    "resolved",
    "is_resolved",
    "correct",
    "is_correct",
    "passed",
    "is_success",
    "utility",
    "em",
    "outcome",
    "label",
)
_WORDS: dict[str, Outcome] = {
    **dict.fromkeys(("success", "succeeded", "resolved", "pass", "passed", "correct", "c", "true", "yes"), "success"),
    **dict.fromkeys(
        ("failure", "failed", "fail", "unresolved", "incorrect", "wrong", "i", "n", "false", "no"), "failure"
    ),
    **dict.fromkeys(("partial", "p"), "partial"),
}


def label_of(value: object, source: str) -> Label | None:
    """Read one label: a truth value, a number from 0 to 1, or a word; None where it is none of these.

    A number outside of 0 to 1 is a score on a scale nobody stated: it is kept, and no outcome is made of it.
    """
    if isinstance(value, bool):
        return Label(outcome="success" if value else "failure", source=source)
    if (number := finite(value)) is not None:
        return Label(outcome=graded(number) if 0 <= number <= 1 else None, score=number, source=source)
    if isinstance(value, str) and (outcome := _WORDS.get(value.strip().lower())):
        return Label(outcome=outcome, source=source)
    return None


def finite(value: object) -> float | None:
    """*value* where it is a number that a float can hold; None for truth values, infinities and larger ones."""
    if value is None or isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def is_boundless(value: object) -> bool:
    """Return whether *value* is a whole number that no float can hold."""
    return isinstance(value, int) and finite(int(value)) is None


def graded(score: float) -> Outcome:
    """The outcome a score from 0 to 1 stands for; 1 up to rounding is a success, 0 a failure, the rest partial."""
    if score >= 1 - 1e-6:
        return "success"
    return "failure" if score <= 1e-6 else "partial"


def label_in(record: Record, keys: Iterable[str] = LABEL_KEYS) -> Label | None:
    """The label among the fields of *record*, the first of *keys* that holds one."""
    for key in keys:
        if key in record and (found := label_of(record[key], f"field:{key}")) is not None:
            return found
    return None
