"""``t2s usage``: count how recorded runs used the skills of a library."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec

from t2s_local.cli.completion import complete_format
from t2s_local.cli.governing.words import print_usage
from t2s_local.cli.harvest import found_here, nothing_here
from t2s_local.cli.options import command_line, json_option, known_format, verbose_option
from t2s_local.cli.output import print_json, say
from t2s_local.cli.reading_words import account
from t2s_local.errors import InputError, NothingFoundError, UsageError
from t2s_local.runs.governing.usage import UsageResult, new_files, note_files, read_usage
from t2s_local.skills.members.members import libraries_in
from t2s_local.stages.reading.harvest import HarvestedFile


@click.command()
@click.argument("library", type=click.Path(path_type=Path))
@click.argument("paths", metavar="[RUNS]...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--harvest", "with_harvest", is_flag=True, help="Read what is new of the conversations on this machine.")
@click.option(
    "--project", type=click.Path(path_type=Path), help="With --harvest: only conversations about this folder."
)
@click.option("--labels", type=click.Path(path_type=Path), help="File or folder that says how runs ended.")
@click.option(
    "--format",
    "format_name",
    callback=known_format,
    shell_complete=complete_format,
    help="Read every file as this format.",
)
@json_option
@verbose_option
def usage(
    library: Path,
    paths: tuple[Path, ...],
    *,
    with_harvest: bool,
    project: Path | None,
    labels: Path | None,
    format_name: str | None,
    as_json: bool,
    verbose: bool,
) -> int:
    """Tell how recorded runs used the skills of LIBRARY, and note it in its evidence log.

    A skill is shown where the harness lists it, loaded by a tool for skills, a command of the user or a read of its
    SKILL.md, and followed where a command that it tells was then called. Each recording is noted once, wherever it
    lies; of one that has grown, its new part. The log holds names and digests, and no word of a recording.

    LIBRARY may also be a folder of libraries, a library a project. The table counts over all recordings so far.
    PRECISION is the share of calls after which a command of the skill ran without an error. Exit code 10 with
    --harvest where there is nothing new to read.
    """
    _check(paths, with_harvest=with_harvest, project=project)
    places = libraries_in(library)
    new = _new(places, project, are_others=bool(paths)) if with_harvest else {}
    is_whole = True
    for place in [place for place in places if paths or new[place]]:
        found = read_usage(
            place,
            (*paths, *(Path(source.path) for source in new.get(place, ()))),
            labels=labels,
            format_name=format_name,
            at=datetime.now(tz=UTC).isoformat(timespec="seconds"),
            command=" ".join(command_line()),
        )
        note_files(place, new.get(place, ()))
        if len(places) > 1 and not as_json:
            click.echo(f"{place}:")
        _print(found, as_json=as_json, verbose=verbose)
        is_whole = is_whole and not found.report.quarantined
    return 0 if is_whole else InputError.exit_code


def _check(paths: tuple[Path, ...], *, with_harvest: bool, project: Path | None) -> None:
    if not paths and not with_harvest:
        message = "no recordings are named"
        raise UsageError(message, hint="Name files or folders of runs, or add --harvest.")
    if project is not None and not with_harvest:
        message = "--project goes with --harvest"
        raise UsageError(message, hint="Name the recordings of the project, or add --harvest.")


def _new(libraries: Sequence[Path], project: Path | None, *, are_others: bool) -> dict[Path, tuple[HarvestedFile, ...]]:
    """Return for each library the conversations on this machine that are new or changed since they were read for it.

    Raises:
        NothingFoundError: there are no such conversations, and no other recordings are named.
    """
    found = found_here(None if project is None else project.resolve()).sources
    if not found and not are_others:
        raise nothing_here()
    new = {library: new_files(library, found) for library in libraries}
    if not any(new.values()) and not are_others:
        message = f"all {len(found)} files found were read before"
        raise NothingFoundError(message, hint="`t2s library log` shows what was noted.")
    return new


def _print(found: UsageResult, *, as_json: bool, verbose: bool) -> None:
    if as_json:
        told = {name: value for name, value in msgspec.to_builtins(found).items() if name != "report"}
        print_json({**told, "level": "L1"})
    else:
        print_usage(found)
    for line in account(found.report, n_trajectories=found.n_recordings, verbose=verbose):
        say(line)
