"""The mode ``marginal`` (SAPO, arXiv 2606.08755): a skill earns its place on top of what would be there anyway."""

from collections.abc import Sequence
from math import ceil
from typing import Literal

from t2s_local.stages.gates.modes.arms import mean_of
from t2s_local.values.value import Value
from t2s_local.vectors.exact_tests import TOLERANCE

TOP = 0.2
"""Share of all candidates that is promoted at most."""
NEAR = 0.8
"""Least cosine to a skill of the bank at which a candidate is its duplicate."""


class Candidate(Value, frozen=True, kw_only=True):
    """A skill that wants to join the bank."""

    name: str
    base: tuple[float | None, ...]
    """Scores of the bank alone; None where one is missing."""
    with_skill: tuple[float | None, ...]
    """Scores of the bank with the candidate."""
    nearest: float | None
    """Largest cosine to a skill of the bank; None where the bank is empty."""


class Marginal(Value, frozen=True, kw_only=True):
    """Verdict of the mode ``marginal``."""

    name: str
    verdict: Literal["promoted", "reject", "insufficient"]
    reason: str
    utility: float | None
    """Mean with the candidate less the mean without it; None where a score is missing."""
    rank: int | None
    """Counted from 1, the highest utility first."""


def judge(candidates: Sequence[Candidate]) -> tuple[Marginal, ...]:
    """Judge all candidates together, in their order; reasons are tested in the order of the description."""
    utilities = {one.name: _utility(one) for one in candidates}
    ranked = sorted((-value, name) for name, value in utilities.items() if value is not None)
    ranks = {name: number for number, (_, name) in enumerate(ranked, 1)}
    n_top = ceil(TOP * len(candidates) - TOLERANCE)
    return tuple(_judge(one, utilities[one.name], ranks.get(one.name), n_top) for one in candidates)


def _utility(one: Candidate) -> float | None:
    base, more = ([score for score in scores if score is not None] for scores in (one.base, one.with_skill))
    if len(base) < len(one.base) or len(more) < len(one.with_skill):
        return None
    low, high = mean_of(base), mean_of(more)
    return None if low is None or high is None else high - low


def _judge(one: Candidate, utility: float | None, rank: int | None, n_top: int) -> Marginal:
    if utility is None or rank is None:
        return Marginal(name=one.name, verdict="insufficient", reason="missing_score", utility=None, rank=None)
    reason = (
        "no_gain"
        if utility <= TOLERANCE
        else "not_top_20pct"
        if rank > n_top
        else "near_duplicate"
        if one.nearest is not None and one.nearest >= NEAR - TOLERANCE
        else None
    )
    verdict: Literal["promoted", "reject"] = "promoted" if reason is None else "reject"
    return Marginal(name=one.name, verdict=verdict, reason=reason or "gain", utility=round(utility, 4), rank=rank)
