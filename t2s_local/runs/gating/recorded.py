"""Measure skills on held-out recordings, and refuse recordings that the skills were learned from."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar, cast

import msgspec

from t2s_local import registry
from t2s_local.errors import NothingFoundError
from t2s_local.ports.gate import RecordedGate, RecordedGateModule
from t2s_local.ports.grouping import Embedder
from t2s_local.runs.auditing.stored import StoredTrajectories
from t2s_local.skills.evidence import PATH, parse_evidence
from t2s_local.skills.source import SkillSource, read_source
from t2s_local.stages.gates.meaning import Meaning
from t2s_local.stages.gates.rules import gated_skill
from t2s_local.stages.gates.split import SplitSide, refuse_leak, task_of
from t2s_local.stages.intake.catalogue import Report
from t2s_local.stages.intake.read_all import gather
from t2s_local.text.text import join_words
from t2s_local.values.gates.results import GatedRule, SkillCatch
from t2s_local.values.trajectory import Outcome, Trajectory, TrajectoryId

T = TypeVar("T")
_LONGEST_MESSAGE = 600
_MOST_MESSAGES = 40


class RecordedJob(msgspec.Struct, frozen=True, kw_only=True):
    """Skills, and the held-out runs they are measured on."""

    skills: tuple[Path, ...]
    runs: tuple[Path, ...]
    labels: Path | None = None
    train: tuple[Path, ...] = ()
    """Runs the skills were learned from, in addition to the runs that their evidence names."""
    stored: StoredTrajectories | None = None
    """Trajectories that the evidence of the skills cites; None if no workspace has any."""
    embedder: Embedder | None = None
    """Embedder that recognises situations for which code cannot search; None to leave out their rules."""


class RecordedResult(msgspec.Struct, frozen=True, kw_only=True):
    """Result of the gate of level L1 for each skill, and the report on the recordings."""

    skills: tuple[SkillCatch, ...]
    report: Report
    """Report on reading the held-out runs."""
    n_runs: int
    notes: tuple[str, ...]
    """Sentences about checks for leaks (runs on both sides of the split) that were not possible."""


class _Seen(msgspec.Struct, frozen=True):
    run: object
    """Run in the form that the gate measures."""
    side: SplitSide
    said: tuple[str, ...]
    """Messages of the user, at most 40, each cut to 600 characters."""


def measure_recorded(job: RecordedJob, *, say_reading: Callable[[Report, int], None] | None = None) -> RecordedResult:
    """Measure skills on held-out runs.

    Args:
        job: The skills and the runs.
        say_reading: Called with the report on every file and the number of runs, before anything is measured.

    Raises:
        InputError: a path or a skill cannot be read.
        NothingFoundError: there is no held-out run.
        T2SError: a run, a task or a conversation is in the training runs and in the held-out runs.
    """
    gate = recorded_gate()
    sources = [(folder, read_source(folder)) for folder in job.skills]
    entries, report = gather(
        job.runs, keep=lambda run: _Seen(gate.observe(run), _side(run), _said(run)), labels=job.labels
    )
    if say_reading is not None:
        say_reading(report, len(entries))
    if not entries:
        message = f"no runs in {report.seen}"
        raise NothingFoundError(message, path=join_words(map(str, job.runs)), hint="`t2s read` shows what there is.")
    training = list(_training(sources, job))
    refuse_leak([side for side, _ in training], [entry.value.side for entry in entries])
    held = [(entry.value.run, None if entry.label is None else entry.label.outcome) for entry in entries]
    meaning = None if job.embedder is None else Meaning(job.embedder, [entry.value.said for entry in entries])
    numbers = {id(run): number for number, (run, _) in enumerate(held)}

    def meant(rule: GatedRule, run: object) -> bool:
        return meaning is not None and meaning.occurs(rule.situation, numbers[id(run)])

    skills = [gated_skill(source, folder) for folder, source in sources]
    return RecordedResult(
        skills=gate.measure(skills, held, meant=None if meaning is None else meant),
        report=report,
        n_runs=len(held),
        notes=tuple(_notes(training)),
    )


def read_held_out(
    job: RecordedJob, *, keep: Callable[[Trajectory], T]
) -> tuple[list[tuple[T, Outcome | None]], Report]:
    """Return the result of *keep* and the outcome for each held-out run, and the report on reading.

    Raises:
        NothingFoundError: there is no held-out run.
        T2SError: a run, a task or a conversation is in the training runs and in the held-out runs.
    """
    sources = [(folder, read_source(folder)) for folder in job.skills]
    entries, report = gather(job.runs, keep=lambda run: (keep(run), _side(run)), labels=job.labels)
    if not entries:
        message = f"no runs in {report.seen}"
        raise NothingFoundError(message, path=join_words(map(str, job.runs)), hint="`t2s read` shows what there is.")
    refuse_leak([side for side, _ in _training(sources, job)], [entry.value[1] for entry in entries])
    return [(entry.value[0], None if entry.label is None else entry.label.outcome) for entry in entries], report


def held_out_tasks(job: RecordedJob) -> tuple[str, ...]:
    """Return the tasks of the held-out runs, sorted.

    Raises:
        NothingFoundError: no held-out run names a task.
        T2SError: a run, a task or a conversation is in the training runs and in the held-out runs.
    """
    sources = [(folder, read_source(folder)) for folder in job.skills]
    entries, _ = gather(job.runs, keep=_side, labels=None)
    refuse_leak([side for side, _ in _training(sources, job)], [entry.value for entry in entries])
    tasks = tuple(sorted({entry.value.task for entry in entries} - {""}))
    if not tasks:
        message = "no run names its task"
        raise NothingFoundError(message, path=join_words(map(str, job.runs)), hint="Name tasks with --tasks FILE.")
    return tasks


def recorded_gate() -> RecordedGate[object]:
    """Load the gate of level L1."""
    return cast(RecordedGateModule, registry.load("t2s_local.gates", "recorded")).load()


def _said(run: Trajectory) -> tuple[str, ...]:
    found = [step.text[:_LONGEST_MESSAGE] for step in run.steps if step.kind == "user" and step.text.strip()]
    return tuple(found[:_MOST_MESSAGES])


def _side(run: Trajectory) -> SplitSide:
    return SplitSide(run=run.id, conversation=run.session_id, task=task_of(run))


def _training(sources: Sequence[tuple[Path, SkillSource]], job: RecordedJob) -> Iterator[tuple[SplitSide, bool]]:
    """Yield the training runs of the skills, each with True if its task and conversation are both known."""
    named = {
        run
        for _, source in sources
        for claim in parse_evidence(source.texts.get(PATH, ""))
        for run in claim.trajectory_ids
    }
    for name in sorted(named):
        run = None if job.stored is None else job.stored.get(TrajectoryId(name))
        yield (SplitSide(run=name, conversation=None, task=""), False) if run is None else (_side(run), True)
    if job.train:
        entries, _ = gather(job.train, keep=_side, labels=None)
        yield from ((entry.value, True) for entry in entries)


def _notes(training: Sequence[tuple[SplitSide, bool]]) -> Iterator[str]:
    n_unknown = sum(not is_known for _, is_known in training)
    if not training:
        yield "the skills name no training runs, so a leak cannot be seen: name them with --train"
    elif n_unknown:
        yield (
            f"{n_unknown} of {len(training)} training runs are in no workspace: of them the ids alone were compared"
            " with the held-out runs (--train RUNS names them)"
        )
