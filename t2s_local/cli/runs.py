"""``t2s runs``: list the runs of a workspace, show their progress, compare two runs, or delete a run."""

import shlex
import time
from pathlib import Path

import click
import msgspec

from t2s_local.cli.completion import complete_run
from t2s_local.cli.guiding.asking import ask, yes_option
from t2s_local.cli.guiding.summary import came_to
from t2s_local.cli.options import json_lines_option, json_option, setting, stored_workspace
from t2s_local.cli.output import print_fact, print_json, print_table, say
from t2s_local.cli.progress import how_far
from t2s_local.cli.recorded.left_out import print_left_out
from t2s_local.errors import InputError, UsageError
from t2s_local.runs.compare import RunChange, compare
from t2s_local.runs.manifest import Manifest, differences
from t2s_local.runs.previous import result_of
from t2s_local.runs.progress import counts_of
from t2s_local.safety.characters import one_line
from t2s_local.text.text import clip
from t2s_local.workspace import STORE, RunState, StoredRun, Workspace, holder, open_workspace, read_workspace

_HEAD = ("RUN", "STARTED", "STATE", "TRAJECTORIES", "LESSONS", "SKILLS", "TOOK")
_RUN = click.argument("run", required=False, shell_complete=complete_run)
_FOLLOWED_EVERY = 1.0
_WIDTH = 110
_NAMES = {"refused": "no lesson in", "stored_already": "remembered"}
"""Names for display, for fields whose own name is unclear."""


@click.group()
def runs() -> None:
    """List, compare, follow and remove the runs of a workspace."""


def _ls(*, workspace: str, as_json: bool) -> int:
    """Print the runs, oldest first."""
    with read_workspace(Path(workspace)) as store:
        found = [_row(run, store) for run in store.ledger]
    if as_json:
        for row in found:
            print_json(row)
    else:
        cells = [[_cell(name, value) for name, value in row.items()] for row in found]
        print_table(_HEAD, cells, right=frozenset({3, 4, 5, 6}))
    return 0


def _cell(name: str, value: object) -> str:
    if value is None:
        return "-"
    return f"{value} s" if name == "seconds" else str(value)


runs.command("ls")(stored_workspace(json_lines_option(_ls)))
runs.command("list", hidden=True)(stored_workspace(json_lines_option(_ls)))


def _row(run: StoredRun, store: Workspace) -> dict[str, object]:
    counts = result_of(run).funnel.counts if run.result is not None else {}
    seconds = sum(run.state.seconds.values()) if run.state is not None else None
    return {
        "run": run.id,
        "started": time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(run.started)),
        "state": state_of(run, store.folder),
        "trajectories": counts.get("trajectories"),
        "lessons": counts.get("lessons"),
        "skills": counts.get("skills"),
        "seconds": None if seconds is None else round(seconds, 1),
    }


def state_of(run: StoredRun, folder: Path) -> str:
    """Return ``finished``, ``under way`` or ``stopped``; a repeated run has its old result until it is finished."""
    if run.is_whole:
        return "finished"
    is_under_way = holder(folder) is not None and run.state is not None and time.time() - run.state.at < 60.0
    return "under way" if is_under_way else "stopped"


@runs.command()
@_RUN
@click.option("--follow", "-f", is_flag=True, help="Go on saying how far it is until it is over.")
@click.option("--left-out", is_flag=True, help="Name the recorded runs that were left out, by reason, instead.")
@stored_workspace
@json_option
def show(run: str | None, *, follow: bool, left_out: bool, workspace: str, as_json: bool) -> int:
    """Show a run: how it was called, by what it was made, how far it is, what came of it.

    RUN is the beginning of its id; the newest run where it is left out.
    """
    if left_out:
        return print_left_out(run, Path(workspace), as_json=as_json)
    folder = Path(workspace)
    with read_workspace(folder) as store:
        found = store.ledger.find(run)
        while follow and not found.is_whole and holder(folder) is not None:
            say(_progress(found.state))
            time.sleep(_FOLLOWED_EVERY)
            found = store.ledger.find(found.id)
        facts = _facts(found, folder)
    if as_json:
        print_json(facts)
    else:
        for name, value in facts.items():
            if value not in (None, [], {}):
                print_fact(_NAMES.get(name, name), _worded(value), indent=14)
    return 0


def _progress(state: RunState | None) -> str:
    if state is None or state.stage is None:
        return "beginning"
    seconds = max(time.time() - state.at, 0.0) + state.in_stage
    parts = [how_far(state.done, state.total, seconds=seconds, n_remembered=state.n_remembered_here), counts_of(state)]
    return f"{state.stage}: {', '.join(filter(None, parts))}"


