"""The mode ``loo`` (SkillBrew, arXiv 2605.29440): leave one skill out of a library, and see what that changes."""

from typing import Literal

from t2s_local.values.value import Value
from t2s_local.vectors.exact_tests import TOLERANCE


class LeftOut(Value, frozen=True, kw_only=True):
    """Verdict of the mode ``loo``."""

    verdict: Literal["keep", "rewrite", "remove", "insufficient"]
    change: float | None
    """Mean of the library without the skill, less the mean with it; None where a score is missing."""
    reason: str


def judge(whole: float | None, without: float | None) -> LeftOut:
    """Judge a skill by the score of the library, and of the library without it; a removal is a proposal."""
    if whole is None or without is None:
        return LeftOut(verdict="insufficient", change=None, reason="missing_score")
    change = without - whole
    if change < -TOLERANCE:
        return LeftOut(verdict="keep", change=round(change, 4), reason="removal_lowers")
    if change > TOLERANCE:
        return LeftOut(verdict="remove", change=round(change, 4), reason="removal_raises")
    return LeftOut(verdict="rewrite", change=0.0, reason="removal_changes_nothing")
