"""Skills of recorded sets, without the held-out runs, and the tasks of those runs with the skills that fit them."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from t2s_local.errors import T2SError
from t2s_local.runs.finished.stored import finished_run, stored_background
from t2s_local.runs.gating.held_out import split_intake
from t2s_local.runs.using.making import runs_behind
from t2s_local.skills.source import SkillSource, read_source
from t2s_local.stages.intake.corpus import Outline
from t2s_local.stages.intake.intake import KIND, Intake
from t2s_local.values.value import digest
from t2s_local.workspace import Workspace, read_workspace

SHARE = 0.25
"""Share of the runs of a set that nothing is learned from."""
_ALIKE = 0.5
"""Share of the runs behind a skill that a skill of all runs must share for both to be one."""


class Query(NamedTuple):
    """The task of a held-out run."""

    domain: str
    task: str
    right: frozenset[str]
    """Skills of the set that fit: with the run among those learned from, it would stand behind them."""


class RecordedSkill(NamedTuple):
    """A skill with its set, and the tasks of the runs behind it."""

    domain: str
    source: SkillSource
    tasks: tuple[str, ...]


def recorded(data: Path, scratch: Path) -> tuple[list[RecordedSkill], list[Query]]:
    """Write skills of the set in *data* twice, with and without the held-out runs."""
    part, whole = scratch / "part", scratch / "whole"
    _distill(data, part, "--hold-out", str(SHARE))
    _distill(data, whole)
    with read_workspace(part / "ws") as workspace:
        outlines = _outlines(workspace)
    held = [one for intake in outlines for one in split_intake(intake, SHARE, seed=0)[1]]
    tasks = {str(one.id): one.task for intake in outlines for one in intake.outlines if one.task}
    sources = [read_source(path.parent) for path in sorted((part / "skills").glob("*/SKILL.md"))]
    skills = [_skill(data.name, source, tasks) for source in sources]
    behind = {source.name: runs_behind(source) for source in sources}
    supported = _supported(whole / "ws")
    queries = [_query(data.name, one, behind, supported) for one in held if one.task]
    return skills, sorted(queries, key=lambda one: digest(one.task))


def _skill(domain: str, source: SkillSource, tasks: dict[str, str]) -> RecordedSkill:
    known = tuple(tasks[run] for run in sorted(runs_behind(source)) if run in tasks)
    whole = SkillSource(name=f"{domain}-{source.name}", raw=source.raw, sizes=source.sizes)
    return RecordedSkill(domain, whole, known)


def _query(domain: str, run: Outline, behind: dict[str, frozenset[str]], supported: Sequence[frozenset[str]]) -> Query:
    """Find the skills that are the same as a skill of all runs that *run* stands behind."""
    right = {
        name
        for runs in supported
        if str(run.id) in runs
        for name, own in behind.items()
        if own and len(own & runs) >= _ALIKE * len(own)
    }
    return Query(domain, run.task or "", frozenset(f"{domain}-{name}" for name in right))


def _supported(folder: Path) -> list[frozenset[str]]:
    """Return the runs behind each skill of the newest run in a workspace."""
    with read_workspace(folder) as workspace:
        _, result = finished_run(workspace, None)
        if not result.skills:
            return []
        known = stored_background(workspace, None)
    clusters = {cluster.id: cluster for cluster in result.clusters}
    return [
        frozenset(
            str(run)
            for lesson in known.members(clusters[one] for one in skill.cluster_ids)
            for run in lesson.trajectory_ids
        )
        for skill in result.skills
    ]


def _outlines(workspace: Workspace) -> list[Intake]:
    run, _ = finished_run(workspace, None)
    return [msgspec.json.decode(item, type=Intake) for item in workspace.items(KIND, run_id=run.id)]


def _distill(data: Path, folder: Path, *more: str) -> None:
    command = [sys.executable, "-m", "t2s_local", "distill", str(data), "-o", str(folder / "skills"), *more]
    command += ["--workspace", str(folder / "ws"), "--model", "none", "--quiet"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 3, 10):
        raise T2SError(done.stderr.strip())