def _facts(run: StoredRun, folder: Path) -> dict[str, object]:
    manifest = msgspec.json.decode(run.manifest)
    facts: dict[str, object] = {
        "run": run.id,
        "state": state_of(run, folder),
        "started": time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(run.started)),
    }
    if run.result is not None:
        result = result_of(run)
        facts["result"] = came_to(result)
        facts["skills"] = [skill.name for skill in result.skills]
        facts["funnel"] = result.funnel.counts
    if run.about is not None:
        facts |= {
            "command": shlex.join(run.about.command),
            "in": run.about.folder,
            "host": run.about.host,
            "versions": run.about.versions,
        }
    facts |= {name: value for name, value in manifest.items() if name != "inputs"}
    facts["inputs"] = dict(manifest["inputs"])
    if run.state is not None:
        facts["seconds"] = {name: round(seconds, 2) for name, seconds in run.state.seconds.items()}
        facts["took"] = None if run.state.took is None else round(run.state.took, 2)
        facts["predicted"] = run.state.predicted
        facts["predicted_by"] = run.state.basis
        facts["tokens"] = run.state.tokens or None
        facts["stored_already"] = run.state.n_remembered
        facts["refused"] = run.state.n_refused
        facts["peak_mb"] = None if run.state.peak is None else round(run.state.peak / 1e6)
        if run.state.stage is not None:
            facts["progress"] = _progress(run.state)
    return facts


def _worded(value: object) -> str:
    if isinstance(value, dict):
        items = [f"{name} {_short(item)}" for name, item in value.items()]
        return ", ".join(items[:12]) + (f", … {len(items) - 12} more" if len(items) > 12 else "")
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "-"
    return "-" if value is None else str(value)


def _short(value: object) -> str:
    text = str(value)
    return text[:12] if len(text) == 64 else text


@runs.command()
@click.argument("before", shell_complete=complete_run)
@click.argument("after", required=False, shell_complete=complete_run)
@stored_workspace
@json_option
def diff(before: str, after: str | None, *, workspace: str, as_json: bool) -> int:
    """Show which lessons, clusters and skills appeared, changed and went from one run to another.

    BEFORE and AFTER are beginnings of run ids; AFTER is the newest run where it is left out.
    """
    with read_workspace(Path(workspace)) as store:
        pair = [store.ledger.find(before), store.ledger.find(after)]
    for run in pair:
        if run.result is None:
            message = f"run {run.id} has no result yet"
            raise UsageError(message, hint="Repeat its command to finish it: `t2s runs show` names it.")
    old, new = (msgspec.json.decode(run.manifest, type=Manifest) for run in pair)
    found = compare(result_of(pair[0]), result_of(pair[1]), inputs=differences(old, new))
    if as_json:
        print_json(found)
        return 0
    changes: dict[str, RunChange] = {"skill": found.skills, "cluster": found.clusters, "lesson": found.lessons}
    for noun, change in changes.items():
        counts = (len(change.appeared), len(change.changed), len(change.went), change.n_same)
        click.echo("{:<9} {} appeared, {} changed, {} went, {} the same".format(f"{noun}s:", *counts))
    for clause in found.inputs:
        click.echo(one_line(f"input    {clause}"))
    _print_items(changes)
    return 0


def _print_items(changes: dict[str, RunChange]) -> None:
    for noun, change in changes.items():
        for sign, items in (("+", change.appeared), ("~", change.changed), ("-", change.went)):
            for item in items:
                click.echo(one_line(f"{noun:<8} {sign} {clip(item, _WIDTH)}"))


@runs.command()
@click.argument("run", shell_complete=complete_run)
@yes_option
@stored_workspace
def rm(run: str, *, yes: bool, workspace: str) -> int:
    """Remove a run with every trajectory, lesson and text that no other run uses.

    RUN is the beginning of its id. The bytes are overwritten in the store; skills that were written to a folder stay
    there, and copies the file system or a backup keeps are out of reach.
    """
    _existing(Path(workspace))
    with read_workspace(Path(workspace)) as store:
        found = store.ledger.find(run)
        ask(f"Remove run {found.id} and its texts for good?", yes=yes)
    with open_workspace(Path(workspace), command="t2s runs rm") as store:
        freed = store.remove_run(found.id)
    say(f"Removed run {found.id} for good, {freed / 1e6:.1f} MB. The skills it wrote stay where they are.")
    return 0


@runs.command()
@_RUN
@stored_workspace
def path(run: str | None, *, workspace: str) -> int:
    """Print the path of the store; with RUN, make sure first that it holds that run."""
    with read_workspace(Path(workspace)) as store:
        if run is not None:
            store.ledger.find(run)
    click.echo(str(Path(workspace) / STORE))
    return 0


@runs.command()
@click.argument("others", nargs=-1, required=True, type=click.Path(path_type=Path))
@setting("workspace")
def merge(others: tuple[Path, ...], *, workspace: str) -> int:
    """Take over the finished work of OTHERS, the workspaces of shares that ran elsewhere.

    Afterwards the command of the shares, without --shard and on this workspace, does what is left and writes the
    skills.
    """
    for other in others:
        _existing(other)
    with open_workspace(Path(workspace), command="t2s runs merge") as store:
        for other in others:
            with open_workspace(other, command="t2s runs merge"):
                taken = store.take_over(other / STORE)
            say(f"{other}: {taken} finished pieces of work were new")
    return 0


def _existing(folder: Path) -> None:
    if not (folder / STORE).exists():
        message = "no workspace here"
        raise InputError(message, path=folder, hint="Name it with --workspace.")
