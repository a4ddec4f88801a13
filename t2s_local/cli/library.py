"""``t2s library``: show, compare, restore and verify the versions in a library of skills."""

from datetime import UTC, datetime
from pathlib import Path

import click

from t2s_local.cli.options import command_line, json_option
from t2s_local.cli.output import print_json, print_table, say
from t2s_local.errors import InputError
from t2s_local.safety.characters import one_line
from t2s_local.skills.library.manifest import is_library, libraries_below
from t2s_local.skills.library.one_skill.history import SkillVersions, rollback, skill_diff, skill_versions
from t2s_local.skills.library.proof import prove_library, read_events
from t2s_local.text.text import counted, join_words
from t2s_local.values.event import Event

FINDINGS = 4
"""Exit code if the history of a library was changed or damaged."""
_DIGITS = 12
_library = click.argument("library", metavar="LIBRARY", type=click.Path(path_type=Path))
_skill = click.argument("skill", metavar="LIBRARY/SKILL", type=click.Path(path_type=Path))


@click.group()
def library() -> None:
    """Show what became of the skills of a library, and bring earlier versions back.

    LIBRARY is a folder that `t2s distill` writes skills to. Its evidence log names every version of every skill that
    t2s wrote or changed, with the reason; nothing is ever deleted.
    """


@library.command()
@_library
@json_option
def log(library: Path, *, as_json: bool) -> None:
    """Print the evidence log, oldest first; with --json as JSON Lines."""
    events = read_events(_known(library))
    if as_json:
        for event in events:
            print_json(event)
        return
    rows = [(e.at, e.kind, e.skill, (e.digest or "")[:_DIGITS], _why(e)) for e in events]
    print_table(("AT", "WHAT", "SKILL", "VERSION", "REASON"), rows)


@library.command()
@_library
@json_option
def verify(library: Path, *, as_json: bool) -> int:
    """Check that the evidence log and the texts of all versions are what was written.

    Every line holds the SHA-256 of the line before. Exit code 4 where one was changed; it is named.
    """
    proof = prove_library(_known(library))
    if as_json:
        print_json(proof)
    else:
        for item in proof.broken:
            click.echo(one_line(f"{item.place}: {item.message}"))
        counts = f"{counted(proof.n_events, 'event')}, {counted(proof.n_versions, 'version')}"
        say(f"{counts}: {'changed' if proof.broken else 'whole'}.")
    return FINDINGS if proof.broken else 0


@library.command()
@_skill
@json_option
def history(skill: Path, *, as_json: bool) -> None:
    """List the versions of a skill, oldest first, with the reason of each."""
    known = skill_versions(*_named(skill))
    if as_json:
        print_json(known)
        return
    rows = [(str(e.number), e.at, e.kind, e.digest[:_DIGITS], e.reason or "") for e in known.events]
    print_table(("VERSION", "AT", "WHAT", "DIGEST", "REASON"), rows, right=frozenset({0}))
    say(_present(known))


@library.command()
@_skill
@click.option("--from", "since", metavar="VERSION", help="Version to start from.")
@click.option("--to", metavar="VERSION", help="Version to end with; what lies in the folder where it is not given.")
def diff(skill: Path, *, since: str | None, to: str | None) -> None:
    """Show how a skill differs from the version that waits, from what t2s wrote, or from the version before."""
    lines = skill_diff(*_named(skill), since=since, to=to)
    for line in lines:
        click.echo(one_line(line))
    if not lines:
        say("No difference.")


@library.command("rollback")
@_skill
@click.option("--to", metavar="VERSION", help="Number of the version, or how its digest begins; the one before.")
@json_option
def rollback_command(skill: Path, *, to: str | None, as_json: bool) -> None:
    """Put an earlier version of a skill back, a version that waits, or a skill that was deprecated.

    What lies there becomes a version of its own first, so a rollback can be rolled back. Later runs leave the version
    as they leave an edit of yours.
    """
    place, name = _named(skill)
    now = datetime.now(tz=UTC).isoformat(timespec="seconds")
    done = rollback(place, name, to=to, at=now, command=" ".join(command_line()))
    if as_json:
        print_json(done)
        return
    click.echo(one_line(str(place / name)))
    say(f"{name} is at version {done.number} now ({done.reason or 'no reason noted'}).")


def _why(event: Event) -> str:
    """Return the reason of an event; for a use of a skill, its kind and its outcome."""
    if event.reason is not None:
        return event.reason
    said = (event.rule, event.use, event.outcome and f"in a {event.outcome}", event.verdict)
    return ", ".join(filter(None, said))


def _known(folder: Path) -> Path:
    """Return *folder* if it is a library.

    Raises:
        InputError: *folder* is no library.
    """
    if not is_library(folder):
        below = libraries_below(folder)
        if below:
            message = "holds a library for each project, and is none itself"
            raise InputError(message, path=folder, hint=f"Name one: {', '.join(map(str, below))}.")
        message = "no library of skills that t2s wrote"
        raise InputError(message, path=folder, hint="Name the folder that `t2s distill -o` wrote to.")
    return folder


def _named(skill: Path) -> tuple[Path, str]:
    """Return the library and the name of the skill in ``LIBRARY/SKILL``."""
    whole = skill.absolute() if skill.name in ("", ".", "..") else skill
    return _known(whole.parent), whole.name


def _present(known: SkillVersions) -> str:
    """Return a phrase on the version in the folder of a skill."""
    parts = [f"{known.name} is {known.state}"]
    if known.present is not None:
        parts.append(f"version {known.present} lies there")
    elif known.is_edited:
        parts.append("it was edited since the last of these versions")
    if known.waiting is not None:
        parts.append(
            f"version {known.waiting} waits (`t2s library rollback LIBRARY/{known.name} --to {known.waiting}`)"
        )
    return f"{join_words(parts)}."
