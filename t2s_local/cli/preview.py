"""``t2s distill --dry-run``: show the work of a run, and the time, disk space and memory it would need."""

import click

from t2s_local.cli.output import print_json, say
from t2s_local.cli.reading_words import account
from t2s_local.errors import InputError, NothingFoundError
from t2s_local.ports.tools import Tools
from t2s_local.runs.job import Job
from t2s_local.runs.prediction.dry_run import dry_run
from t2s_local.runs.prediction.predict import Prediction
from t2s_local.stages.intake.catalogue import Report


def preview(job: Job, tools: Tools, *, as_json: bool, quiet: bool, verbose: bool) -> int:
    """Read a job's input, try a part of it, print the predicted time and space, and return the exit code.

    Raises:
        NothingFoundError: there is no trajectory in the input.
    """
    tried = dry_run(job, tools)
    n_trajectories = 0 if tried.prediction is None else tried.prediction.amounts.n_trajectories
    for line in account(tried.report, n_trajectories=n_trajectories, verbose=verbose):
        say(line)
    if tried.prediction is None:
        message = "there is no trajectory to try"
        raise NothingFoundError(message, hint="See the README for the formats.")
    if not quiet:
        for line in tried.warnings:
            say(line)
    _print(tried.prediction, tried.report, as_json=as_json)
    return InputError.exit_code if tried.report.quarantined else 0


def _print(prediction: Prediction, report: Report, *, as_json: bool) -> None:
    amounts = prediction.amounts
    counts = {
        "files": report.n_files,
        "trajectories": amounts.n_trajectories,
        "slices": amounts.n_slices,
        "units": amounts.n_units,
        "tokens": prediction.tokens,
        "tokens_sent": prediction.tokens_sent,
        "model_calls": prediction.model_calls,
    }
    if as_json:
        print_json(
            {
                **counts,
                "seconds": prediction.seconds,
                "stages": prediction.stages,
                "disk": prediction.disk,
                "memory": prediction.memory,
                "basis": prediction.basis,
            }
        )
        return
    click.echo(" · ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items()))
    disk, memory = prediction.disk / 1e6, prediction.memory / 1e6
    click.echo(f"About {prediction.seconds:.1f} s, {disk:.0f} MB of disk and {memory:.0f} MB of memory,")
    click.echo(f"going by {prediction.basis}.")
