"""``t2s synth``: write a throw-away skill for one task."""

import shlex
from pathlib import Path

import click

from t2s_local.cli.options import format_option, json_option, map_option, quiet_option, setting, verbose_option
from t2s_local.cli.output import print_json, say
from t2s_local.cli.progress import Terminal
from t2s_local.cli.reading_words import account
from t2s_local.errors import InputError, NothingFoundError
from t2s_local.runs.plugins import Choice, open_tools, say_nothing
from t2s_local.runs.using.synth import SynthJob, SynthOutcome, refuse_library, synth
from t2s_local.runs.using.task_text import task_text
from t2s_local.safety.characters import one_line
from t2s_local.text.text import clip, counted, squeeze
from t2s_local.values.layout import Layout

_SHOWN = 100
_UNLIKE = 0.3
"""Similarity below which two tasks probably have different subjects."""


@click.command("synth")
@click.argument("task")
@click.argument("runs", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("-o", "--out", required=True, type=click.Path(path_type=Path), help="Folder the skill goes to.")
@click.option("-k", type=click.IntRange(min=1), default=3, show_default=True, help="Runs the skill is made from.")
@click.option("--task-id", metavar="ID", help="Id of the task; runs of that id, and of ids nearly like it, stay out.")
@setting("model")
@setting("analyst")
@setting("writer")
@setting("embedder")
@format_option
@map_option
@click.option("--labels", type=click.Path(path_type=Path), help="File or folder that says who succeeded.")
@setting("seed")
@json_option
@verbose_option
@quiet_option
def synth_command(
    task: str,
    runs: tuple[Path, ...],
    *,
    out: Path,
    k: int,
    task_id: str | None,
    model: str,
    analyst: str,
    writer: str,
    embedder: str,
    format_name: str | None,
    layout: Layout | None,
    labels: Path | None,
    seed: int,
    as_json: bool,
    verbose: bool,
    quiet: bool,
) -> int:
    """Make a throw-away skill for TASK from the recorded RUNS of the tasks most like it.

    TASK is text in quotes, a file with it, - for a pipe, or a recorded run, of which only task and id are read. Runs of
    the task itself, and copies of them, stay out, so that no answer gets into the skill. The skill is for this task:
    `t2s install` takes it with --adopt alone. Exit code 10 where there is no run of another task, or where the nearest
    teach nothing.
    """
    wanted = task_text(task)
    refuse_library(out)
    job = SynthJob(
        task=wanted, runs=runs, out=out, k=k, labels=labels, format_name=format_name, layout=layout, task_id=task_id
    )
    choice = Choice(model=model, embedder=embedder, algorithm="auto", analyst=analyst, writer=writer, seed=seed)
    with open_tools(choice, say=say, detail=say if verbose else say_nothing) as tools:
        outcome = synth(job, tools, Terminal(quiet=quiet))
    for line in account(outcome.report, n_trajectories=outcome.n_trajectories, verbose=verbose):
        say(line)
    _say_cards(outcome, k)
    if outcome.path is None:
        message = "nothing was learned from the nearest runs"
        has_more = outcome.made.n_pool > k
        raise NothingFoundError(message, hint=f"Try more of them: -k {2 * k}." if has_more else "Read more recordings.")
    if as_json:
        print_json(_as_object(outcome))
    else:
        click.echo(one_line(str(outcome.path)))
        say(f"Next: `t2s install {shlex.quote(str(outcome.path))} --adopt --to claude`, or paste its SKILL.md.")
    return InputError.exit_code if outcome.report.quarantined else 0


def _say_cards(outcome: SynthOutcome, k: int) -> None:
    """Print the chosen runs, and everything that was left out, on stderr."""
    made = outcome.made
    if made.n_own:
        say(f"{counted(made.n_own, 'run')} of the task itself left out.")
    if len(made.cards) < k:
        say(f"There are only {counted(made.n_pool, 'run')} of other tasks, all of which are used.")
    for card in made.cards:
        left = f", {card.n_left} more left out" if card.n_left else ""
        told = f"{counted(len(card.lessons), 'lesson')}{left}"
        task = clip(squeeze(card.task), _SHOWN) or card.run
        say(f"{card.similarity:.2f} {card.outcome or 'unknown'}: {task} ({told})")
    if made.cards and max(card.similarity for card in made.cards) < _UNLIKE:
        say("None of these tasks is like the given one: what the skill says may not be about it.")
    for held in made.held:
        say(f"Left out: {clip(squeeze(held.text), _SHOWN)} ({held.reason})")


def _as_object(outcome: SynthOutcome) -> dict[str, object]:
    made = outcome.made
    return {
        "path": None if outcome.path is None else str(outcome.path),
        "level": "L0",
        "n_trajectories": outcome.n_trajectories,
        "n_own": made.n_own,
        "n_pool": made.n_pool,
        "runs": [
            {
                "run": card.run,
                "task": card.task,
                "outcome": card.outcome,
                "similarity": card.similarity,
                "lessons": [lesson.id for lesson in card.lessons],
                "n_left": card.n_left,
            }
            for card in made.cards
        ],
        "held": made.held,
        "losses": made.losses,
    }
