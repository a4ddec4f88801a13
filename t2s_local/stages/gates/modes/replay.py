"""The mode ``replay`` (SkillCAT, arXiv 2606.13317): judge a change on the tasks that it was learned from."""

from collections.abc import Sequence
from typing import Literal

from t2s_local.stages.gates.modes.arms import mean_of
from t2s_local.values.gates.scores import TaskScores
from t2s_local.values.value import Value
from t2s_local.vectors.exact_tests import TOLERANCE

THRESHOLD = 2.0
"""Least mean points with which a change is kept; success -> success has 2 points."""
WITHOUT_TIES = 3.0
"""Least mean points with which a change is kept if ties are rejected: only failure -> success has 3 points."""
_SUCCESS = 0.5
"""Score above which a task counts as done."""
_POINTS = {(False, True): 3.0, (True, True): 2.0, (False, False): 1.0, (True, False): 0.0}


class Replayed(Value, frozen=True, kw_only=True):
    """Verdict of the mode ``replay``."""

    verdict: Literal["keep", "reject", "insufficient", "unassessed"]
    points: float | None
    """Mean points of the tasks, from 0 to 3; None if a score is missing or nothing was measured."""
    reason: str


def points_of(*, before: float, after: float) -> float:
    """Return 3 for failure -> success, 2 for success -> success, 1 for failure -> failure, 0 for success -> failure."""
    return _POINTS[before > _SUCCESS, after > _SUCCESS]


def judge(tasks: Sequence[TaskScores] | None, *, rejects_ties: bool = False) -> Replayed:
    """Judge a change by the scores of its tasks before and after it.

    Args:
        tasks: Scores of the tasks; None if nothing was measured.
        rejects_ties: Whether a change that only keeps successes is rejected.
    """
    if tasks is None:
        return Replayed(verdict="unassessed", points=None, reason="no_eval_command")
    points = [
        points_of(before=task.without, after=task.with_skill)
        for task in tasks
        if task.without is not None and task.with_skill is not None
    ]
    mean = mean_of(points)
    if mean is None or len(points) < len(tasks):
        return Replayed(verdict="insufficient", points=None, reason="missing_score")
    least = WITHOUT_TIES if rejects_ties else THRESHOLD
    is_kept = mean >= least - TOLERANCE
    reason = f"{'at_least' if is_kept else 'below'}_{least:g}_points"
    return Replayed(verdict="keep" if is_kept else "reject", points=round(mean, 4), reason=reason)


def merge_order(points: Sequence[float]) -> list[int]:
    """Return the positions of kept changes in merge order: fewest points first, so that later, better changes win."""
    return sorted(range(len(points)), key=lambda at: (points[at], at))
