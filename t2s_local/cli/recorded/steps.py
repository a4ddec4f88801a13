"""``t2s steps``: judge every step of recorded runs with one of three values."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import click

from t2s_local.cli.options import json_lines_option, verbose_option
from t2s_local.cli.output import print_json, print_table, say
from t2s_local.cli.reading_words import account
from t2s_local.errors import InputError
from t2s_local.runs.inputs import refuse_missing
from t2s_local.runs.models.models import open_engine
from t2s_local.stages.steps.judging import Judgement
from t2s_local.stages.steps.recorded import JudgedSteps, StepCounts, judged_steps, step_counts
from t2s_local.stages.steps.steps import SOUND, StepVerdict
from t2s_local.text.text import clip, counted, squeeze

_WIDTH = 60
_LISTED = 40
_ENDS = {"success": "that succeeded", "partial": "that succeeded in part", "failure": "that failed"}


@click.command()
@click.argument("runs", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--labels", type=click.Path(path_type=Path), help="File or folder that says how runs ended.")
@click.option(
    "--judge", metavar="MODEL", help="Let a model lower verdicts: auto, an alias, a path or an address, as --model is."
)
@click.option("--top", type=click.IntRange(min=0), default=_LISTED, help="Steps that are listed; 0 for all.")
@json_lines_option
@verbose_option
def steps(
    runs: tuple[Path, ...], labels: Path | None, judge: str | None, top: int, *, as_json: bool, verbose: bool
) -> int:
    """Judge every step of RUNS by rules: 1 sound, 0.5 a slip that was repaired, 0 fatal.

    Listed are the steps below 1, with the words of the recording behind them; --json prints every step as JSON Lines.
    A 1 says that no error was seen, not that the step was right. With --judge a local model is asked about each such
    step: it may lower the verdict where it quotes a line of the step, and never raises one.
    """
    refuse_missing((*runs, *([] if labels is None else [labels])))
    with ExitStack() as opened:
        engine = None if judge is None or judge == "none" else opened.enter_context(open_engine(judge, say=say))
        judged = judged_steps(runs, labels=labels, judge=engine)
    if as_json:
        for _, verdicts in judged.runs:
            for verdict in verdicts:
                print_json(verdict)
    else:
        _list([verdict for _, verdicts in judged.runs for verdict in verdicts if verdict.verdict != SOUND], top)
    for counts in step_counts(judged):
        say(_sentence(counts))
    if judged.judgement is not None:
        say(_judged(judged.judgement))
    for line in account(judged.report, n_trajectories=len(judged.runs), verbose=verbose):
        say(line)
    return InputError.exit_code if _is_incomplete(judged) else 0


def _is_incomplete(judged: JudgedSteps) -> bool:
    return bool(judged.report.quarantined)


def _list(verdicts: Sequence[StepVerdict], top: int) -> None:
    shown = verdicts[:top] if top else verdicts
    if not shown:
        return
    rows = [
        (
            verdict.trajectory,
            str(verdict.step),
            "-" if verdict.verdict is None else f"{verdict.verdict:g}",
            clip(verdict.reason, _WIDTH),
            clip(squeeze(verdict.quote or ""), _WIDTH),
        )
        for verdict in shown
    ]
    print_table(("RUN", "STEP", "VERDICT", "REASON", "QUOTE"), rows, right=frozenset({1, 2}))
    if len(shown) < len(verdicts):
        say(f"The first {len(shown)} of {len(verdicts)} steps below 1; --top 0 for all.")


def _judged(found: Judgement) -> str:
    refused = "".join(f"; {n:,} refused: {reason}" for reason, n in found.refused.items())
    asked = counted(found.n_asked, "sound step")
    return f"{found.model} was asked about {asked} and lowered {found.n_lowered:,}{refused}."


def _sentence(counts: StepCounts) -> str:
    ended = _ENDS.get(counts.outcome or "", "whose end nobody stated")
    unusable = f", {counts.n_unusable} without a verdict" if counts.n_unusable else ""
    return (
        f"{counted(counts.n_runs, 'run')} {ended}, {counted(counts.n_steps, 'step')}: {counts.n_fatal} fatal in"
        f" {counts.n_runs_fatal} of the runs, {counts.n_repaired} repaired in {counts.n_runs_repaired}{unusable}."
    )
