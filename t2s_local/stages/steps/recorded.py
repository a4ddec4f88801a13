"""Judge the steps of recorded runs, and count the verdicts by the outcome of the runs."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from t2s_local.errors import NothingFoundError
from t2s_local.ports.engine import Engine
from t2s_local.safety.redaction.guard import Guard
from t2s_local.safety.redaction.redact import shipped_redactor
from t2s_local.stages.intake.catalogue import Report
from t2s_local.stages.intake.read_all import gather
from t2s_local.stages.steps.judging import Judgement, StepQuestion, judged_by, questions_about
from t2s_local.stages.steps.steps import FATAL, REPAIRED, SOUND, StepVerdict, judge_steps, settled
from t2s_local.text.text import join_words
from t2s_local.values.trajectory import Outcome, Trajectory
from t2s_local.values.value import Value


class JudgedSteps(NamedTuple):
    """Outcome and step verdicts of every run, with a report on the files that could not be read."""

    runs: tuple[tuple[Outcome | None, tuple[StepVerdict, ...]], ...]
    report: Report
    judgement: Judgement | None = None
    """Counts of a model's answers; None if no model judged."""


class StepCounts(Value, frozen=True, kw_only=True):
    """Counts of each verdict in the runs of one outcome."""

    outcome: Outcome | None
    n_runs: int
    n_steps: int
    n_sound: int
    n_repaired: int
    n_fatal: int
    n_unusable: int
    """Number of steps without a verdict; no share and no mean includes them."""
    n_runs_repaired: int
    """Runs in which at least one step was repaired."""
    n_runs_fatal: int
    """Runs in which at least one step was fatal."""


def judged_steps(paths: Sequence[Path], *, labels: Path | None = None, judge: Engine | None = None) -> JudgedSteps:
    """Judge the steps of all runs at or below *paths*; secrets and personal data are removed from the quotes.

    Args:
        paths: Files and folders.
        labels: A file or folder with the outcomes of runs; its labels outrank the outcomes that the runs record.
        judge: Model that may lower the verdict of a step that the rules call sound; None for the rules alone.

    Raises:
        InputError: one of *paths* or *labels* does not exist, or *labels* contains no label.
        ModelError: the model cannot be run.
        NothingFoundError: there is no run.
    """
    guard = Guard(shipped_redactor())

    def keep(run: Trajectory) -> tuple[tuple[StepVerdict, ...], tuple[StepQuestion, ...]]:
        verdicts = judge_steps(run)
        return verdicts, () if judge is None else questions_about(run, verdicts, guard.text)

    entries, report = gather(paths, keep=keep, labels=labels)
    if not entries and not report.quarantined:
        message = f"no trajectory in {report.seen}"
        raise NothingFoundError(message, path=join_words(map(str, paths)), hint="`t2s read` shows what there is.")
    by_rules = [entry.value for entry in entries]
    found, judgement = [verdicts for verdicts, _ in by_rules], None
    if judge is not None:
        found, judgement = judged_by(judge, by_rules)
    outcomes = [None if entry.label is None else entry.label.outcome for entry in entries]
    judged = (settled(verdicts, outcome) for verdicts, outcome in zip(found, outcomes, strict=True))
    cleaned = (tuple(_cleaned(verdict, guard) for verdict in verdicts) for verdicts in judged)
    return JudgedSteps(tuple(zip(outcomes, cleaned, strict=True)), report, judgement)


def step_counts(judged: JudgedSteps) -> tuple[StepCounts, ...]:
    """Count verdicts by the outcome of their runs: success, partial success, failure, then unknown outcome."""
    order: tuple[Outcome | None, ...] = ("success", "partial", "failure", None)
    found = ((outcome, [verdicts for ended, verdicts in judged.runs if ended == outcome]) for outcome in order)
    return tuple(_count(outcome, runs) for outcome, runs in found if runs)


def _count(outcome: Outcome | None, runs: Sequence[Sequence[StepVerdict]]) -> StepCounts:
    values = [Counter(verdict.verdict for verdict in verdicts) for verdicts in runs]
    total = sum(values, Counter[float | None]())
    return StepCounts(
        outcome=outcome,
        n_runs=len(runs),
        n_steps=total.total(),
        n_sound=total[SOUND],
        n_repaired=total[REPAIRED],
        n_fatal=total[FATAL],
        n_unusable=total[None],
        n_runs_repaired=sum(counts[REPAIRED] > 0 for counts in values),
        n_runs_fatal=sum(counts[FATAL] > 0 for counts in values),
    )


def _cleaned(verdict: StepVerdict, guard: Guard) -> StepVerdict:
    reason, quote = guard.text(verdict.reason), None if verdict.quote is None else guard.text(verdict.quote)
    return msgspec.structs.replace(verdict, reason=reason, quote=quote)
