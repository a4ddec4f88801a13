"""``t2s govern``: propose which skills of a library to keep, merge or set aside."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec

from t2s_local.cli.governing.govern_words import print_front, print_governing
from t2s_local.cli.options import command_line, json_option, setting
from t2s_local.cli.output import print_json
from t2s_local.errors import UsageError
from t2s_local.runs.governing.front import front_of
from t2s_local.runs.governing.govern import GovernJob, RuleSet, as_plain, govern
from t2s_local.skills.members.members import libraries_in
from t2s_local.stages.govern.ratchet import CAP, MIN_TRIALS, Limits


@click.command("govern")
@click.argument("library", type=click.Path(path_type=Path))
@click.option("--rules", type=click.Choice(["ratchet", "skemex"]), default="ratchet", show_default=True, help="Rules.")
@click.option(
    "--cap", type=click.IntRange(min=1), default=CAP, show_default=True, help="With ratchet: skills that fit."
)
@click.option(
    "--min-trials",
    type=click.IntRange(min=1),
    default=MIN_TRIALS,
    show_default=True,
    help="With ratchet: runs before a skill is judged.",
)
@click.option("--yes", is_flag=True, help="Carry out what concerns skills that t2s wrote.")
@click.option("--adopt", is_flag=True, help="Govern throw-away skills of `t2s synth` too.")
@click.option("--dry-run", is_flag=True, help="Write nothing, no proposal either.")
@click.option("--pareto", is_flag=True, help="Print the front of useful, diverse and covering libraries instead.")
@click.option(
    "--heldout",
    multiple=True,
    type=click.Path(path_type=Path),
    help="With --pareto: recordings of other tasks, for coverage; may be given again.",
)
@setting("embedder")
@json_option
def govern_command(
    library: Path,
    *,
    rules: RuleSet,
    cap: int,
    min_trials: int,
    yes: bool,
    adopt: bool,
    dry_run: bool,
    pareto: bool,
    heldout: tuple[Path, ...],
    embedder: str,
    as_json: bool,
) -> None:
    """Hold the skills of LIBRARY against what came of their use, as `t2s usage` noted it.

    A skill that failed more often than it helped is deprecated, what is over the cap is archived, and of two that say
    the same one gets the lessons of both. All of it is proposed, and waits in `t2s review LIBRARY`. With --yes, what
    concerns skills that t2s wrote is done at once; skills that you wrote, edited or pinned are only ever proposed.
    Nothing is deleted: `t2s library rollback LIBRARY/SKILL` brings each back. LIBRARY may also be a folder of
    libraries.

    With --pareto the library is compared with what the proposals would make of it, and with itself without each of its
    skills: none of lower utility is allowed, and of those that no other beats the most diverse and covering is chosen.
    Nothing is written then.
    """
    if heldout and not pareto:
        message = "--heldout goes with --pareto"
        raise UsageError(message, hint="Add --pareto.")
    job = GovernJob(
        rules=rules,
        limits=Limits(cap=cap, min_trials=min_trials),
        embedder=embedder,
        yes=yes,
        adopt=adopt,
        dry_run=dry_run,
    )
    places = libraries_in(library)
    for place in places:
        if len(places) > 1 and not as_json:
            click.echo(f"{place}:")
        if pareto:
            _compare(place, job, heldout, as_json=as_json)
            continue
        now = datetime.now(tz=UTC).isoformat(timespec="seconds")
        found = govern(place, job, at=now, command=" ".join(command_line()))
        if as_json:
            print_json(as_plain(found))
        else:
            print_governing(found, is_dry=dry_run)


def _compare(library: Path, job: GovernJob, heldout: Sequence[Path], *, as_json: bool) -> None:
    front = front_of(library, job, heldout)
    if as_json:
        print_json({**msgspec.to_builtins(front), "level": "L1"})
    else:
        print_front(front)
