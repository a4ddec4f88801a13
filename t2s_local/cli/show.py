"""``t2s show``: print a stored recording step by step."""

from collections.abc import Sequence
from pathlib import Path

import click

from t2s_local.cli.options import json_option, stored_workspace
from t2s_local.cli.output import columns, paragraph, print_json, say
from t2s_local.errors import UsageError
from t2s_local.runs.finished.why import StepLine, step_lines
from t2s_local.safety.characters import safe
from t2s_local.text.text import clip, squeeze
from t2s_local.user_files.masked_paths import unmasked
from t2s_local.values.trajectory import Trajectory
from t2s_local.workspace import Workspace, read_workspace

_LINE = 110
_AROUND = 2
_MOST_NAMED = 5


@click.command()
@click.argument("trajectory")
@click.argument("step", required=False, type=click.IntRange(min=0))
@stored_workspace
@json_option
def show(trajectory: str, step: int | None, *, workspace: str, as_json: bool) -> int:
    """Show a stored TRAJECTORY, a line a step; with STEP that step in full and the steps around it.

    TRAJECTORY is the beginning of its id. What is shown is what was learned from: secrets are taken out.
    """
    with read_workspace(Path(workspace)) as store:
        run = _stored(store, trajectory)
    if step is not None and step >= len(run.steps):
        message = f"{run.id} has no step {step}"
        raise UsageError(message, hint=f"Its steps are 0 to {len(run.steps) - 1}.")
    if as_json:
        print_json(run if step is None else step_lines(run, step, step + 1)[0])
        return 0
    print_outline(run) if step is None else _print_step(run, step)
    return 0


def _stored(store: Workspace, start: str) -> Trajectory:
    """Return the one stored trajectory whose id begins with *start*.

    Raises:
        UsageError: no stored trajectory has such an id, or several have.
    """
    ids = store.trajectory_ids(start, most=_MOST_NAMED + 1)
    run = store.trajectory(ids[0]) if len(ids) == 1 else None
    if run is not None:
        return run
    if not ids:
        message = f"no stored trajectory begins with {start!r}"
        raise UsageError(message, hint="`t2s why SKILL` names those behind a skill, `t2s read` those of a file.")
    message = f"more than one stored trajectory begins with {start!r}: {', '.join(ids[:_MOST_NAMED])}"
    raise UsageError(message + (" …" if len(ids) > _MOST_NAMED else ""))


def print_outline(run: Trajectory) -> None:
    """Print the facts about *run*, and a line for each step."""
    _print_facts(run)
    print_steps(run)
    say(f"`t2s show {run.id} STEP` shows a step in full.")


def print_steps(run: Trajectory) -> None:
    """Print a line for each step of *run*."""
    for step in step_lines(run, 0, len(run.steps)):
        click.echo(paragraph(clip(_line(step), columns()), first=0))


def _print_facts(run: Trajectory) -> None:
    facts = {
        "trajectory": run.id,
        "file": unmasked(run.source),
        "format": run.format,
        "task": None if run.task is None else clip(squeeze(run.task), 2 * _LINE),
        "began": run.started_at,
        "ended": run.termination,
        "outcome": None if run.label is None else _outcome(run),
    }
    for name, value in facts.items():
        if value is not None:
            click.echo(paragraph(f"{name:>10}  {value}", indent=12, first=0))


def _outcome(run: Trajectory) -> str:
    known = [str(value) for value in (run.outcome, run.score) if value is not None]
    return f"{', '.join(known)} (from {'' if run.label is None else run.label.source})"


def _print_step(run: Trajectory, at: int) -> None:
    before, after = step_lines(run, max(at - _AROUND, 0), at), step_lines(run, at + 1, at + 1 + _AROUND)
    _print_lines(before)
    for step in step_lines(run, at, at + 1):
        click.echo(f"> {_head(step)}")
        click.echo(safe(step.text))
    _print_lines(after)


def _print_lines(steps: Sequence[StepLine]) -> None:
    for step in steps:
        click.echo(paragraph(clip(f"  {_line(step)}", columns()), first=0))


def _head(step: StepLine) -> str:
    tool = f" {step.tool}" if step.tool else ""
    place = f" (line {step.line})" if step.line is not None else ""
    return f"{step.index:>4} {step.kind}{tool}{place}"


def _line(step: StepLine) -> str:
    return f"{_head(step)}: {squeeze(step.text)}"
