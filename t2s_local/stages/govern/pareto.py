"""A library as a set (SkillBrew, arXiv 2605.29440): useful, diverse and covering, the front of these and a choice."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from t2s_local.stages.govern.standing import TOLERANCE
from t2s_local.values.value import Value

if TYPE_CHECKING:
    from t2s_local.vectors.matrix import FloatMatrix

COVERED = 0.35
"""Cosine from which on a skill covers a lesson."""


class Bank(Value, frozen=True, kw_only=True):
    """One set of skills."""

    name: str
    utility: float | None
    diversity: float | None
    """One less the mean cosine of its pairs; None of a single skill."""
    coverage: float | None
    """Share of held-out lessons near a skill; None without such lessons."""

    @property
    def aims(self) -> tuple[float, ...]:
        """Return the aims that are known, those that are not as 0: they then decide nothing."""
        return tuple(0.0 if value is None else value for value in (self.utility, self.diversity, self.coverage))


class Choice(Value, frozen=True, kw_only=True):
    """Banks that may be chosen, those that none beats, and the one that is proposed."""

    allowed: tuple[str, ...]
    front: tuple[str, ...]
    chosen: str


def choose(banks: Sequence[Bank], current: str) -> Choice:
    """Choose among *banks*, of which the one called *current* is there now.

    None with a lower utility is allowed. On the front the best in diversity and coverage is chosen, then the most
    useful, then the current one. Where nothing is known of the use of the current bank, nothing else is allowed.
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
    """Return whether *one* is nowhere worse than *other*, and somewhere better."""
    pairs = list(zip(one.aims, other.aims, strict=True))
    return all(mine >= theirs - TOLERANCE for mine, theirs in pairs) and any(
        mine > theirs + TOLERANCE for mine, theirs in pairs
    )


def diversity(vectors: "FloatMatrix") -> float | None:
    """Return one less the mean cosine of all pairs of rows; None for fewer than two.

    Args:
        vectors: Shape ``(n, d)``, unit rows.
    """
    n = len(vectors)
    if n < 2:
        return None
    total = float((vectors.sum(axis=0, dtype="float64") ** 2).sum())
    return 1 - (total - n) / (n * (n - 1))


def coverage(skills: "FloatMatrix", lessons: "FloatMatrix") -> float | None:
    """Return the share of *lessons* with a skill at cosine .35 or more; None without a lesson.

    Args:
        skills: Shape ``(n, d)``, unit rows.
        lessons: Shape ``(m, d)``, unit rows.
    """
    if not len(lessons):
        return None
    if not len(skills):
        return 0.0
    return float(((lessons @ skills.T).max(axis=1) >= COVERED - 1e-6).mean())
