"""``t2s distill --harvest``: which conversations of this machine a run reads, and the note that it has read them."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec

from t2s_local.cli.harvest import amount_of, found_here, moment_of, nothing_here, print_sources
from t2s_local.cli.output import say
from t2s_local.errors import NothingFoundError
from t2s_local.runs.harvest_notes import harvested_stamps, was_stopped
from t2s_local.runs.job import Job
from t2s_local.stages.reading.harvest import due


def with_harvest(job: Job, *, project: Path | None, since: str | None, quiet: bool) -> Job:
    """Add to a job what is new on this machine, and what earlier runs of its workspace took; list it first.

    Args:
        job: The paths it names are kept.
        project: Only conversations about this folder.
        since: Of what is new, only what changed since this time, as the user writes it.
        quiet: Whether the list is not printed.

    Raises:
        NothingFoundError: nothing is new, and nothing else was asked for.
        UsageError: *since* is no time.
    """
    moment = None if since is None else moment_of(since, now=datetime.now(tz=UTC))
    found = found_here(None if project is None else project.resolve())
    if not found.sources and not job.paths:
        raise nothing_here()
    chosen = due(found, harvested_stamps(job, found).get, since=moment)
    named = tuple(Path(source.path) for source in chosen.sources)
    whole = msgspec.structs.replace(job, paths=(*job.paths, *named), harvested=chosen.sources)
    if not (chosen.new or job.paths or (chosen.known and (job.restart or was_stopped(whole)))):
        message = f"nothing new: {len(chosen.known)} of the {len(found.sources)} files found were distilled before"
        message += "" if since is None else f", no other one changed since {since}"
        raise NothingFoundError(message, hint="--restart distills them again; `t2s harvest` lists what is here.")
    if chosen.sources and not quiet:
        print_sources(chosen.sources, err=True)
        say(f"{amount_of(chosen.sources)}; new or changed: {amount_of(chosen.new)}")
    return whole
