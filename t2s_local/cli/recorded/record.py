"""``t2s record``: run a program of the user unchanged, and write one line about it."""

from datetime import UTC, datetime
from pathlib import Path

import click

from t2s_local.cli.options import setting
from t2s_local.cli.output import print_json, say
from t2s_local.errors import UsageError
from t2s_local.files import private_folder
from t2s_local.processes.attended import attend
from t2s_local.stages.record.record import (
    LibraryNow,
    RunRecord,
    add_record,
    changed_skills,
    last_record,
    library_now,
    open_records,
    without_secrets,
)
from t2s_local.text.text import counted

RECORDS = "records.jsonl"
_FINDINGS = 4


@click.command(context_settings={"allow_interspersed_args": False})
@click.argument("command", metavar="[--] CMD...", nargs=-1, type=click.UNPROCESSED)
@click.option("--library", type=click.Path(path_type=Path), help="Folder of skills whose digests are recorded.")
@click.option("-o", "output", metavar="FILE", type=click.Path(path_type=Path), help="File the line is added to.")
@click.option("--budget", type=click.IntRange(min=0), help="Tokens CMD may use, as you say; noted, not enforced.")
@click.option("--check", "checks", is_flag=True, help="Run nothing: compare the last record with the library.")
@setting("workspace")
def record(
    command: tuple[str, ...],
    *,
    library: Path | None,
    output: Path | None,
    budget: int | None,
    checks: bool,
    workspace: str,
) -> int:
    """Run CMD as it is, and add one line to the records: its command line, times, exit code, and the skills it had.

    CMD keeps its streams, terminal, signals and exit code; it is your program and not kept from the network. The line
    goes to FILE, by default to records.jsonl in the workspace. Which tools a skill may use is noted, not enforced.
    """
    path = output or Path(workspace) / RECORDS
    now = LibraryNow((), None) if library is None else library_now(library)
    if checks:
        return _check(path, now, has_command=bool(command), has_library=library is not None)
    if not command:
        message = "no command to run"
        raise UsageError(message, hint="t2s record [--library DIR] -- CMD ARGUMENTS")
    if output is None:
        private_folder(path.parent)
    open_records(path)
    argv = without_secrets(command)
    started = _moment()
    ended = attend(command)
    done = RunRecord(
        argv=argv,
        started=started,
        ended=_moment(),
        exit_code=ended.exit_code,
        skills=now.skills,
        allowed_tools=now.allowed_tools,
        budget=budget,
        outcome="failure" if ended.exit_code else None,
    )
    if ended.fault is not None:
        say(f"{done.argv[0]}: {ended.fault}")
    add_record(path, done)
    had = counted(len(now.skills), "skill") if library is not None else "no library was named, so skills: []"
    say(f"Recorded in {path}: exit code {ended.exit_code}, {had}.")
    return ended.exit_code


def _check(path: Path, now: LibraryNow, *, has_command: bool, has_library: bool) -> int:
    if has_command or not has_library:
        message = "--check compares the last record with a library, and runs nothing"
        raise UsageError(message, hint="t2s record --check --library DIR")
    last = last_record(path)
    found = changed_skills(last, now)
    for skill in found:
        print_json(skill)
    say(f"{len(found)} of {counted(len(last.skills), 'recorded skill')} changed since {last.started}.")
    return _FINDINGS if found else 0


def _moment() -> str:
    return datetime.now(tz=UTC).isoformat(timespec="seconds")
