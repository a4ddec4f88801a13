"""Scores by arm and task: means, counts of missing scores, and a paired comparison with the worst task first."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from t2s_local.values.gates.scores import ArmMean, TaskScores, TrialScore
from t2s_local.vectors.exact_tests import TOLERANCE, permutation_test


class Scores(msgspec.Struct, frozen=True, kw_only=True):
    """Scores of every arm (a condition that is measured, such as with the skill or without it), by task."""

    by_arm: Mapping[str, Mapping[str, tuple[float | None, ...]]]
    """Scores by name of the arm, then by task, in the order of the trials; None for a missing score."""

    def all_of(self, arm: str) -> list[float | None]:
        """Return the scores of an arm, task by task, None for a missing score; empty if the arm has no trial."""
        return [score for scores in self.by_arm.get(arm, {}).values() for score in scores]

    def is_whole(self, *arms: str) -> bool:
        """Return whether *arms* have the same tasks, at least one, and no missing score."""
        tasks = [set(self.by_arm.get(arm, {})) for arm in arms]
        return all(one == tasks[0] and one for one in tasks) and None not in [
            score for arm in arms for score in self.all_of(arm)
        ]

    def mean(self, arm: str) -> float | None:
        """Return the mean of the scores of an arm without the missing scores; None if the arm has no score."""
        return mean_of([score for score in self.all_of(arm) if score is not None])

    def arm_means(self, arms: Iterable[str]) -> tuple[ArmMean, ...]:
        """Return the number of scores, the number of missing scores and the mean of each of *arms*."""
        found = []
        for arm in arms:
            scores = self.all_of(arm)
            n = sum(score is not None for score in scores)
            found.append(ArmMean(arm=arm, n=n, n_missing=len(scores) - n, mean=_rounded(self.mean(arm))))
        return tuple(found)

    def paired(self, before: str, after: str) -> tuple[TaskScores, ...]:
        """Return the scores of two arms by task: tasks that lack a score, then from largest loss to largest gain."""
        tasks = sorted({*self.by_arm.get(before, {}), *self.by_arm.get(after, {})})
        found = [
            TaskScores(task=task, without=self._task(before, task), with_skill=self._task(after, task))
            for task in tasks
        ]
        return tuple(sorted(found, key=lambda one: (one.change is not None, one.change or 0.0, one.task)))

    def p_value(self, before: str, after: str) -> float | None:
        """Return the p value of an exact two-sided permutation test of the trials within each task.

        Trials without a score are left out. None if no task has different scores.
        """
        strata = (
            tuple(
                [score for score in self.by_arm.get(arm, {}).get(task, ()) if score is not None]
                for arm in (before, after)
            )
            for task in self.by_arm.get(before, {})
        )
        return permutation_test((one, other) for one, other in strata)

    def _task(self, arm: str, task: str) -> float | None:
        scores = self.by_arm.get(arm, {}).get(task, ())
        known = [score for score in scores if score is not None]
        return mean_of(known) if known and len(known) == len(scores) else None


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """Numbers of tasks whose mean score is higher (better) or lower (worse) in the second of two arms."""

    better: int
    worse: int


def scores_of(found: Iterable[TrialScore]) -> Scores:
    """Return the scores in *found*, grouped by arm and then by task."""
    by_arm: dict[str, dict[str, list[float | None]]] = defaultdict(lambda: defaultdict(list))
    for one in found:
        by_arm[one.trial.arm.name][one.trial.task].append(one.score)
    return Scores(
        by_arm={arm: {task: tuple(scores) for task, scores in tasks.items()} for arm, tasks in by_arm.items()}
    )


def compared(tasks: Sequence[TaskScores]) -> Comparison:
    """Count the tasks whose mean score rose and those whose mean score fell; tasks that lack a score do not count."""
    changes = [task.change for task in tasks if task.change is not None]
    better, worse = (sum(sign * change > TOLERANCE for change in changes) for sign in (1, -1))
    return Comparison(better=better, worse=worse)


def mean_of(scores: Sequence[float]) -> float | None:
    """Return the mean of *scores*; None if there are none."""
    return sum(scores) / len(scores) if scores else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
