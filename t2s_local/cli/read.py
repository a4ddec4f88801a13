"""``t2s read``: show the content of trajectories."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import click
import msgspec

from t2s_local.cli.completion import complete_format
from t2s_local.cli.options import json_lines_option, known_format, map_option, verbose_option
from t2s_local.cli.output import paragraph, print_json, print_table, say
from t2s_local.cli.reading_words import account
from t2s_local.cli.show import print_steps
from t2s_local.errors import InputError, NothingFoundError, UsageError
from t2s_local.safety.characters import safe
from t2s_local.stages.intake.catalogue import Report
from t2s_local.stages.intake.read_all import gather
from t2s_local.stages.reading.estimate import estimated
from t2s_local.stages.reading.suggest import suggested_map
from t2s_local.stages.steps.steps import SOUND, StepVerdict, judge_steps, settled
from t2s_local.text.text import first_line, join_words
from t2s_local.values.layout import Layout
from t2s_local.values.trajectory import Label, Outcome, Trajectory, TrajectoryId
from t2s_local.values.value import Value

_HEAD = ("ID", "FORMAT", "STEPS", "CALLS", "ERRORS", "OUTCOME", "ENDED", "TASK")


class Row(Value, frozen=True, kw_only=True, omit_defaults=True):
    """Row of ``t2s read --json`` about a trajectory; the last two fields are filled only by the fallback reader."""

    id: TrajectoryId
    source: str
    format: str
    session_id: str | None
    task_id: str | None
    task: str | None
    steps: int
    tool_calls: int
    errors: int
    """Tool results that the format marks as failed, or whose exit code is not 0."""
    outcome: Outcome | None
    score: float | None
    termination: str | None
    label_source: str | None
    certainty: float | None = None
    """Certainty of the fallback reader, from 0 to 1."""
    reasons: tuple[str, ...] = ()
    """Reasons for the certainty."""


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--format",
    "format_name",
    is_eager=True,
    callback=known_format,
    shell_complete=complete_format,
    help="Read every file as this format instead of finding out.",
)
@map_option
@click.option("--suggest-map", "suggests", is_flag=True, help="Print a map for one file, to be kept and mended.")
@click.option(
    "--labels", type=click.Path(path_type=Path), help="File or folder that says how runs ended: CSV, JSON, JSON Lines."
)
@click.option("--estimate", "with_estimate", is_flag=True, help="Estimate outcomes of runs that carry no label.")
@json_lines_option
@verbose_option
def read(
    paths: tuple[Path, ...],
    format_name: str | None,
    layout: Layout | None,
    labels: Path | None,
    *,
    suggests: bool,
    with_estimate: bool,
    as_json: bool,
    verbose: bool,
) -> int:
    """Show what trajectories hold, without learning from them.

    Where a file is in a format that t2s does not know, or reads wrongly, `t2s read FILE --suggest-map > map.toml`
    writes down where its runs, steps, roles, calls and results seem to be. Mend that by hand; `--map map.toml` reads
    by it here and in `t2s distill`.
    """
    if suggests:
        click.echo(safe(_suggested(paths)), nl=False)
        return 0
    estimates: dict[str, Label | None] = {}
    only: list[Trajectory] = []

    def keep(run: Trajectory) -> Row:
        estimates[run.id] = estimated(run).label if with_estimate else None
        only[:] = [run]
        return row_of(run)

    entries, report = gather(paths, keep=keep, format_name=format_name, layout=layout, labels=labels)
    rows = [labelled_row(entry.value, entry.label or estimates[entry.value.id]) for entry in entries]
    if not rows and not report.quarantined:
        message = f"no trajectory in {report.seen}"
        raise NothingFoundError(message, path=join_words(map(str, paths)), hint="See the README for the formats.")
    _print_rows(_with_certainty(rows, report), only, as_json=as_json)
    for line in account(report, n_trajectories=len(rows), verbose=verbose):
        say(line)
    return InputError.exit_code if report.quarantined else 0


def _print_rows(rows: list[Row], only: list[Trajectory], *, as_json: bool) -> None:
    """Print the trajectories; if there is only one, its steps too."""
    if as_json:
        for row in rows:
            print_json(row)
    elif rows:
        print_table(_HEAD, [_cells(row) for row in rows], right=frozenset({2, 3, 4}))
        if len(rows) == 1:
            click.echo()
            print_steps(only[0])
            _print_verdicts(settled(judge_steps(only[0]), rows[0].outcome))


def _print_verdicts(verdicts: Sequence[StepVerdict]) -> None:
    """Print a line for each step that is not judged sound."""
    for verdict in verdicts:
        if verdict.verdict != SOUND:
            value = "no verdict" if verdict.verdict is None else f"{verdict.verdict:g}"
            click.echo(paragraph(f"Step {verdict.step}: {value}, {verdict.reason}.", first=0))


def _suggested(paths: tuple[Path, ...]) -> str:
    """Return the text of a suggested map for the named file.

    Raises:
        UsageError: several files or a folder are named.
    """
    if len(paths) > 1 or paths[0].is_dir():
        message = "--suggest-map is for one file"
        raise UsageError(message, hint="Name a file of the format that the map is to describe.")
    return suggested_map(paths[0])


def row_of(run: Trajectory) -> Row:
    """Return the counts of the content of *run*."""
    kinds = Counter(step.kind for step in run.steps)
    return Row(
        id=run.id,
        source=run.source,
        format=run.format,
        session_id=run.session_id,
        task_id=run.task_id,
        task=run.task,
        steps=len(run.steps),
        tool_calls=kinds["tool_call"],
        errors=sum(step.is_error is True or bool(step.exit_code) for step in run.steps if step.kind == "tool_result"),
        outcome=None,
        score=None,
        termination=run.termination,
        label_source=None,
    )


def labelled_row(row: Row, label: Label | None) -> Row:
    """Return *row* with the outcome of *label*."""
    if label is None:
        return row
    return msgspec.structs.replace(row, outcome=label.outcome, score=label.score, label_source=label.source)


def _with_certainty(rows: list[Row], report: Report) -> list[Row]:
    """Return *rows* with the certainty of the file for every trajectory that the fallback reader read."""
    guesses = {guess.path: guess for guess in report.guesses}
    return [
        msgspec.structs.replace(row, certainty=guess.certainty, reasons=guess.reasons)
        if (guess := guesses.get(row.source)) is not None
        else row
        for row in rows
    ]


def _cells(row: Row) -> list[str]:
    task = first_line(row.task or "", limit=60)
    counts = [str(row.steps), str(row.tool_calls), str(row.errors)]
    named = row.format if row.certainty is None else f"{row.format} {100 * row.certainty:.0f} %"
    return [row.id, named, *counts, row.outcome or "-", row.termination or "-", task]
