"""``t2s export``: write recorded runs as rows in formats that trainers of language models read."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import click

from t2s_local.cli.options import Decorator, json_option, verbose_option
from t2s_local.cli.output import print_json, say
from t2s_local.cli.reading_words import account
from t2s_local.errors import InputError
from t2s_local.skills.source import SkillSource, read_source
from t2s_local.stages.export.trainers.hint_rows import hint_rows, prefix_rows
from t2s_local.stages.export.trainers.pairs import pair_rows
from t2s_local.stages.export.trainers.rows import Kind, Rows
from t2s_local.stages.export.trainers.step_rows import step_rows
from t2s_local.stages.export.trainers.trainers import export_rows, write_export
from t2s_local.text.text import counted
from t2s_local.values.trajectory import Trajectory


@click.group()
def export() -> None:
    """Write recorded runs as rows for trainers: JSON Lines that TRL reads as they are, and a manifest.

    Nothing is trained. Secrets and personal data are taken out, as in what `t2s distill` learns from.
    """


def _options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that every kind of export has."""
    shared: tuple[Decorator, ...] = (
        click.option("-o", "output", metavar="DIR", required=True, type=click.Path(path_type=Path), help="Folder."),
        click.option("--labels", type=click.Path(path_type=Path), help="File or folder that says how runs ended."),
        click.option("--replace", is_flag=True, help="Write over other files of the same names in DIR."),
        json_option,
        verbose_option,
    )
    for option in reversed(shared):
        command = option(command)
    return command


_runs = click.argument("runs", nargs=-1, required=True, type=click.Path(path_type=Path))
_skill = click.argument("skill", metavar="SKILL", type=click.Path(path_type=Path))


@export.command(short_help="Runs of a task with and without a skill.")
@_runs
@click.option("--skill", metavar="NAME", help="The skill that counts; any that a run loaded by default.")
@_options
def pairs(runs: tuple[Path, ...], *, skill: str | None, **rest: Any) -> int:  # noqa: ANN401 - the shared options
    """Pair RUNS of a task that loaded a skill with those that did not, the better one preferred.

    A preference dataset of whole episodes. A run that succeeded is better than one that did not; of two that did, the
    shorter one.
    """
    return _write("pairs", runs, partial(pair_rows, skill=skill), **rest)


@export.command(short_help="Acts with the verdicts of `t2s steps`.")
@_runs
@_options
def steps(runs: tuple[Path, ...], **rest: Any) -> int:  # noqa: ANN401 - the shared options
    """Write the acts of RUNS with the verdicts of `t2s steps`: a stepwise supervision dataset."""
    return _write("steps", runs, step_rows, **rest)


@export.command(short_help="Acts of good runs, after the text of a skill.")
@_skill
@_runs
@_options
def prefixes(skill: Path, runs: tuple[Path, ...], **rest: Any) -> int:  # noqa: ANN401 - the shared options
    """Write every act of the RUNS that succeeded, after SKILL and what led to it: prompt and completion."""
    source = _source(skill)
    return _write("prefixes", runs, lambda found: prefix_rows(found, source), source=source, **rest)


@export.command(short_help="Acts with their outcome, and two rules beside.")
@_skill
@_runs
@_options
def distillation(skill: Path, runs: tuple[Path, ...], **rest: Any) -> int:  # noqa: ANN401 - the shared options
    """Write every act of RUNS with its outcome, and beside it two rules of SKILL: what to do, what not to do."""
    source = _source(skill)
    return _write("distillation", runs, lambda found: hint_rows(found, source), source=source, **rest)


def _source(folder: Path) -> SkillSource:
    source = read_source(folder)
    if "SKILL.md" not in source.texts:
        message = "no skill: there is no SKILL.md that can be read"
        raise InputError(message, path=folder)
    return source


def _write(
    kind: Kind,
    runs: Sequence[Path],
    make: Callable[[Sequence[Trajectory]], Rows],
    *,
    output: Path,
    labels: Path | None,
    replace: bool,
    as_json: bool,
    verbose: bool,
    source: SkillSource | None = None,
) -> int:
    found = export_rows(kind, runs, make, labels=labels, source=source)
    write_export(found, output, replace=replace)
    manifest = found.manifest
    if as_json:
        print_json(manifest)
    else:
        click.echo(str(output / manifest.file))
    if manifest.contexts_cut:
        say(f"Contexts shortened in their middle: {manifest.contexts_cut:,}.")
    for reason, count in manifest.left_out.items():
        say(f"Left out, {reason}: {count:,}.")
    for line in account(found.report, n_trajectories=manifest.runs, verbose=verbose):
        say(line)
    say(f"{counted(manifest.rows, 'row')}, a dataset for {manifest.dataset} in TRL. Nothing was trained.")
    return InputError.exit_code if found.report.quarantined else 0
