"""Choose the tasks that a model is asked about (Skill-MAS, arXiv 2606.18837): those of mixed ends, and hard ones.

The priority of a task is u + d: the standard deviation of its scores, and their mean with the sign turned, each from 0
to 1 over all tasks. Sorted by it, tasks are taken up to where the steps between priorities fall off most, and no
further than half of the text. Code reads every run all the same: it asks nothing, and counts support over all.
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
"""Tasks with a priority below which all are read, and scored runs that a task needs for one."""
MOST = 0.5
"""Share of the text of tasks with a priority that a model is asked about at most."""
SCORES = {"success": 1.0, "partial": 0.5, "failure": 0.0}


class TaskPriority(Value, frozen=True, kw_only=True):
    """How much the runs of a task are worth asking about."""

    task: str
    priority: float
    """From 0 to 2."""
    n_runs: int
    is_asked: bool


class Focus(Value, frozen=True, kw_only=True):
    """The tasks in the order of their priority, and how much of all a model is asked about."""

    tasks: tuple[TaskPriority, ...]
    """Those with a priority, the highest first; ties by name."""
    reason: str | None
    """Why a model is asked about all; None where it is not."""
    n_runs: int
    n_asked: int
    """Runs that a model is asked about."""
    n_characters: int
    """Length of all runs."""
    n_characters_asked: int


def focus_of(outlines: Sequence[Outline]) -> Focus:
    """Choose the tasks of these runs that a model is asked about.

    Tasks without a priority, of which fewer than two runs are scored, are asked about too: nothing speaks against it.
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
    """Return the runs of the tasks that no model is asked about; none where there is no focus."""
    skipped = {task.task for task in focus.tasks if not task.is_asked} if focus is not None else set()
    return frozenset(run.id for run in outlines if run.task_id in skipped)


def _within(tasks: Sequence[str], outlines: Sequence[Outline]) -> int:
    """Return how many of *tasks* fit into half of the text of them all; at least one."""
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
    """Return how many of the *values*, in falling order, stand before the place where their steps fall off most.

    That is the first j for which the step behind j exceeds the step behind j + 1 by most. Fewer than three values have
    no such place, and all are taken.
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
    """Stretch *values* from 0 to 1; all 0 where they are equal."""
    low, high = min(values, default=0.0), max(values, default=0.0)
    return [0.0 if high - low <= TOLERANCE else (value - low) / (high - low) for value in values]
