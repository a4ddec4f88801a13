"""``t2s diagnose freedom``: check whether different outputs get different scores."""

from pathlib import Path

import click

from t2s_local.cli.options import json_option, setting, verbose_option
from t2s_local.cli.output import print_json, print_table, say
from t2s_local.cli.reading_words import account
from t2s_local.errors import InputError, NothingFoundError
from t2s_local.runs.models.embedders import load_embedder
from t2s_local.stages.diagnose.freedom import freedom_of, lacking, scored_run
from t2s_local.stages.export.trainers.pairs import loaded_skills
from t2s_local.stages.intake.read_all import read
from t2s_local.text.text import join_words

_CLAIM = (
    "Level L1: this describes recorded runs. F near 0 says that runs which ended differently were scored differently;"
    " whether a skill would help does not follow from it."
)


@click.command(short_help="Whether other outputs get other scores.")
@click.argument("runs", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--labels", type=click.Path(path_type=Path), help="File or folder that says how runs ended.")
@setting("embedder")
@setting("seed")
@json_option
@verbose_option
def freedom(
    runs: tuple[Path, ...], *, labels: Path | None, embedder: str, seed: int, as_json: bool, verbose: bool
) -> int:
    """Tell F of the problems in RUNS: 0 where other outputs get other scores, 1 where the two have nothing in common.

    At least two problems with four scored runs each, without a skill, are needed. F decides nothing here.
    """
    found = read(runs, labels=labels)
    bare = [run for run in found.trajectories if not loaded_skills(run)]
    scored = [one for one in map(scored_run, bare) if one is not None]
    missing = lacking(scored)
    if missing is not None:
        hint = "Record a problem several times without a skill; --labels names a file of scores."
        raise NothingFoundError(missing, path=join_words(map(str, runs)), hint=hint)
    told = freedom_of(scored, load_embedder(embedder), seed=seed)
    if as_json:
        print_json(told)
    else:
        rows = [(one.problem, str(one.n_runs), _cell(one.freedom), _cell(one.p_value), one.reason or "") for one in
                told.problems]  # fmt: skip
        print_table(("PROBLEM", "RUNS", "F", "P", "UNDEFINED"), rows, right=frozenset({1, 2, 3}))
    say(
        f"F {_cell(told.freedom)}, p {_cell(told.p_value)}: the mean of {told.n_defined} of {told.n_problems} problems;"
        f" the others have one score or one output alone."
    )
    say(_CLAIM)
    n_other = len(found.trajectories) - len(bare), len(bare) - len(scored)
    say(f"Left out: {n_other[0]} runs that loaded a skill, {n_other[1]} without a task, a score or an output.")
    for line in account(found.report, n_trajectories=len(found.trajectories), verbose=verbose):
        say(line)
    return InputError.exit_code if found.report.quarantined else 0


def _cell(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"
