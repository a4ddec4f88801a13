"""``t2s distill --harvest``: which conversations of this machine a run reads, and the note that it has read them."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec

from t2s_local.cli.harvest import amount_of, found_here, moment_of, nothing_here, print_sources
from t2s_local.cli.job import Job, stopped_runs
from t2s_local.cli.output import say
from t2s_local.errors import NothingFoundError
from t2s_local.stages.reading.harvest import Harvest, due
from t2s_local.workspace import STORE, Attempt, read_workspace

_KIND = "harvested"
"""Kind of the items that hold, by its path, the stamp a file had when it was taken."""


def with_harvest(job: Job, *, project: Path | None, since: str | None) -> Job:
    """Add to a job what is new on this machine, and what earlier runs of its workspace took; list it first.

    Args:
        job: The paths it names are kept.
        project: Only conversations about this folder.
        since: Of what is new, only what changed since this time, as the user writes it.

    Raises:
        NothingFoundError: nothing is new, and nothing else was asked for.
        UsageError: *since* is no time.
    """
    moment = None if since is None else moment_of(since, now=datetime.now(tz=UTC))
    found = found_here(None if project is None else project.resolve())
    if not found.sources and not job.paths:
        raise nothing_here()
    chosen = due(found, _stamps(job, found).get, since=moment)
    named = tuple(Path(source.path) for source in chosen.sources)
    whole = msgspec.structs.replace(job, paths=(*job.paths, *named), harvested=chosen.sources)
    if not (chosen.new or job.paths or (chosen.known and (job.restart or _was_stopped(whole)))):
        message = f"nothing new: {len(chosen.known)} of the {len(found.sources)} files found were distilled before"
        message += "" if since is None else f", no other one changed since {since}"
        raise NothingFoundError(message, hint="--restart distills them again; `t2s harvest` lists what is here.")
    if chosen.sources and not job.quiet:
        print_sources(chosen.sources, err=True)
        say(f"{amount_of(chosen.sources)}; new or changed: {amount_of(chosen.new)}")
    return whole


def remember_harvest(job: Job, shelf: Attempt) -> None:
    """Note which conversations a run has taken, once its skills are written; it is forgotten with the run."""
    for source in job.harvested:
        shelf.put_item(_KIND, source.path, source.stamp.encode())


def _stamps(job: Job, found: Harvest) -> dict[str, str]:
    if not (job.workspace / STORE).exists():
        return {}
    with read_workspace(job.workspace) as workspace:
        stored = {source.path: workspace.item(_KIND, source.path) for source in found.sources}
    return {path: stamp.decode() for path, stamp in stored.items() if stamp is not None}


def _was_stopped(job: Job) -> bool:
    with read_workspace(job.workspace) as workspace:
        return bool(stopped_runs(job, workspace))
