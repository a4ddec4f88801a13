"""``t2s deepen``: propose small edits of existing skills, which wait for a person."""

import shlex
from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec

from t2s_local.cli.deepening.words import print_deepened, print_gated, summary, unsure
from t2s_local.cli.options import (
    command_line,
    format_option,
    json_option,
    map_option,
    quiet_option,
    setting,
    verbose_option,
)
from t2s_local.cli.output import print_json, say
from t2s_local.cli.progress import Terminal
from t2s_local.cli.reading_words import account
from t2s_local.cli.result_words import words_for_nothing
from t2s_local.errors import NothingFoundError, UsageError
from t2s_local.runs.deepening.applying import GatedEdit, HeldOut, apply_supported
from t2s_local.runs.deepening.deepening import DeepenOutcome, deepen_skills, library_of_skills
from t2s_local.runs.deepening.foreign import take_patch
from t2s_local.runs.job import Job
from t2s_local.runs.plugins import Choice, open_tools
from t2s_local.skills.patch.foreign import words_of_refusals
from t2s_local.stages.deepen.deepen import MOST_EDITS, Wanted
from t2s_local.stages.intake.catalogue import Report
from t2s_local.values.layout import Layout


@click.command()
@click.argument("skill", metavar="SKILL|LIBRARY", type=click.Path(path_type=Path))
@click.argument("runs", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--edits",
    type=click.IntRange(min=1),
    help=f"Most edits that are proposed for a skill at a time, the best supported ones (default {MOST_EDITS}).",
)
@click.option(
    "--rounds",
    type=click.IntRange(min=1),
    help="With --edits: further rounds, each with fewer edits than the one before, down to half as many.",
)
@click.option("--keep-headings", is_flag=True, help="No heading may go.")
@click.option("--patch", type=click.Path(path_type=Path), help="JSON file of edits from elsewhere, in place of RUNS.")
@click.option(
    "--apply",
    "apply_level",
    type=click.Choice(["L1"]),
    help="Accept edits that pass this gate: L1, held-out recordings, with --heldout.",
)
@click.option(
    "--heldout",
    multiple=True,
    type=click.Path(path_type=Path),
    help="With --apply: recordings that nothing was learned from; may be given again.",
)
@click.option("--labels", type=click.Path(path_type=Path), help="File or folder that says who succeeded.")
@format_option
@map_option
@setting("embedder")
@setting("min_support")
@setting("seed")
@setting("workspace")
@json_option
@verbose_option
@quiet_option
def deepen(
    *,
    skill: Path,
    runs: tuple[Path, ...],
    edits: int | None,
    rounds: int | None,
    keep_headings: bool,
    patch: Path | None,
    apply_level: str | None,
    heldout: tuple[Path, ...],
    labels: Path | None,
    format_name: str | None,
    layout: Layout | None,
    embedder: str,
    min_support: int,
    seed: int,
    workspace: str,
    as_json: bool,
    verbose: bool,
    quiet: bool,
) -> int:
    """Hold a skill, or all skills of a folder, against recorded RUNS, and propose small edits.

    The skill may be written by hand and have several files. What it says and runs bear out is named, and more runs are
    proposed for its counts; what runs speak against is revised where a rule says what holds instead, and named
    otherwise; what it lacks is added to the section it belongs to; what no run shows is named, and stays. No file
    changes: edits wait for `t2s review LIBRARY`, where each is accepted or rejected. One that was rejected is not
    proposed again.

    With --apply L1, each edit is first measured by itself on --heldout, recordings of other tasks: it is accepted where
    the skill with it would have caught more failures, less the successes it contradicts, and no task is worse off. The
    others wait; `t2s review LIBRARY --undo` takes back what was accepted. Levels L2 and L3 accept nothing here: measure
    with `t2s gate`.

    With --patch, edits from elsewhere wait as a new version: {"edits": [...]} in the form of eight operations
    (insert_after, insert_before, append_to_section, replace_in_section, add_section, delete_section, create,
    delete_file), or {"summary", "upsert_files", "delete_paths"}. Paths that leave the skill, links, .git, scripts, and
    changes of name or description are refused, and nothing is written.
    """
    library, names = library_of_skills(skill)
    if patch is not None:
        _refuse_both(runs, edits, names)
        return _take(library, names[0], patch, Path(workspace), keep_headings=keep_headings, as_json=as_json)
    if not runs:
        message = "no RUNS to hold it against"
        raise UsageError(message, hint="Name files or folders of recorded runs, or a patch with --patch FILE.")
    if (apply_level is None) != (not heldout):
        message = "--apply and --heldout go together"
        raise UsageError(message, hint="Name recordings of other tasks: --apply L1 --heldout RUNS.")
    if rounds is not None and edits is None:
        message = "--rounds goes with --edits"
        raise UsageError(message, hint="--edits says how many the first round has.")
    job = Job(
        paths=runs,
        out=library,
        labels=labels,
        format_name=format_name,
        layout=layout,
        workspace=Path(workspace),
        min_support=min_support,
        seed=seed,
        command=command_line(),
        is_written=False,
    )
    wanted = Wanted(edits=edits or MOST_EDITS, rounds=rounds or 1, keep_headings=keep_headings, min_support=min_support)
    choice = Choice(model="none", embedder=embedder, algorithm="auto", seed=seed)
    with open_tools(choice) as tools, words_for_nothing(verbose=verbose):
        outcome = deepen_skills(job, names, tools, Terminal(quiet=quiet), wanted)
        gated: tuple[GatedEdit, ...] = ()
        if heldout and any(item.change != "reinforce" for item in outcome.found.proposals):
            held = HeldOut(runs=heldout, train=runs, labels=labels, embedder=tools.embedder)
            gated = _applied(outcome, held, Path(workspace), verbose=verbose)
    if as_json:
        print_json({**msgspec.structs.asdict(outcome), "gated": gated} if heldout else outcome)
    else:
        print_deepened(outcome, verbose=verbose)
        print_gated(gated)
        say(summary(outcome))
    if outcome.found.proposals and not as_json:
        say(f"Next: t2s review {shlex.quote(str(library))}{unsure(outcome)}")
    return 0


