"""``t2s deepen``: propose small edits of existing skills, which wait for a person."""

import shlex
from pathlib import Path

import click
import msgspec

from t2s_local.cli.deepening.gating import Applying, applied, apply_options, now, refuse_incomplete
from t2s_local.cli.deepening.words import model_words, print_deepened, print_gated, summary, unsure
from t2s_local.cli.fit_options import budget, fit_options, wishes
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
from t2s_local.cli.result_words import words_for_nothing
from t2s_local.errors import NothingFoundError, UsageError
from t2s_local.runs.deepening.applying import GatedEdit
from t2s_local.runs.deepening.deepening import DeepenOutcome, deepen_skills, frozen, library_of_skills
from t2s_local.runs.deepening.foreign import take_patch
from t2s_local.runs.job import Job
from t2s_local.runs.plugins import Choice, open_tools, say_nothing
from t2s_local.skills.patch.foreign import words_of_refusals
from t2s_local.stages.deepen.deepen import MOST_EDITS, Wanted
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
@apply_options
@click.option("--labels", type=click.Path(path_type=Path), help="File or folder that says who succeeded.")
@setting("model")
@fit_options
@setting("analyst")
@setting("judge_model")
@format_option
@map_option
@setting("embedder")
@setting("min_support")
@setting("seed")
@setting("workspace")
@click.option("--restart", is_flag=True, help="Learn from the runs again from the start.")
@click.option("--allow-changed", is_flag=True, help="Go on though files, model or skills of a stopped run changed.")
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
    model: str,
    analyst: str,
    judge_model: str,
    format_name: str | None,
    layout: Layout | None,
    embedder: str,
    min_support: int,
    seed: int,
    workspace: str,
    restart: bool,
    allow_changed: bool,
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

    With a model, it is asked about every run with the section of the skill that the run concerns, what the skill
    forbids, and the edits you rejected before: which line a step follows or goes against, and what the skill lacks. Its
    answers name steps by number, are checked by code and by their effect, and change nothing by themselves. With
    --model none, code alone reads the runs.

    With --apply, each edit is first measured by itself, and accepted if it passes; the others wait, and `t2s review
    LIBRARY --undo` takes back what was accepted. L1: on --heldout, recordings of other tasks, the skill with it would
    have caught more failures, less the successes it contradicts, and no task is worse off. L2: under a local model, it
    makes what successful --heldout runs did likelier than as many words about other work do. L3: your own program
    --eval-cmd, with {skill}, {task} and {seed}, scores higher with it, on no task lower, and a placebo not as high.

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
    refuse_incomplete(apply_level, heldout, model)
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
        restart=restart,
        allow_changed=allow_changed,
        budget=budget(),
        is_written=False,
    )
    wanted = Wanted(edits=edits or MOST_EDITS, rounds=rounds or 1, keep_headings=keep_headings, min_support=min_support)
    choice = Choice(
        model=model,
        embedder=embedder,
        algorithm="auto",
        analyst=analyst,
        writer="template",
        judge_model=judge_model,
        skills=frozen(library, names),
        seed=seed,
        wishes=wishes(),
    )
    detail = say if verbose else say_nothing
    with open_tools(choice, say=say, detail=detail) as tools, words_for_nothing(verbose=verbose):
        outcome = deepen_skills(job, names, tools, Terminal(quiet=quiet), wanted)
        embedder_used = tools.embedder
    gated: tuple[GatedEdit, ...] = ()
    if apply_level is not None:
        gate = Applying(
            level=apply_level,
            heldout=heldout,
            train=runs,
            labels=labels,
            model=model,
            workspace=Path(workspace),
            seed=seed,
            verbose=verbose,
        )
        gated = applied(outcome, gate, embedder_used)
    return _print(outcome, gated if apply_level is not None else None, as_json=as_json, verbose=verbose)


def _print(outcome: DeepenOutcome, gated: tuple[GatedEdit, ...] | None, *, as_json: bool, verbose: bool) -> int:
    """Print the result, with the verdicts of a gate if there was one, and return the exit code."""
    if as_json:
        print_json(outcome if gated is None else {**msgspec.structs.asdict(outcome), "gated": gated})
        return 0
    print_deepened(outcome, verbose=verbose)
    print_gated(gated or ())
    for line in (summary(outcome), *model_words(outcome)):
        say(line)
    if outcome.found.proposals:
        say(f"Next: t2s review {shlex.quote(outcome.library)}{unsure(outcome)}")
    return 0


def _refuse_both(runs: tuple[Path, ...], edits: int | None, names: tuple[str, ...]) -> None:
    if runs or edits is not None:
        message = "--patch takes the edits of its file, and no RUNS or --edits"
        raise UsageError(message, hint="Leave one of them out.")
    if len(names) > 1:
        message = "--patch is for one skill"
        raise UsageError(message, hint="Name the folder of the skill.")


def _take(library: Path, name: str, patch: Path, workspace: Path, *, keep_headings: bool, as_json: bool) -> int:
    """Import a foreign patch, print its changes, and return the exit code."""
    outcome = take_patch(library, name, patch, keep_headings=keep_headings, workspace=workspace, at=now())
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
