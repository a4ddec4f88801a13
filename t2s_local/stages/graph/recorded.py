"""Read recorded files as walks through the graph of the work."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from t2s_local.errors import NothingFoundError, UsageError
from t2s_local.stages.graph.walks import outline_of, walks_of
from t2s_local.stages.intake.catalogue import Report
from t2s_local.stages.intake.read_all import gather
from t2s_local.text.text import join_words
from t2s_local.values.trajectory import Trajectory
from t2s_local.values.work_graph import Walk

_MOST_NAMED = 5


class RecordedWalks(NamedTuple):
    """Walks of recorded runs, with a report on the files that could not be read."""

    walks: tuple[Walk, ...]
    report: Report
    n_idle: int
    """Number of trajectories without an action."""


def recorded_walks(paths: Sequence[Path], *, labels: Path | None = None, project: str | None = None) -> RecordedWalks:
    """Read all runs at or below *paths* as walks.

    Args:
        paths: Files and folders.
        labels: A file or folder with the outcomes of runs; its labels outrank the outcomes that the runs record.
        project: Name of the project whose runs are read, or its last parts; None for all projects.

    Raises:
        InputError: one of *paths* or *labels* does not exist, or *labels* contains no label.
        NothingFoundError: there is no run with an action.
        UsageError: there is no run of *project*.
    """
    entries, report = gather(paths, keep=outline_of, labels=labels)
    outlines = [msgspec.structs.replace(entry.value, label=entry.label) for entry in entries]
    if project is not None:
        outlines = _of_project(outlines, project)
    walks = walks_of(outlines)
    if not walks and not report.quarantined:
        message = f"no run in which anything was done in {report.seen}"
        raise NothingFoundError(message, path=join_words(map(str, paths)), hint="`t2s read` shows what there is.")
    return RecordedWalks(walks, report, len(outlines) - len(walks))


def _of_project(outlines: Sequence[Trajectory], project: str) -> list[Trajectory]:
    chosen = [run for run in outlines if run.project is not None and is_project(run.project, project)]
    if not chosen:
        known = sorted({run.project for run in outlines if run.project is not None})
        message = f"no run of project {project}"
        hint = f"There are {join_words(known[:_MOST_NAMED])}." if known else "These recordings name no project."
        raise UsageError(message, hint=hint)
    return chosen


def is_project(project: str, named: str) -> bool:
    """Return whether *named* equals *project* or the last parts of its path, ignoring case."""
    whole, part = project.casefold(), named.strip("/").casefold()
    return whole == part or whole.endswith(f"/{part}")
