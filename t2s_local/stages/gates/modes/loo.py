"""The mode ``loo`` (SkillBrew, arXiv 2605.29440): compare a library with the same library without one skill."""

from typing import Literal

from t2s_local.values.value import Value
from t2s_local.vectors.exact_tests import TOLERANCE


class LeftOut(Value, frozen=True, kw_only=True):
    """Verdict of the mode ``loo``."""

    verdict: Literal["keep", "rewrite", "remove", "insufficient"]
    change: float | None
    """Mean score of the library without the skill, minus the mean with it; None if a score is missing."""
    reason: str


def judge(whole: float | None, without: float | None) -> LeftOut:
    """Judge a skill by the mean score of the library with and without it; a verdict ``remove`` only proposes.

    Args:
        whole: Mean score of the whole library; None if a score is missing.
        without: Mean score of the library without the skill; None if a score is missing.
    """
    if whole is None or without is None:
        return LeftOut(verdict="insufficient", change=None, reason="missing_score")
    change = without - whole
    if change < -TOLERANCE:
        return LeftOut(verdict="keep", change=round(change, 4), reason="removal_lowers")
    if change > TOLERANCE:
        return LeftOut(verdict="remove", change=round(change, 4), reason="removal_raises")
    return LeftOut(verdict="rewrite", change=0.0, reason="removal_changes_nothing")
