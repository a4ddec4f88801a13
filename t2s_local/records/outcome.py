"""Outcome and score of a run, read from the fields in which formats and users write them."""

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
    """Read one label: a truth value, a number from 0 to 1, or a word; None if *value* is none of these.

    A number outside of 0 to 1 is a score on an unknown scale: the score is kept, and the outcome is None.
    """
    if isinstance(value, bool):
        return Label(outcome="success" if value else "failure", source=source)
    if (number := finite(value)) is not None:
        return Label(outcome=graded(number) if 0 <= number <= 1 else None, score=number, source=source)
    if isinstance(value, str) and (outcome := _WORDS.get(value.strip().lower())):
        return Label(outcome=outcome, source=source)
    return None


def finite(value: object) -> float | None:
    """Return *value* as a float; None if it is no number, a truth value, infinite, NaN, or too large for a float."""
    if value is None or isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def is_boundless(value: object) -> bool:
    """Return whether *value* is a whole number that is too large for a float."""
    return isinstance(value, int) and finite(int(value)) is None


def graded(score: float) -> Outcome:
    """Return the outcome for a score from 0 to 1: success at 1 and failure at 0 (within 1e-6), otherwise partial."""
    if score >= 1 - 1e-6:
        return "success"
    return "failure" if score <= 1e-6 else "partial"


def label_in(record: Record, keys: Iterable[str] = LABEL_KEYS) -> Label | None:
    """Return the label in the first of *keys* with a readable label in *record*; None if no key has one."""
    for key in keys:
        if key in record and (found := label_of(record[key], f"field:{key}")) is not None:
            return found
    return None
