"""Write the skills of a run to one library, or to a library for each project and a common library."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from t2s_local.errors import T2SError
from t2s_local.files import is_plain_name, open_regular, reason_of, write_atomic
from t2s_local.runs.governing.births import skills_to_wait
from t2s_local.runs.job import Job
from t2s_local.skills.decisions import read_decisions, wishes_of
from t2s_local.skills.evidence import PATH, parse_evidence
from t2s_local.skills.library.library import Written, check_library, is_library, note_workspace, write_library
from t2s_local.stages.naming.projects import named
from t2s_local.user_files.masked_paths import matching
from t2s_local.values.lesson import supporting_runs
from t2s_local.values.skill import Skill
from t2s_local.values.trajectory import Trajectory, TrajectoryId
from t2s_local.values.value import Value
from t2s_local.workspace import Workspace

NAMES = ".t2s-projects.json"
"""File beside the libraries of projects that stores the name of each project, so that names do not change."""
_MOST = 0.5
"""Share of a skill's runs whose project must be known before the skill is assigned to a project."""


class WrittenLibrary(Value, frozen=True, kw_only=True):
    """Library that a run wrote to, with the changes."""

    folder: str
    skills: tuple[str, ...]
    """Names of the skills that the run assigned to the library."""
    written: Written


def check_libraries(job: Job) -> None:
    """Check before any work that skills can be written to every library of a job.

    Raises:
        T2SError: skills cannot be written to one of the folders.
    """
    for folder in _folders(job):
        check_library(folder)


def write_libraries(
    job: Job, skills: tuple[Skill, ...], workspace: Workspace, *, at: str, run: str, command: str
) -> tuple[WrittenLibrary, ...]:
    """Write every skill to its library; a library that gets no skill from this run sets its earlier skills aside.

    Args:
        job: The job, with the libraries of its projects.
        skills: The skills of the run.
        workspace: Workspace that stores the recordings.
        at: Time, ISO 8601.
        run: Id of the run.
        command: Command line, shown to other processes that wait for a library.

    Raises:
        T2SError: a library cannot be written to.
    """
    placed: dict[Path, list[Skill]] = {folder: [] for folder in _folders(job)}
    for skill in skills:
        placed[_folder_of(skill, job, workspace)].append(skill)
    decisions = read_decisions(job.out)
    wishes = wishes_of(decisions)
    done = []
    for folder, members in placed.items():
        if not members and job.places and not is_library(folder):
            continue
        waiting = {} if job.review else skills_to_wait(folder, members, decisions)
        kept = msgspec.structs.replace(wishes, waiting=waiting)
        written = write_library(folder, members, at=at, run=run, command=command, wishes=kept)
        note_workspace(folder, job.workspace)
        names = tuple(skill.name for skill in members)
        done.append(WrittenLibrary(folder=str(folder), skills=names, written=written))
    return tuple(done)


def project_names(out: Path) -> dict[str, str]:
    """Return the names of projects in an output folder, by the digest of each project's folder.

    Raises:
        T2SError: the file of names cannot be read.
    """
    path = out / NAMES
    if not os.path.lexists(path):
        return {}
    try:
        with open_regular(path) as stream:
            names = msgspec.json.decode(stream.read(), type=dict[str, str])
    except (OSError, msgspec.DecodeError) as error:
        said = reason_of(error) if isinstance(error, OSError) else "not the names of projects"
        raise T2SError(said, path=path, hint="Move it away, or write to another folder with -o.") from error
    return {key: name for key, name in names.items() if is_plain_name(name) and not name.startswith(".")}


def remember_names(out: Path, names: Mapping[str, str]) -> None:
    """Store the names of projects; nothing is written if all are stored already.

    Raises:
        T2SError: the file of names cannot be written.
    """
    known = project_names(out)
    if not names.keys() <= known.keys():
        data = msgspec.json.encode(dict(sorted({**known, **names}.items())))
        try:
            out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise T2SError(reason_of(error), path=out) from error
        write_atomic(out / NAMES, msgspec.json.format(data, indent=1) + b"\n")


def _folders(job: Job) -> tuple[Path, ...]:
    """Return every library of a job: the output folder if it is a library, project libraries, the common library."""
    if not job.places:
        return (job.out,)
    earlier = (job.out,) if is_library(job.out) else ()
    return (*earlier, *sorted(set(job.places.values())), job.common)


def _folder_of(skill: Skill, job: Job, workspace: Workspace) -> Path:
    """Return the library of the project if a skill's runs with a known project all share it, else the common library.

    Clones of one repository are one project, by the name that its rules state; their skill is written to the library of
    the clone that most of its runs are about.
    """
    if not job.places:
        return job.out
    text = next((file.text for file in skill.files if file.path == PATH), "")
    runs = sorted(supporting_runs(parse_evidence(text)))
    found = [workspace.trajectory(TrajectoryId(run)) for run in runs]
    places = [None if run is None else _place(run.source, job) for run in found]
    told = [place for place in places if place is not None]
    is_of_one = len(set(told)) == 1 or _is_of_one_repository([run for run in found if run is not None])
    return (
        min(told, key=lambda place: (-told.count(place), place)) if is_of_one and _is_told(told, found) else job.common
    )


def _is_told(told: Sequence[Path], runs: Sequence[Trajectory | None]) -> bool:
    return bool(told) and len(told) >= _MOST * len(runs)


def _is_of_one_repository(runs: Sequence[Trajectory]) -> bool:
    """Return whether most runs state a project, and all runs that state a project state the same project."""
    projects = [run.project for run in runs if run.project is not None]
    names = named(projects)
    return len({names.get(project, project) for project in projects}) == 1 and len(projects) >= _MOST * len(runs)


def _place(source: str, job: Job) -> Path | None:
    """Return the library of the project of a recording, by the recording's file; None if the project is not known.

    The stored name of the file has placeholders for names of persons, as in ``~/.claude/projects/~-Work-shop/1.jsonl``.
    """
    if source in job.places:
        return job.places[source]
    meant = {job.places[path] for path in matching(source, job.places)}
    within = (place for path, place in job.places.items() if source.startswith(path))
    return meant.pop() if len(meant) == 1 else next(within, None)
