"""``t2s diagnose lifelong``: measure skills over series of related tasks."""

from pathlib import Path

import click

from t2s_local.cli.options import json_option, verbose_option
from t2s_local.cli.output import print_json, print_table, say
from t2s_local.cli.reading_words import account
from t2s_local.errors import InputError
from t2s_local.stages.diagnose.lifelong import lifelong_of, read_families
from t2s_local.stages.intake.read_all import read

_CLAIM = (
    "Level L1: this compares recorded runs of yours with and without skills; it is a gain in success only where both"
    " were run alike, and as often."
)


@click.command(short_help="What skills came to over series of tasks.")
@click.argument("runs", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--families",
    metavar="FILE.csv",
    required=True,
    type=click.Path(path_type=Path),
    help="Table with the columns family,task,with,without: the recordings of each task, in the order of the tasks.",
)
@click.option("--labels", type=click.Path(path_type=Path), help="File or folder that says how runs ended.")
@json_option
@verbose_option
def lifelong(runs: tuple[Path, ...], *, families: Path, labels: Path | None, as_json: bool, verbose: bool) -> int:
    """Tell of families of tasks in RUNS how many skills were written, how many tasks used one, and what they came to.

    The skills of one family are forgotten before the next begins.
    """
    found = read(runs, labels=labels)
    told = lifelong_of(read_families(families, found.trajectories))
    if as_json:
        print_json(told)
    else:
        rows = [
            (one.family, str(one.n_tasks), str(one.n_skills), f"{one.use_rate:.4f}", _cell(one.mean_delta),
             str(one.n_compared))
            for one in told.families
        ]  # fmt: skip
        print_table(("FAMILY", "TASKS", "SKILLS", "USE", "MEAN", "COMPARED"), rows, right=frozenset(range(1, 6)))
        tasks = [
            (one.family, one.task, _cell(one.score_without), _cell(one.score_with), _cell(one.delta),
             "-" if one.steps_without is None else str(one.steps_without), str(one.steps_with))
            for one in told.tasks
        ]  # fmt: skip
        head = ("FAMILY", "TASK", "WITHOUT", "WITH", "DIFFERENCE", "CALLS WITHOUT", "WITH")
        click.echo()
        print_table(head, tasks, right=frozenset(range(2, 7)))
    p_value = "-" if told.p_value is None else f"{told.p_value:.4f}"
    say(f"{told.n_better} tasks better, {told.n_worse} worse; sign test p {p_value}.")
    say(_CLAIM)
    for line in account(found.report, n_trajectories=len(found.trajectories), verbose=verbose):
        say(line)
    return InputError.exit_code if found.report.quarantined else 0


def _cell(value: float | None) -> str:
    return "-" if value is None else f"{value:.4g}"
