"""The mode ``strict`` on recordings: compare the net of a skill with the net of the skill in use now.

The net (level L1) counts held-out runs in the situation of a rule that did not do what the rule says: failed runs
(caught) minus successful runs (contradicting), as a share of all runs in such a situation.
"""

from t2s_local.stages.gates.modes.strict import gate
from t2s_local.values.gates.results import GateLevel, SkillCatch
from t2s_local.values.value import Value


class TaskNet(Value, frozen=True, kw_only=True):
    """Net of one task for the skill in use now (before) and for the judged skill (after).

    The net is the number of runs that a skill caught minus the number of runs that contradict it.
    """

    task: str
    before: int
    after: int


class StrictRecorded(Value, frozen=True, kw_only=True):
    """Verdict on a skill by its net."""

    level: GateLevel = "L1"
    skill: str
    path: str
    digest: str
    verdict: str
    reason: str
    net: float | None
    current: float
    """Net of the skill in use now; 0 if there is none."""
    n_runs: int
    """Number of runs that contain the situation of a rule of the skill."""
    tasks: tuple[TaskNet, ...]
    """Tasks whose net changed, the largest loss first."""


def judge(
    candidate: SkillCatch, current: SkillCatch | None, *, best: float | None, allows_regression: bool
) -> StrictRecorded:
    """Judge a skill by its net on held-out recordings.

    Args:
        candidate: The skill.
        current: The skill in use now; None if there is none.
        best: Best net so far; None if no skill was accepted yet.
        allows_regression: Whether the net of a task may fall.
    """
    before = 0.0 if current is None or current.net is None else current.net
    tasks = _tasks(candidate, current)
    if candidate.net is None:
        verdict, reason = "not_applicable", "no_run_with_the_situation"
    elif not allows_regression and tasks and tasks[0].after < tasks[0].before:
        verdict, reason = "reject", "task_worse"
    else:
        judged = gate(candidate.net, before, before if best is None else max(best, before))
        verdict, reason = judged.verdict, judged.reason
    return StrictRecorded(
        skill=candidate.skill,
        path=candidate.path,
        digest=candidate.digest,
        verdict=verdict,
        reason=reason,
        net=candidate.net,
        current=before,
        n_runs=candidate.caught.of + candidate.contradicts.of,
        tasks=tasks,
    )


def _tasks(candidate: SkillCatch, current: SkillCatch | None) -> tuple[TaskNet, ...]:
    after = {task.task: task.caught - task.contradicted for task in candidate.tasks}
    before = {} if current is None else {task.task: task.caught - task.contradicted for task in current.tasks}
    found = [
        TaskNet(task=task, before=before.get(task, 0), after=after.get(task, 0)) for task in sorted({*after, *before})
    ]
    changed = [one for one in found if one.before != one.after]
    return tuple(sorted(changed, key=lambda one: (one.after - one.before, one.task)))
