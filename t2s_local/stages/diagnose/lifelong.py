"""Measure skills over series of related tasks (SkillFlow, arXiv 2604.17308): skills written, loaded, and scores.

A family is an ordered series of tasks. Each task was run with the skills written so far, and perhaps once more without
skills. Each family begins without skills.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from t2s_local.errors import InputError
from t2s_local.stages.diagnose.freedom import SCORES
from t2s_local.stages.diagnose.tables import read_table
from t2s_local.stages.export.trainers.pairs import loaded_skills
from t2s_local.text.text import join_words
from t2s_local.values.trajectory import Trajectory
from t2s_local.values.value import Value
from t2s_local.vectors.exact_tests import TOLERANCE, sign_test

COLUMNS = ("family", "task", "with", "without")
_FILE = re.compile(r"([\w.@-]+)[/\\]+SKILL\.md")
_DELETES = re.compile(r"\brm\b|\bunlink\b|\brmtree\b|\bgit\s+rm\b|delete|remove", re.IGNORECASE)
_WRITES = re.compile(r"write|create|edit|insert|patch|replace|save|update|upsert", re.IGNORECASE)
_REDIRECTS = re.compile(r">{1,2}\s*[^\s&|;]*SKILL\.md|\btee\b[^|;]*SKILL\.md|\b(?:cp|mv)\b[^|;]*SKILL\.md")
_MOST_NAMED = 5


class TaskRuns(NamedTuple):
    """The runs of one task of a family."""

    task: str
    with_skills: Trajectory
    without_skills: Trajectory | None


class TaskFigures(Value, frozen=True, kw_only=True):
    """Figures of one task of a family (an ordered series of related tasks)."""

    family: str
    task: str
    score_with: float | None
    score_without: float | None
    delta: float | None
    """Score with skills minus score without; None if either score is unknown."""
    steps_with: int
    """Number of calls in the run with skills, as a measure of its cost."""
    steps_without: int | None
    uses_skill: bool
    """Whether the run with skills loaded a skill."""
    n_skills: int
    """Number of skills of the family after the run."""


class FamilyFigures(Value, frozen=True, kw_only=True):
    """Figures of one family (an ordered series of related tasks)."""

    family: str
    n_tasks: int
    n_skills: int
    """Number of skills at the end of the family; every family begins with none."""
    use_rate: float
    """Share of the tasks whose run with skills loaded a skill."""
    mean_delta: float | None
    n_compared: int
    """Number of tasks with both scores."""


class Lifelong(Value, frozen=True, kw_only=True):
    """Figures of every family and of every task, both sorted from the largest loss to the largest gain."""

    families: tuple[FamilyFigures, ...]
    tasks: tuple[TaskFigures, ...]
    n_better: int
    n_worse: int
    p_value: float | None
    """P-value of an exact two-sided sign test over the tasks; None if no task differs."""
    level: str = "L1"


def read_families(path: Path, runs: Sequence[Trajectory]) -> dict[str, list[TaskRuns]]:
    """Read a table with the columns family, task, with and without; the rows of a family are in the order of its tasks.

    Args:
        path: The table. `with` and `without` each name a recording by its trajectory id, its session or its file;
            `without` may be empty.
        runs: The recordings.

    Raises:
        InputError: the table cannot be read, or a name in it belongs to no recording or to several.
    """
    known = _by_name(runs)
    found = dict[str, list[TaskRuns]]()
    missing = list[str]()
    for line, row in read_table(path, COLUMNS):
        if not row["family"] or not row["with"]:
            message = "needs a family and the recording with skills"
            raise InputError(message, path=path, line=line)
        named = [row[name] for name in ("with", "without") if row[name]]
        missing += [name for name in named if len(known.get(name, ())) != 1]
        if all(len(known.get(name, ())) == 1 for name in named):
            both = [known[name][0] for name in named]
            runs_of = TaskRuns(row["task"] or row["with"], both[0], both[1] if len(both) > 1 else None)
            found.setdefault(row["family"], []).append(runs_of)
    if missing:
        shown = join_words([*missing[:_MOST_NAMED], *(["more"] if len(missing) > _MOST_NAMED else [])])
        message = f"no one recording is called {shown}"
        raise InputError(message, path=path, hint="`t2s read` shows the ids and files of the recordings.")
    return found


def lifelong_of(families: Mapping[str, Sequence[TaskRuns]]) -> Lifelong:
    """Return the figures of every family and task: skills written and loaded, and scores with and without skills."""
    told, tasks = list[FamilyFigures](), list[TaskFigures]()
    for family, series in sorted(families.items()):
        figures = _of_family(family, series)
        deltas = [one.delta for one in figures if one.delta is not None]
        tasks += figures
        summary = FamilyFigures(
            family=family,
            n_tasks=len(figures),
            n_skills=figures[-1].n_skills,
            use_rate=sum(one.uses_skill for one in figures) / len(figures),
            mean_delta=sum(deltas) / len(deltas) if deltas else None,
            n_compared=len(deltas),
        )
        told.append(summary)
    n_worse, n_better = (sum(sign * (one.delta or 0.0) > TOLERANCE for one in tasks) for sign in (-1, 1))
    return Lifelong(
        families=tuple(sorted(told, key=lambda one: (one.mean_delta is None, one.mean_delta or 0.0, one.family))),
        tasks=tuple(sorted(tasks, key=lambda one: (one.delta is None, one.delta or 0.0, one.family, one.task))),
        n_better=n_better,
        n_worse=n_worse,
        p_value=sign_test(n_better, n_worse),
    )


def _of_family(family: str, series: Sequence[TaskRuns]) -> list[TaskFigures]:
    skills = frozenset[str]()
    found = list[TaskFigures]()
    for task in series:
        skills = skills_after(task.with_skills, skills)
        scores = _score(task.with_skills), None if task.without_skills is None else _score(task.without_skills)
        figures = TaskFigures(
            family=family,
            task=task.task,
            score_with=scores[0],
            score_without=scores[1],
            delta=None if scores[0] is None or scores[1] is None else round(scores[0] - scores[1], 9),
            steps_with=_n_calls(task.with_skills),
            steps_without=None if task.without_skills is None else _n_calls(task.without_skills),
            uses_skill=bool(loaded_skills(task.with_skills)),
            n_skills=len(skills),
        )
        found.append(figures)
    return found


def skills_after(run: Trajectory, skills: frozenset[str]) -> frozenset[str]:
    """Return the names in *skills*, plus the skills that *run* wrote, minus the skills that it deleted."""
    failed = {step.call_id for step in run.steps if step.is_error or step.exit_code} - {None}
    for step in run.steps:
        names = _FILE.findall(step.text) if step.kind == "tool_call" and step.call_id not in failed else []
        if not names:
            continue
        tool = step.tool or ""
        if _WRITES.search(tool) or _REDIRECTS.search(step.text):
            skills |= set(names)
        elif _DELETES.search(tool) or _DELETES.search(step.text):
            skills -= set(names)
    return skills


def _score(run: Trajectory) -> float | None:
    return run.score if run.score is not None else SCORES.get(run.outcome or "")


def _n_calls(run: Trajectory) -> int:
    return sum(step.kind == "tool_call" for step in run.steps)


def _by_name(runs: Sequence[Trajectory]) -> dict[str, list[Trajectory]]:
    """Return the runs under every name that a table may use for them: ids, sessions and files."""
    found = dict[str, list[Trajectory]]()
    for run in runs:
        for name in {run.id, run.session_id, run.source, Path(run.source).name, Path(run.source).stem} - {None}:
            found.setdefault(str(name), []).append(run)
    return found
