"""The mode ``marginal`` (SAPO, arXiv 2606.08755): promote a skill only if it raises the scores of the bank."""

from collections.abc import Sequence
from math import ceil
from typing import Literal

from t2s_local.stages.gates.modes.arms import mean_of
from t2s_local.values.value import Value
from t2s_local.vectors.exact_tests import TOLERANCE

TOP = 0.2
"""Largest share of all candidates that is promoted."""
NEAR = 0.8
"""Least cosine of a candidate and a skill in the bank at which the candidate counts as a near duplicate."""


class Candidate(Value, frozen=True, kw_only=True):
    """A skill that is proposed for the bank (the set of skills in use), with the scores measured for the skill."""

    name: str
    base: tuple[float | None, ...]
    """Scores of the bank alone; None for a missing score."""
    with_skill: tuple[float | None, ...]
    """Scores of the bank with the candidate; None for a missing score."""
    nearest: float | None
    """Largest cosine to a skill of the bank; None if the bank is empty."""


class Marginal(Value, frozen=True, kw_only=True):
    """Verdict of the mode ``marginal``."""

    name: str
    verdict: Literal["promoted", "reject", "insufficient"]
    reason: str
    utility: float | None
    """Mean score with the candidate minus the mean without it; None if a score is missing."""
    rank: int | None
    """Rank of the candidate by utility, 1 for the highest; None if a score is missing."""


def judge(candidates: Sequence[Candidate]) -> tuple[Marginal, ...]:
    """Return a verdict on each of *candidates*, in their order.

    The first of these reasons that applies is reported: a missing score, no gain, not among the top 20 percent, a near
    duplicate of a skill in the bank.
    """
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
