"""Compute the PDI index of attempts at one task: facts put into commands, against repeated plans and results."""

import re
from collections.abc import Sequence
from typing import Literal

from t2s_local.text.text import containment, jaccard
from t2s_local.values.value import Value

PdiFlag = Literal["soft", "strong"]
FLAGGED = -0.5
"""Weighted index below which an attempt is flagged."""
FULL_STEP = 2
"""First step, counted from 0, with full weight; earlier steps have few steps before them to be compared with."""
_WORD = re.compile(r"\w+")


class Attempt(Value, frozen=True, kw_only=True):
    """One attempt at a task, with the memo that was written after it."""

    facts: str
    """Section *Verified Facts* of the memo."""
    strategy: str
    """Section *Next Strategy* of the memo."""
    commands: tuple[str, ...]
    """Commands that were executed."""
    failed: tuple[str, ...] = ()
    """Tests that failed in the attempt: lines of its output that begin with ✗."""
    failed_before: tuple[str, ...] | None = None
    """Tests that failed in the attempt before, even if an infrastructure error ended it; None for the first."""


class PdiStep(Value, frozen=True, kw_only=True):
    """The PDI index of one attempt with its parts; steps (attempts) count from 0."""

    step: int
    exec: float
    """Share of the words of the attempt's facts that occur in the attempt's commands, in [0, 1]."""
    plan: float
    """Jaccard similarity of the attempt's strategy with the strategy of the attempt before; 0 for the first attempt."""
    oss: float
    """Mean Jaccard similarity with the attempt before, of facts and of failed tests; 0 for the first attempt."""
    raw: float
    weighted: float
    flag: PdiFlag | None


def pdi_steps(attempts: Sequence[Attempt]) -> tuple[PdiStep, ...]:
    """Compute the index of *attempts*, in their order.

    The raw index of the first step is ``exec - plan - oss``. The raw index of a later step is the same difference of
    z-scores over all steps up to it, with the population's standard deviation; a deviation of 0 gives a z-score of 0.
    """
    found: list[PdiStep] = []
    parts: list[tuple[float, float, float]] = []
    for step, attempt in enumerate(attempts):
        before = attempts[step - 1] if step else None
        parts.append((_executed(attempt), _plan(before, attempt), _same(before, attempt)))
        scores = [_z([part[which] for part in parts]) for which in range(3)] if step else parts[0]
        raw = scores[0] - scores[1] - scores[2]
        weighted = min(1.0, step / FULL_STEP) * raw
        flag: PdiFlag | None = None
        if step and weighted < FLAGGED - 1e-9:
            flag = "soft" if found[-1].flag is None else "strong"
        executed, plan, oss = parts[-1]
        found.append(PdiStep(step=step, exec=executed, plan=plan, oss=oss, raw=raw, weighted=weighted, flag=flag))
    return tuple(found)


def executed_share(text: str, commands: Sequence[str]) -> float:
    """Return the share of the words of *text* that occur in *commands*, in [0, 1]; 0 for a text without words."""
    words = _words(text)
    done = {word for command in commands for word in _words(command)}
    return containment(words, done, empty=0.0)


def _executed(attempt: Attempt) -> float:
    return executed_share(attempt.facts, attempt.commands)


def _plan(before: Attempt | None, attempt: Attempt) -> float:
    return 0.0 if before is None else jaccard(_words(before.strategy), _words(attempt.strategy), empty=0.0)


def _same(before: Attempt | None, attempt: Attempt) -> float:
    if before is None:
        return 0.0
    failed = before.failed if attempt.failed_before is None else attempt.failed_before
    same_facts = jaccard(_words(before.facts), _words(attempt.facts), empty=0.0)
    return (same_facts + jaccard(set(failed), set(attempt.failed), empty=0.0)) / 2


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.lower()))


def _z(values: Sequence[float]) -> float:
    """Return the z-score of the last of *values* among all *values*; 0 if all are equal."""
    mean = sum(values) / len(values)
    deviation = (sum((value - mean) ** 2 for value in values) / len(values)) ** 0.5
    return (values[-1] - mean) / deviation if deviation > 1e-12 else 0.0
