"""Name the recorded runs that a finished run left out, by reason."""

from pathlib import Path

import click

from t2s_local.cli.output import paragraph, print_json, say
from t2s_local.files import printable
from t2s_local.runs.finished.left_out import left_out
from t2s_local.runs.finished.stored import finished_run, stored_outlines
from t2s_local.safety.characters import one_line
from t2s_local.text.text import counted
from t2s_local.workspace import read_workspace


def print_left_out(run: str | None, workspace: Path, *, as_json: bool) -> int:
    """Print every reason with the recorded runs that it concerns and their files, and return the exit code."""
    with read_workspace(workspace) as store:
        stored, result = finished_run(store, run)
        losses = left_out(store, stored.id, result)
        files = {outline.id: outline.source for outline in stored_outlines(store, stored.id)}
        for one in {name for loss in losses for name in loss.trajectory_ids} - set(
            files
        ):  # set aside before it counted
            if (run_of := store.trajectory(one)) is not None:
                files[one] = run_of.source
    if as_json:
        print_json({"run": stored.id, "left_out": losses})
        return 0
    for loss in losses:
        n_runs = len(loss.trajectory_ids) + loss.n_unnamed
        click.echo(paragraph(f"{loss.words}, in {counted(n_runs, 'recorded run')}:", first=0))
        for one in loss.trajectory_ids:
            click.echo(one_line(printable(f"  {one}  {files.get(one, '')}".rstrip())))
        if loss.n_unnamed:
            click.echo(f"  and {loss.n_unnamed:,} more, whose ids are not stored")
    say("`t2s show ID` shows a recorded run." if losses else "No recorded run was left out.")
    return 0
