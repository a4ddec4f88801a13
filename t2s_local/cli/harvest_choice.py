"""``t2s distill --harvest``: choose the conversations on this machine that a run reads."""

from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec
from click.core import ParameterSource

from t2s_local.cli.harvest import amount_of, folder_of, found_here, moment_of, nothing_here, print_sources
from t2s_local.cli.output import say
from t2s_local.errors import NothingFoundError, T2SError
from t2s_local.runs.harvest_notes import harvested_stamps, was_decided, was_stopped
from t2s_local.runs.job import Job
from t2s_local.runs.libraries import project_names, remember_names
from t2s_local.skills.installing.agent_folders import project_folder
from t2s_local.stages.reading.harvest import due
from t2s_local.stages.reading.projects import Project, key_of, projects_of
from t2s_local.user_files.folders import conversations_workspace


def with_harvest(job: Job, *, project: Path | None, since: str | None, into_projects: bool, quiet: bool) -> Job:
    """Return a job with new conversations on this machine, and conversations that earlier runs of its workspace read.

    The added conversations are listed on the terminal. Skills are written to a library for each project, unless one
    project is named.

    Args:
        job: The job; its own paths are kept.
        project: Only conversations about this folder, or about the project of this name.
        since: Only new conversations that changed since this time, in the user's words; None for all.
        into_projects: Whether the library of a project is in the project itself, where its agent reads skills.
        quiet: Whether the list of conversations is not printed.

    Raises:
        NothingFoundError: there is no new conversation, and the job names no other path.
        UsageError: *since* states no time.
    """
    job = _in_users_workspace(job)
    moment = None if since is None else moment_of(since, now=datetime.now(tz=UTC))
    project = folder_of(project)
    found = found_here(None if project is None else project.resolve())
    if not found.sources and not job.paths:
        raise nothing_here(project)
    chosen = due(found, harvested_stamps(job, found).get, since=moment)
    named = tuple(Path(source.path) for source in chosen.sources)
    whole = msgspec.structs.replace(job, paths=(*job.paths, *named), harvested=chosen.sources)
    if not (chosen.new or job.paths or (chosen.known and (job.restart or was_stopped(whole) or was_decided(whole)))):
        known, n = len(chosen.known), len(found.sources)
        message = f"{f'all {n}' if known == n else f'{known} of the {n}'} files found were distilled before"
        message += "" if since is None else f", no other one changed since {since}"
        raise NothingFoundError(message, hint="--restart distills them again; `t2s harvest` lists what is here.")
    if chosen.sources and not quiet:
        print_sources(chosen.sources, err=True)
        say(f"{amount_of(chosen.sources)}; new or changed: {amount_of(chosen.new)}")
    return whole if project is not None else _by_project(whole, into_projects=into_projects)


def _in_users_workspace(job: Job) -> Job:
    """Return the job with the user's workspace for conversations of this machine, unless a workspace is named."""
    if click.get_current_context().get_parameter_source("workspace") is not ParameterSource.DEFAULT:
        return job
    return msgspec.structs.replace(job, workspace=conversations_workspace())


def _by_project(job: Job, *, into_projects: bool) -> Job:
    """Return the job with a library for each project of its conversations."""
    known = project_names(job.out)
    found, _ = projects_of(job.harvested, home=Path.home(), known=known)
    remember_names(job.out, {key_of(project.folder): project.name for project in found})
    places: dict[str, Path] = {}
    for project in found:
        folder = _inside(project) if into_projects else None
        places |= {file.path: folder or job.out / project.name for file in project.files}
    return msgspec.structs.replace(job, places=places)


def _inside(project: Project) -> Path | None:
    """Return the folder in a project that its agent reads skills from; None, with a message, if it is not writable."""
    agent = "claude" if project.agents[0] == "claude-code" else "agents"
    try:
        return project_folder(agent, Path(project.folder))
    except T2SError as error:
        say(f"{project.name}: {error.message}; its skills go to a folder of that name.")
        return None
