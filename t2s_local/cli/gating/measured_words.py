"""Print results of level L3: a line for each skill and arm, the worst tasks, and the verdicts."""

from collections.abc import Sequence

from t2s_local.cli.output import print_table, say
from t2s_local.runs.gating.measured import MeasuredResult
from t2s_local.stages.gates.modes.replay import merge_order
from t2s_local.text.text import clip, counted
from t2s_local.values.gates.scores import MeasuredSkill, TaskScores

_HEAD = ("SKILL", "ARM", "N", "MISSING", "MEAN")
_VERDICTS = ("SKILL", "BETTER", "WORSE", "P", "VERDICT", "WHY")
_WORST = 3


def print_measured(found: MeasuredResult, *, mode: str) -> None:
    """Print the arms, then the verdicts, the worst tasks and the missing scores."""
    rows = [
        (skill.skill, arm.arm, str(arm.n), str(arm.n_missing), _number(arm.mean))
        for skill in found.skills
        for arm in skill.arms
    ]
    print_table(_HEAD, rows, right=frozenset({2, 3, 4}))
    print_table(_VERDICTS, [_verdict(skill) for skill in found.skills], right=frozenset({1, 2, 3}))
    for skill in found.skills:
        _say_worst(skill)
    if mode == "replay":
        _say_order(found.skills)
    for reason, count in found.missing.items():
        say(f"{counted(count, 'trial')} missing: {reason}.")
    say(
        f"Level L3, {mode}, {counted(found.n_trials, 'trial')}: scores of your own program."
        " P is of an exact permutation test within the tasks; a missing score is never 0."
    )


def _verdict(skill: MeasuredSkill) -> tuple[str, ...]:
    added = ", ".join(f"{name.replace('_', ' ')} {value:g}" for name, value in _known(skill))
    why = skill.reason.replace("_", " ")
    return (
        skill.skill,
        str(skill.n_better),
        str(skill.n_worse),
        "-" if skill.p_value is None else f"{skill.p_value:.3f}",
        skill.verdict.replace("_", " "),
        f"{why} ({added})" if added else why,
    )


def _known(skill: MeasuredSkill) -> list[tuple[str, float | int]]:
    return [(name, value) for name, value in skill.figures.items() if value is not None]


def _say_order(skills: Sequence[MeasuredSkill]) -> None:
    """Say in which order kept changes are merged, if there are several."""
    kept = [(skill, skill.figures["points"] or 0.0) for skill in skills if skill.verdict == "keep"]
    if len(kept) > 1:
        order = merge_order([points for _, points in kept])
        names = ", ".join(kept[at][0].skill for at in order)
        say(f"Of changes to the same place the best is to win: merge them in this order: {names}.")


def _say_worst(skill: MeasuredSkill) -> None:
    worse: Sequence[TaskScores] = [task for task in skill.tasks if task.change is None or task.change < 0]
    for task in worse[:_WORST]:
        change = f"{_number(task.without)} before, {_number(task.with_skill)} after"
        say(f"{skill.skill}: worst on task {clip(task.task, 60)!r}: {change}.")
    if len(worse) > _WORST:
        say(f"{skill.skill}: {len(worse) - _WORST} more tasks got worse or lack a score (--json names each).")


def _number(value: float | None) -> str:
    return "missing" if value is None else f"{value:.3f}"
