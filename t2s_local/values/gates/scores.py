"""Scores of the user's own evaluation by arm, task and trial, with the missing scores."""

import msgspec

from t2s_local.values.value import Value


class Arm(Value, frozen=True, kw_only=True):
    """A condition of an evaluation: the skill folder that is passed to the command."""

    name: str
    """``with``, ``without``, ``placebo``, or a name of the mode's own."""
    digest: str
    """Digest of the files in the folder; arms with the same digest are measured once."""


class Trial(Value, frozen=True, kw_only=True):
    """One run of the command."""

    arm: Arm
    task: str
    number: int
    """Counted from 0 within the arm and the task."""
    seed: int


class TrialScore(Value, frozen=True, kw_only=True):
    """Score of one trial, or the reason why the command returned none."""

    trial: Trial
    score: float | None
    """Score from 0 to 1; None if the command returned none."""
    missing: str | None = None
    """Reason why there is no score; None if there is one."""


class ArmMean(Value, frozen=True, kw_only=True):
    """Scores of one arm."""

    arm: str
    n: int
    """Trials with a score."""
    n_missing: int
    mean: float | None
    """Mean score; None if no trial has a score."""


class TaskScores(Value, frozen=True, kw_only=True):
    """Mean scores of one task without and with the skill."""

    task: str
    without: float | None
    """Mean score without the skill; None if a score is missing."""
    with_skill: float | None
    """Mean score with the skill; None if a score is missing."""

    @property
    def change(self) -> float | None:
        """Mean score with the skill minus the mean score without it; None if a score is missing."""
        return None if self.without is None or self.with_skill is None else self.with_skill - self.without


class MeasuredSkill(Value, frozen=True, kw_only=True):
    """Verdict of a mode of level L3 on one skill."""

    skill: str
    path: str
    digest: str
    verdict: str
    reason: str
    """The test that decided the verdict, as a phrase."""
    arms: tuple[ArmMean, ...]
    tasks: tuple[TaskScores, ...]
    """Scores by task, the worst task first."""
    n_better: int
    n_worse: int
    p_value: float | None
    """P value of an exact two-sided permutation test of the trials within each task; None if all scores are alike."""
    figures: dict[str, float | int | None] = msgspec.field(default_factory=dict)
    """Further figures of the mode, by name."""
