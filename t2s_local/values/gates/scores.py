"""Scores of the user's own evaluation: arms, tasks, trials, and what is missing."""

import msgspec

from t2s_local.values.value import Value


class Arm(Value, frozen=True, kw_only=True):
    """One condition: the skill folder that the command is given."""

    name: str
    """``with``, ``without``, ``placebo``, or what the mode calls it."""
    digest: str
    """Digest of what lies in the folder: the same condition is measured once, whatever it is called."""


class Trial(Value, frozen=True, kw_only=True):
    """One run of the command."""

    arm: Arm
    task: str
    number: int
    """Counted from 0 within the arm and the task."""
    seed: int


class TrialScore(Value, frozen=True, kw_only=True):
    """Score of one trial; missing where the command gave none."""

    trial: Trial
    score: float | None
    """From 0 to 1."""
    missing: str | None = None
    """Why there is no score."""


class ArmMean(Value, frozen=True, kw_only=True):
    """Scores of one arm."""

    arm: str
    n: int
    """Trials with a score."""
    n_missing: int
    mean: float | None
    """None where no trial has a score."""


class TaskScores(Value, frozen=True, kw_only=True):
    """One task in both arms."""

    task: str
    without: float | None
    """Mean without the skill; None where a score is missing."""
    with_skill: float | None
    """Mean with it; None where a score is missing."""

    @property
    def change(self) -> float | None:
        """Return how much the task gained; None where an arm lacks a score."""
        return None if self.without is None or self.with_skill is None else self.with_skill - self.without


class MeasuredSkill(Value, frozen=True, kw_only=True):
    """Verdict of a mode of level L3 on one skill."""

    skill: str
    path: str
    digest: str
    verdict: str
    reason: str
    """In a phrase: which test decided."""
    arms: tuple[ArmMean, ...]
    tasks: tuple[TaskScores, ...]
    """The worst first."""
    n_better: int
    n_worse: int
    p_value: float | None
    """Exact two-sided sign test over the tasks; None where no task differs."""
    figures: dict[str, float | int | None] = msgspec.field(default_factory=dict)
    """What the mode adds, by name."""
