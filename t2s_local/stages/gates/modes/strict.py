"""The mode ``strict`` (SkillOpt, arXiv 2605.23904): accept only a skill that scores higher, and on no task lower.

Ties are rejected: a text that changes nothing measurable costs context.
"""

from collections.abc import Sequence
from typing import Literal

from t2s_local.stages.gates.modes.arms import Scores, compared, mean_of
from t2s_local.values.value import Value
from t2s_local.vectors.exact_tests import TOLERANCE

Metric = Literal["soft", "hard", "mixed"]
FEWEST = 20
"""Least number of trials in each arm before a skill is accepted: one run in each arm is noise."""
CHANCE = 0.05
"""Largest p value with which a gain is accepted: an agent that answers at random now and then seems to gain."""


class StrictVerdict(Value, frozen=True, kw_only=True):
    """Verdict of the mode ``strict``."""

    verdict: Literal["accept", "accept_new_best", "reject", "inert", "insufficient"]
    reason: str


def metric_of(scores: Sequence[float], metric: Metric, *, w: float) -> float | None:
    """Return the figure by which an arm is compared; None if *scores* is empty.

    Args:
        scores: Each from 0 to 1.
        metric: ``soft`` for their mean, ``hard`` for the share of full marks, ``mixed`` for (1 - w) * hard + w * soft.
        w: Weight of ``soft`` in ``mixed``.
    """
    soft = mean_of(scores)
    if soft is None:
        return None
    hard = sum(score >= 1.0 - TOLERANCE for score in scores) / len(scores)
    return soft if metric == "soft" else hard if metric == "hard" else mixed(hard, soft, w=w)


def mixed(hard: float, soft: float, *, w: float) -> float:
    """Return (1 - w) * hard + w * soft."""
    return (1 - w) * hard + w * soft


def gate(candidate: float, current: float, best: float) -> StrictVerdict:
    """Accept *candidate* only if it is above *current*; the verdict reports a new best if it is above *best* too."""
    if candidate <= current + TOLERANCE:
        return StrictVerdict(verdict="reject", reason="no_gain")
    if candidate > best + TOLERANCE:
        return StrictVerdict(verdict="accept_new_best", reason="above_best")
    return StrictVerdict(verdict="accept", reason="above_current")


def judge(
    scores: Scores,
    *,
    metric: Metric = "soft",
    w: float = 0.5,
    best: float | None = None,
    allows_regression: bool = False,
) -> StrictVerdict:
    """Judge the arm ``with`` against the arm ``without`` and, if there is one, the arm ``placebo``.

    Args:
        scores: Scores of the arms.
        metric: The figure by which arms are compared.
        w: Weight of the soft metric in the mixed metric.
        best: Best figure so far; None if no skill was accepted yet.
        allows_regression: Whether a task may score lower with the skill.
    """
    arms = ("without", "with")
    tasks = scores.paired(*arms)
    current, candidate, placebo = (_figure(scores, arm, metric, w) for arm in (*arms, "placebo"))
    if current is None and candidate is None:
        return StrictVerdict(verdict="insufficient", reason="nothing_measured")
    if current is None or candidate is None or any(task.change is None for task in tasks):
        return StrictVerdict(verdict="reject", reason="missing_task")
    if not allows_regression and compared(tasks).worse:
        return StrictVerdict(verdict="reject", reason="task_worse")
    found = gate(candidate, current, current if best is None else max(best, current))
    doubt = None if found.verdict == "reject" else _doubt(scores, candidate, placebo)
    return found if doubt is None else doubt


def _doubt(scores: Scores, candidate: float, placebo: float | None) -> StrictVerdict | None:
    """Return the verdict on a gain that the trials do not bear out; None if they do.

    Args:
        scores: Scores of the arms.
        candidate: Figure of the arm ``with``, above that of the arm ``without``.
        placebo: Figure of the arm ``placebo``; None if it has no score.
    """
    arms = ("without", "with")
    if min(len(scores.all_of(arm)) for arm in arms) < FEWEST:
        return StrictVerdict(verdict="insufficient", reason=f"fewer_than_{FEWEST}_trials_an_arm")
    if "placebo" in scores.by_arm and not scores.is_whole("placebo"):
        return StrictVerdict(verdict="reject", reason="missing_task")
    if placebo is not None and candidate <= placebo + TOLERANCE:
        return StrictVerdict(verdict="inert", reason="placebo_as_good")
    p_value = scores.p_value(*arms)
    if p_value is None or p_value > CHANCE:
        return StrictVerdict(verdict="insufficient", reason="gain_within_chance")
    return None


def _figure(scores: Scores, arm: str, metric: Metric, w: float) -> float | None:
    return metric_of([score for score in scores.all_of(arm) if score is not None], metric, w=w)
