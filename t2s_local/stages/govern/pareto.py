"""Choose among sets of skills by utility, diversity and coverage, on the Pareto front (SkillBrew, arXiv 2605.29440)."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from t2s_local.stages.govern.standing import TOLERANCE
from t2s_local.values.value import Value

if TYPE_CHECKING:
    from t2s_local.vectors.matrix import FloatMatrix

COVERED = 0.35
"""Least cosine of a skill and a lesson from which on the skill covers the lesson."""


class Bank(Value, frozen=True, kw_only=True):
    """One set of skills."""

    name: str
    utility: float | None
    diversity: float | None
    """1 minus the mean cosine of the pairs of skills; None for fewer than two skills."""
    coverage: float | None
    """Share of held-out lessons that a skill covers; None without such lessons."""

    @property
    def aims(self) -> tuple[float, ...]:
        """Utility, diversity and coverage, with 0 for an unknown value, which then decides nothing."""
        return tuple(0.0 if value is None else value for value in (self.utility, self.diversity, self.coverage))


class Choice(Value, frozen=True, kw_only=True):
    """Names of the banks that may be chosen, of the banks on the Pareto front, and of the proposed bank."""

    allowed: tuple[str, ...]
    front: tuple[str, ...]
    chosen: str


def choose(banks: Sequence[Bank], current: str) -> Choice:
    """Choose among *banks*; *current* is the name of the bank in use now.

    No bank with a lower utility than the current bank is allowed. On the Pareto front, the bank with the largest sum of
    diversity and coverage is chosen; a tie is decided by utility, then for the current bank. If the utility of the
    current bank is unknown, only the current bank is allowed.
    """
    now = next(bank for bank in banks if bank.name == current)
    if now.utility is None:
        return Choice(allowed=(current,), front=(current,), chosen=current)
    allowed = [bank for bank in banks if bank.aims[0] >= now.aims[0] - TOLERANCE]
    front = [bank for bank in allowed if not any(_beats(other, bank) for other in allowed)]
    best = max(front, key=lambda bank: (round(sum(bank.aims[1:]), 9), round(bank.aims[0], 9), bank.name == current))
    return Choice(
        allowed=tuple(bank.name for bank in allowed), front=tuple(bank.name for bank in front), chosen=best.name
    )


def _beats(one: Bank, other: Bank) -> bool:
    """Return whether *one* is better than *other* in one aim, and worse in none."""
    pairs = list(zip(one.aims, other.aims, strict=True))
    return all(mine >= theirs - TOLERANCE for mine, theirs in pairs) and any(
        mine > theirs + TOLERANCE for mine, theirs in pairs
    )


def diversity(vectors: "FloatMatrix") -> float | None:
    """Return 1 minus the mean cosine of all pairs of rows; None for fewer than two rows.

    Args:
        vectors: Shape ``(n, d)``, unit rows.
    """
    n = len(vectors)
    if n < 2:
        return None
    total = float((vectors.sum(axis=0, dtype="float64") ** 2).sum())
    return 1 - (total - n) / (n * (n - 1))


def coverage(skills: "FloatMatrix", lessons: "FloatMatrix") -> float | None:
    """Return the share of *lessons* that have a skill with a cosine of .35 or more; None without lessons.

    Args:
        skills: Shape ``(n, d)``, unit rows.
        lessons: Shape ``(m, d)``, unit rows.
    """
    if not len(lessons):
        return None
    if not len(skills):
        return 0.0
    return float(((lessons @ skills.T).max(axis=1) >= COVERED - 1e-6).mean())
