"""Choose the tasks to ask a model about: tasks with mixed outcomes, hard tasks (Skill-MAS, arXiv 2606.18837).

The priority of a task is u + d: the standard deviation of its scores, and the negative mean of its scores, each scaled
to 0 to 1 over all tasks. In falling order of priority, tasks are chosen up to the place where the differences between
priorities drop most, and up to half of the text. Analysts that need no model still read every run, and support is
counted over all runs.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise
from statistics import fmean, pstdev

from t2s_local.stages.intake.corpus import Outline
from t2s_local.values.trajectory import TrajectoryId
from t2s_local.values.value import Value
from t2s_local.vectors.exact_tests import TOLERANCE

LEAST_TASKS, LEAST_RUNS = 4, 2
"""Least number of tasks with a priority for any choice, and of scored runs for a task to have a priority."""
MOST = 0.5
"""Largest share of the text of tasks with a priority that a model is asked about."""
SCORES = {"success": 1.0, "partial": 0.5, "failure": 0.0}


class TaskPriority(Value, frozen=True, kw_only=True):
    """Priority of one task, and the choice made for it."""

    task: str
    priority: float
    """Priority of the task, from 0 to 2."""
    n_runs: int
    is_asked: bool


class Focus(Value, frozen=True, kw_only=True):
    """The choice of tasks that a model is asked about, with the number of runs and characters chosen."""

    tasks: tuple[TaskPriority, ...]
    """Tasks with a priority, the highest first; ties by name."""
    reason: str | None
    """Reason why a model is asked about all tasks; None if tasks were chosen."""
    n_runs: int
    n_asked: int
    """Number of runs that a model is asked about."""
    n_characters: int
    """Number of characters in all runs."""
    n_characters_asked: int


def focus_of(outlines: Sequence[Outline]) -> Focus:
    """Choose the tasks of these runs that a model is asked about.

    Tasks without a priority (with fewer than two scored runs) are always chosen.
    """
    ordered, reason = priorities(_scores(outlines)), None
    n_taken = len(ordered)
    if len(ordered) < LEAST_TASKS:
        reason = f"{len(ordered)} tasks have {LEAST_RUNS} scored runs, and focus needs {LEAST_TASKS}"
    else:
        n_taken = min(cut([priority for _, priority in ordered]), _within([task for task, _ in ordered], outlines))
    skipped = {task for task, _ in ordered[n_taken:]}
    asked = [run for run in outlines if run.task_id not in skipped]
    n_runs = Counter(run.task_id for run in outlines)
    return Focus(
        tasks=tuple(
            TaskPriority(task=task, priority=round(priority, 4), n_runs=n_runs[task], is_asked=task not in skipped)
            for task, priority in ordered
        ),
        reason=reason,
        n_runs=len(outlines),
        n_asked=len(asked),
        n_characters=sum(run.n_characters for run in outlines),
        n_characters_asked=sum(run.n_characters for run in asked),
    )


def out_of_focus(focus: Focus | None, outlines: Sequence[Outline]) -> frozenset[TrajectoryId]:
    """Return the ids of the runs whose tasks were not chosen; none if *focus* is None."""
    skipped = {task.task for task in focus.tasks if not task.is_asked} if focus is not None else set()
    return frozenset(run.id for run in outlines if run.task_id in skipped)


def _within(tasks: Sequence[str], outlines: Sequence[Outline]) -> int:
    """Return how many of the first *tasks* together have at most half of the text of all *tasks*; at least 1."""
    sizes = Counter[str]()
    for run in outlines:
        sizes[run.task_id or ""] += run.n_characters
    room = MOST * sum(sizes[task] for task in tasks)
    reached = accumulate(sizes[task] for task in tasks)
    return max(1, sum(size <= room for size in reached))


def priorities(scores: Mapping[str, Sequence[float]]) -> list[tuple[str, float]]:
    """Return the tasks with their priorities, the highest first; ties by name.

    Args:
        scores: Scores of the runs of each task, in any order.
    """
    tasks = sorted(task for task, found in scores.items() if len(found) >= LEAST_RUNS)
    spread = _from_0_to_1([pstdev(scores[task]) for task in tasks])
    hardness = _from_0_to_1([-fmean(scores[task]) for task in tasks])
    found = [(task, one + other) for task, one, other in zip(tasks, spread, hardness, strict=True)]
    return sorted(found, key=lambda item: (-round(item[1], 9), item[0]))


def cut(values: Sequence[float]) -> int:
    """Return how many of the *values*, in falling order, come before the place where their differences drop most.

    The result is the first j for which the difference after value j exceeds the difference after value j + 1 by the
    largest amount. Fewer than three values have no such place: the result is their number.
    """
    steps = [one - other for one, other in pairwise(values)]
    falls = [one - other for one, other in pairwise(steps)]
    if not falls:
        return len(values)
    most = max(falls)
    return next(at for at, fall in enumerate(falls, 1) if fall >= most - TOLERANCE)


def _scores(runs: Sequence[Outline]) -> dict[str, list[float]]:
    found = defaultdict[str, list[float]](list)
    for run in runs:
        stated = None if run.label is None else run.label.score
        score = SCORES.get(run.outcome or "") if stated is None else stated
        if run.task_id is not None and score is not None:
            found[run.task_id].append(score)
    return found


def _from_0_to_1(values: Sequence[float]) -> list[float]:
    """Return *values* scaled to the range from 0 to 1; all are 0 if they are equal."""
    low, high = min(values, default=0.0), max(values, default=0.0)
    return [0.0 if high - low <= TOLERANCE else (value - low) / (high - low) for value in values]
