"""``t2s read``: what trajectories hold."""

from collections import Counter
from pathlib import Path

import click
import msgspec

from t2s_local.cli.options import json_option
from t2s_local.cli.output import print_json, print_table, say
from t2s_local.errors import InputError, NothingFoundError
from t2s_local.stages.detect import FALLBACK
from t2s_local.stages.estimate import estimated
from t2s_local.stages.read import Report, gather
from t2s_local.text import first_line, join_words
from t2s_local.types import Outcome, Trajectory, TrajectoryId, Value

_HEAD = ("ID", "FORMAT", "STEPS", "CALLS", "ERRORS", "OUTCOME", "ENDED", "TASK")
UNSURE = 0.6
"""Certainty below which a file of an unknown format is shown as a warning (decision 0103)."""
_SHOWN = 20
"""Lines of one kind on stderr; the rest is counted."""


class Row(Value, frozen=True, kw_only=True, omit_defaults=True):
    """One trajectory as ``t2s read --json`` prints it; the last two only where the fallback read it."""

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
    """How sure the fallback is of its reading, from 0 to 1."""
    reasons: tuple[str, ...] = ()
    """What the certainty follows from."""


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--format", "format_name", help="Read every file as this format instead of finding out.")
@click.option(
    "--labels", type=click.Path(path_type=Path), help="File or folder that says how runs ended: CSV, JSON, JSON Lines."
)
@click.option("--estimate", "with_estimate", is_flag=True, help="Estimate outcomes of runs that carry no label.")
@json_option
def read(
    paths: tuple[Path, ...], format_name: str | None, labels: Path | None, *, with_estimate: bool, as_json: bool
) -> int:
    """Show what trajectories hold, without learning from them."""
    keep = estimated_row_of if with_estimate else row_of
    rows, report = gather(paths, keep=keep, format_name=format_name, labels=labels)
    if not rows and not report.quarantined:
        message = f"no trajectory in {seen_instead(report)}"
        raise NothingFoundError(message, path=join_words(map(str, paths)), hint="See the README for the formats.")
    rows = _with_certainty(rows, report)
    if as_json:
        for row in rows:
            print_json(row)
    elif rows:
        print_table(_HEAD, [_cells(row) for row in rows], right=frozenset({2, 3, 4}))
    for line in account(report, n_trajectories=len(rows)):
        say(line)
    return InputError.exit_code if report.quarantined else 0


def row_of(run: Trajectory) -> Row:
    """Count what *run* holds."""
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
        outcome=run.outcome,
        score=run.score,
        termination=run.termination,
        label_source=run.label_source,
    )


def estimated_row_of(run: Trajectory) -> Row:
    """Count what *run* holds, with an estimated outcome where it has none; a label file still outranks it."""
    return row_of(estimated(run))


def _with_certainty(rows: list[Row], report: Report) -> list[Row]:
    """Say of every trajectory that the fallback read how sure it is of the file."""
    guesses = {guess.path: guess for guess in report.guesses}
    return [
        msgspec.structs.replace(row, certainty=guess.certainty, reasons=guess.reasons)
        if row.format == FALLBACK and (guess := guesses.get(row.source)) is not None
        else row
        for row in rows
    ]


def _cells(row: Row) -> list[str]:
    task = first_line(row.task or "", limit=60)
    counts = [str(row.steps), str(row.tool_calls), str(row.errors)]
    named = row.format if row.certainty is None else f"{row.format} {100 * row.certainty:.0f} %"
    return [row.id, named, *counts, row.outcome or "-", row.termination or "-", task]


def seen_instead(report: Report) -> str:
    """Say what kinds of files were looked at: ``3 .txt files, 1 .png file``; of a single one, what it holds."""
    if len(report.unrecognised) == report.n_files == 1:
        return f"this file: {report.unrecognised[0].seen}"
    kinds = Counter(Path(item.path).suffix.lower() for item in report.unrecognised)
    parts = [
        _counted(count, f"{kind or 'unnamed'} file")
        for kind, count in sorted(kinds.items(), key=lambda pair: (-pair[1], pair[0]))
    ]
    if parts:
        return ", ".join(parts)
    return _counted(report.n_files, "file") if report.n_files else "an empty folder"


def account(report: Report, *, n_trajectories: int) -> list[str]:
    """What was read, and what was not and why, one line each."""
    lines = [f"{item.path}{'' if item.line is None else f':{item.line}'}: {item.reason}" for item in report.quarantined]
    if len(lines) > _SHOWN:
        lines[_SHOWN:] = [f"… and {len(lines) - _SHOWN} more that could not be read"]
    lines += _unrecognised(report)
    if report.passed:
        names = [f"{item.count} {item.record}" for item in report.passed]
        lines.append(f"Records without a step: {', '.join(names)}")
    lines += _guessed(report)
    if report.n_collapsed:
        lines.append(f"{_counted(report.n_collapsed, 'repeated run')} left out")
    if report.n_joined:
        lines.append(f"{_counted(report.n_joined, 'recording')} joined to the run they go on")
    if report.n_branches:
        lines.append(f"{_counted(report.n_branches, 'run')} cut to what differs from the run they branch off")
    if report.n_labelled or report.n_labels_unmatched:
        verb = "matches" if report.n_labels_unmatched == 1 else "match"
        unmatched = f"{_counted(report.n_labels_unmatched, 'label')} {verb} no run"
        lines.append(f"{_counted(report.n_labelled, 'run')} labelled, {unmatched}")
    if report.n_labels_conflicting:
        unlabelled = _counted(report.n_labels_conflicting, "run")
        lines.append(f"{unlabelled} left unlabelled because labels disagree or name several runs")
    trajectories = "trajectory" if n_trajectories == 1 else "trajectories"
    lines.append(f"{n_trajectories} {trajectories} from {_counted(report.n_files, 'file')}")
    return lines


def _guessed(report: Report) -> list[str]:
    """Files the fallback is not sure of, each with the reasons; how many it is sure of."""
    unsure = [guess for guess in report.guesses if guess.certainty < UNSURE]
    lines = []
    for guess in unsure[:_SHOWN]:
        sureness = f"read as an unknown format, {100 * guess.certainty:.0f} % sure"
        lines.append(f"Warning: {guess.path}: {sureness}: {'; '.join(guess.reasons)}")
    if len(unsure) > _SHOWN:
        lines.append(f"Warning: {_counted(len(unsure) - _SHOWN, 'more file')} of an unknown format read with doubt")
    if sure := len(report.guesses) - len(unsure):
        lines.append(f"{_counted(sure, 'file')} of an unknown format, at least {100 * UNSURE:.0f} % sure")
    return lines


def _unrecognised(report: Report) -> list[str]:
    """Files without a trajectory: each by name where they are few, otherwise by what they hold."""
    if len(report.unrecognised) <= _SHOWN:
        return [f"{item.path}: no trajectory, {item.seen}" for item in report.unrecognised]
    kinds = Counter(item.seen for item in report.unrecognised).most_common()
    lines = [f"{_counted(count, 'file')} without a trajectory: {seen}" for seen, count in kinds[:_SHOWN]]
    rest = sum(count for _, count in kinds[_SHOWN:])
    return lines + ([f"{_counted(rest, 'other file')} without a trajectory"] if rest else [])


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
