"""``t2s harvest``: list the conversations of agents on this machine."""

import os
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import msgspec

from t2s_local.cli.guiding.next_steps import after_harvest
from t2s_local.cli.options import json_lines_option
from t2s_local.cli.output import print_json, print_table, say
from t2s_local.errors import NothingFoundError, UsageError
from t2s_local.files import printable
from t2s_local.stages.reading.harvest import STORES, Harvest, HarvestedFile, harvest
from t2s_local.stages.reading.projects import Project, key_of, projects_of

_UNITS = {"h": "hours", "d": "days", "w": "weeks"}
_HEAD = ("AGENT", "FILES", "SIZE", "OLDEST", "NEWEST", "FOLDER")


@click.command("harvest")
@click.option(
    "--project", type=click.Path(path_type=Path), help="Only conversations about this folder, or project of this name."
)
@click.option("--since", metavar="TIME", help="Only what changed since: 2026-01-31, 36h, 7d or 2w.")
@click.option("--paths", "only_paths", is_flag=True, help="Print the paths, one a line, for `t2s distill`.")
@json_lines_option
def harvest_command(project: Path | None, since: str | None, *, only_paths: bool, as_json: bool) -> None:
    """Find the conversations that agents keep on this machine; nothing is read into t2s, nothing is changed."""
    moment = None if since is None else moment_of(since, now=datetime.now(tz=UTC))
    project = folder_of(project)
    sources = found_here(project, since=moment).sources
    if not sources:
        raise nothing_here(project, since)
    if as_json:
        found, _ = _projects(sources, is_part=project is not None)
        names = {file.path: project for project in found for file in project.files}
        for source in sources:
            of = names.get(source.path)
            about = {"project": of and of.name, "folder": of and of.folder}
            print_json({**msgspec.to_builtins(source), **about})
    elif only_paths:
        for source in sources:
            click.echo(source.path)
    else:
        print_sources(sources)
        _print_projects(sources, is_part=project is not None)
    say(amount_of(sources))
    if not (only_paths or as_json):
        after_harvest(project)


def _projects(
    sources: Sequence[HarvestedFile], *, is_part: bool
) -> tuple[tuple[Project, ...], tuple[HarvestedFile, ...]]:
    """Return the projects of *sources* and the files of no project; with *is_part*, names are as in the full list."""
    every = harvest(Path.home(), environment=os.environ).sources if is_part else ()
    known = {key_of(one.folder): one.name for one in projects_of(every, home=Path.home(), known={})[0]}
    return projects_of(sources, home=Path.home(), known=known)


def _print_projects(sources: Sequence[HarvestedFile], *, is_part: bool) -> None:
    """Print one row for each project, those with most conversations first."""
    found, others = _projects(sources, is_part=is_part)
    ordered = sorted(found, key=lambda project: (-len(project.files), project.name))
    rows = [[one.name, str(len(one.files)), str(len(one.days)), ", ".join(one.agents), one.folder] for one in ordered]
    if rows:
        click.echo()
        print_table(("PROJECT", "SESSIONS", "DAYS", "AGENTS", "FOLDER"), rows, right=frozenset({1, 2}))
    if others:
        say(f"{amount_of(others)}, tell no project, or hold several.")


def found_here(project: Path | None, *, since: datetime | None = None) -> Harvest:
    """Return the conversations on this machine, and print which folders cannot be listed.

    Args:
        project: Only conversations about this folder.
        since: Only files that changed at or after this time.
    """
    found = harvest(Path.home(), environment=os.environ, project=project, since=since)
    for folder in found.closed:
        say(f"{folder}: permission denied")
    return found


def folder_of(project: Path | None) -> Path | None:
    """Return the folder of the project that *project* names as `t2s harvest` lists it; a path is returned as it is."""
    if project is None or len(project.parts) != 1 or project.name in ("", "..") or project.is_dir():
        return project
    sources = harvest(Path.home(), environment=os.environ).sources
    found, _ = projects_of(sources, home=Path.home(), known={})
    return next((Path(one.folder) for one in found if one.name == project.name), project)


def nothing_here(project: Path | None = None, since: str | None = None) -> NothingFoundError:
    """Return the error for a machine without conversations, about *project* and later than *since* if given."""
    about = "" if project is None else f" about {printable(project.resolve())}"
    changed = "" if since is None else f", changed since {since},"
    message = f"no conversations{about}{changed} found on this machine"
    if about or changed:
        return NothingFoundError(message, hint="`t2s harvest` lists those of all projects, whenever they were.")
    names = ", ".join(store.agent for store in STORES)
    return NothingFoundError(message, hint=f"Looked for {names}; name other folders to `t2s read` or `t2s distill`.")


def print_sources(sources: Iterable[HarvestedFile], *, err: bool = False) -> None:
    """Print one row for each agent, with counts, sizes and dates; on stderr if *err* is set."""
    print_table(_HEAD, _rows(sources), right=frozenset({1, 2}), err=err)


def amount_of(sources: Sequence[HarvestedFile]) -> str:
    """Return the number of files and their total size as a phrase."""
    return f"{len(sources)} file{'s' * (len(sources) != 1)}, {_size(sum(source.bytes for source in sources))}"


def moment_of(text: str, *, now: datetime) -> datetime:
    """Return the moment that a date, a time, or an age states.

    Raises:
        UsageError: the text has none of these forms.
    """
    number, unit = text[:-1], text[-1:]
    if number.isdigit() and unit in _UNITS and len(number) < 7:
        return now - timedelta(**{_UNITS[unit]: int(number)})
    try:
        read = datetime.fromisoformat(text)
    except ValueError as error:
        message = f"{text!r} is no time"
        raise UsageError(message, hint="Write 2026-01-31, 36h, 7d or 2w.") from error
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def _rows(sources: Iterable[HarvestedFile]) -> list[list[str]]:
    """Return one row for each agent and each folder with its files."""
    groups: dict[str, list[HarvestedFile]] = {}
    for source in sources:
        groups.setdefault(source.agent, []).append(source)
    rows = []
    for agent, group in groups.items():
        times = sorted(source.modified[:10] for source in group)
        folder = os.path.commonpath([Path(source.path).parent for source in group])
        rows.append([agent, str(len(group)), _size(sum(one.bytes for one in group)), times[0], times[-1], folder])
    return rows


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 100_000 else f"{count / 1e3:.1f} kB"