def _applied(outcome: DeepenOutcome, held: HeldOut, workspace: Path, *, verbose: bool) -> tuple[GatedEdit, ...]:
    """Accept the proposed edits that improve the result on held-out recordings, and return all verdicts."""

    def say_reading(report: Report, n_trajectories: int) -> None:
        for line in account(report, n_trajectories=n_trajectories, verbose=verbose):
            say(line)

    return apply_supported(
        Path(outcome.library),
        [item for item in outcome.found.proposals if item.change != "reinforce"],
        held,
        workspace=workspace,
        at=_now(),
        say_reading=say_reading,
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _refuse_both(runs: tuple[Path, ...], edits: int | None, names: tuple[str, ...]) -> None:
    if runs or edits is not None:
        message = "--patch takes the edits of its file, and no RUNS or --edits"
        raise UsageError(message, hint="Leave one of them out.")
    if len(names) > 1:
        message = "--patch is for one skill"
        raise UsageError(message, hint="Name the folder of the skill.")


def _take(library: Path, name: str, patch: Path, workspace: Path, *, keep_headings: bool, as_json: bool) -> int:
    """Import a foreign patch, print its changes, and return the exit code."""
    outcome = take_patch(library, name, patch, keep_headings=keep_headings, workspace=workspace, at=_now())
    for line in words_of_refusals(outcome.made):
        say(line)
    if as_json:
        print_json({"library": outcome.library, "skill": name, "diff": outcome.diff, "refused": outcome.made.refused})
    else:
        click.echo("\n".join(outcome.diff))
    if not outcome.made.after:
        message = "no edit of it has a place"
        raise NothingFoundError(message, path=patch, hint="Every refusal is named above.")
    if not as_json:
        say(f"It waits: t2s review {shlex.quote(str(library))}")
    return 0
