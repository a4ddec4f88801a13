"""Write a throw-away skill for one task from recorded runs, without a store on disk."""

from pathlib import Path

import msgspec

from t2s_local.errors import NothingFoundError, T2SError
from t2s_local.ports.tools import Tools
from t2s_local.runs.inputs import list_inputs
from t2s_local.runs.job import guarded
from t2s_local.runs.progress import Listener, Tracked
from t2s_local.runs.using.task_text import TaskText
from t2s_local.runs.using.tokens import shipped_counter
from t2s_local.safety.redaction.guard import Guard
from t2s_local.safety.redaction.names import machine_names
from t2s_local.safety.redaction.sanitise import Sanitiser
from t2s_local.skills.install import install
from t2s_local.skills.installing.ephemeral import is_ephemeral
from t2s_local.skills.library.library import is_library
from t2s_local.skills.source import MAIN, read_source, source_of
from t2s_local.stages.intake.catalogue import Report
from t2s_local.stages.intake.intake import Intake, take_in
from t2s_local.stages.use.synth.nearest import Target
from t2s_local.stages.use.synth.synth import Synthesis, synthesise
from t2s_local.text.text import join_words
from t2s_local.values.layout import Layout
from t2s_local.values.trajectory import Trajectory, TrajectoryId
from t2s_local.workspace.memory import MemoryStore


class SynthJob(msgspec.Struct, frozen=True, kw_only=True):
    """A task, recordings, and the folder for the skill."""

    task: TaskText
    runs: tuple[Path, ...]
    out: Path
    k: int
    labels: Path | None = None
    format_name: str | None = None
    layout: Layout | None = None
    task_id: str | None = None
    """Id of the task, as the user names it; None for the id in the record of the task, if there is one."""


class SynthOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """Result of writing a throw-away skill."""

    made: Synthesis
    report: Report
    """Report on reading the recordings."""
    n_trajectories: int
    path: Path | None
    """Folder of the skill; None if there is nothing to write."""


def refuse_library(out: Path) -> None:
    """Refuse a folder with permanent skills: an agent would read a throw-away skill among them for every task.

    Raises:
        T2SError: *out* is a library, or contains a skill that is not throw-away, or is no folder.
    """
    if out.exists() and not out.is_dir():
        message = "not a folder"
        raise T2SError(message, path=out, hint="Name a folder of its own with -o.")
    kept = [path.name for path in sorted(out.iterdir()) if _is_lasting(path)] if out.is_dir() else []
    if kept or is_library(out):
        message = "a library: a throw-away skill among its skills would be read for every task"
        raise T2SError(message, path=out, hint="Name a folder of its own with -o.")


def _is_lasting(folder: Path) -> bool:
    return (folder / MAIN).is_file() and not is_ephemeral(read_source(folder))


def synth(job: SynthJob, tools: Tools, listener: Listener) -> SynthOutcome:
    """Write the skill to a folder of its name below the folder of the job.

    Args:
        job: The task and the recordings.
        tools: The plug-ins.
        listener: Receives the progress, and may stop the work; then no work is kept.

    Raises:
        InterruptedRunError: the listener asked for a stop.
        InputError: a path does not exist or cannot be read.
        NothingFoundError: there is no recording of another task.
        T2SError: the folder is a library, or cannot be written to.
        ModelError: a model cannot be run.
    """
    refuse_library(job.out)
    inputs = list_inputs(job.runs, labels=job.labels)
    sanitiser = Sanitiser(allow=frozenset(), extra=(), names=machine_names())
    shelf = MemoryStore()
    progress = Tracked(listener, lambda _: None, tokens=tools.tokens)
    with listener.working():
        intake = take_in(
            inputs.source(job.format_name, job.layout),
            sanitiser=sanitiser,
            shelf=shelf,
            key="synth",
            progress=progress,
            check=inputs.refuse_changed,
        )
        made = _made(job, intake, tools, sanitiser, shelf, progress)
    _refuse_empty(made, intake, job)
    path = None
    if made.skill is not None:
        source = source_of(made.skill)
        install(source, job.out, replace=True)
        path = job.out / source.name
    return SynthOutcome(made=made, report=intake.report, n_trajectories=intake.n_trajectories, path=path)


def _made(
    job: SynthJob, intake: Intake, tools: Tools, sanitiser: Sanitiser, shelf: MemoryStore, progress: Tracked
) -> Synthesis:
    """Compute the skill from the recordings that were read."""
    guard = Guard(sanitiser.redactor)
    target = Target(
        text=_cleaned(job.task.text, sanitiser),
        task_id=job.task_id or job.task.task_id,
        runs=job.task.runs,
        conversations=job.task.conversations,
    )
    _, count = shipped_counter()
    return synthesise(target, intake, guarded(tools, guard), k=job.k, shelf=shelf, count=count, progress=progress)


def _cleaned(task: str, sanitiser: Sanitiser) -> str:
    """Return the text of a task with the same placeholders for private data as in the recordings."""
    asked = Trajectory(id=TrajectoryId("task"), source="task", format="task", steps=(), task=task)
    return sanitiser.clean(asked).task or ""


def _refuse_empty(made: Synthesis, intake: Intake, job: SynthJob) -> None:
    """Refuse recordings without a run of another task.

    Raises:
        NothingFoundError: there is no recording, or every recording is of the task itself.
    """
    named = join_words(map(str, job.runs))
    if not intake.n_trajectories:
        message = f"no trajectory in {intake.report.seen}"
        raise NothingFoundError(message, path=named, hint="See the README for the formats.")
    if not made.n_pool:
        message = "no run of another task"
        hint = "A skill for a task is never made from runs of the task itself."
        raise NothingFoundError(message, path=named, hint=hint)
