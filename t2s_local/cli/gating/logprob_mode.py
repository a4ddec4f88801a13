"""``t2s gate --mode logprob``: measure skills at level L2, with a local model."""

from collections.abc import Callable

from t2s_local.cli.options import command_line
from t2s_local.cli.output import print_json, print_table, say
from t2s_local.errors import UsageError
from t2s_local.runs.gating.noting import note_results, support_notes
from t2s_local.runs.gating.recorded import RecordedJob
from t2s_local.runs.gating.supported import measure_support
from t2s_local.stages.intake.catalogue import Report
from t2s_local.text.text import counted

_HEAD = ("SKILL", "RUNS", "ABOVE", "BELOW", "SUPPORT", "PLACEBO", "P", "VERDICT")


def gate_logprob(
    job: RecordedJob, *, model: str, say_reading: Callable[[Report, int], None], is_noted: bool, as_json: bool
) -> int:
    """Score recorded actions with and without the skills, print the differences, and return the exit code."""
    if not job.runs:
        message = "--mode logprob needs recordings"
        raise UsageError(message, hint="Name those that nothing was learned from: --runs RUNS.")
    found = measure_support(job, model=model, say=say, say_reading=say_reading)
    if is_noted:
        note_results(job.skills, support_notes(found.skills, command=command_line()))
    if as_json:
        print_json(
            {"mode": "logprob", "level": "L2", "model": found.model, "n_runs": found.n_runs, "skills": found.skills}
        )
        return 0
    rows = [
        (
            one.skill,
            str(one.n_runs),
            str(one.n_above),
            str(one.n_below),
            _number(one.support),
            _number(one.placebo),
            "-" if one.p_value is None else f"{one.p_value:.3f}",
            one.verdict.replace("_", " "),
        )
        for one in found.skills
    ]
    print_table(_HEAD, rows, right=frozenset(range(1, 7)))
    n_unscored = sum(one.n_unscored for one in found.skills)
    if n_unscored:
        say(f"{counted(n_unscored, 'run')} in which no token of an action could be scored.")
    say(
        f"Level L2, {found.model}: how much likelier a rule makes the next call of runs that succeeded, in nats a"
        " token, beside as many tokens about other work. No success rate."
    )
    return 0


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:+.3f}"
