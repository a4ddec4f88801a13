"""Run the main job, from locking the workspace to writing the library; progress is reported to a listener only."""

import shlex
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from t2s_local.errors import InterruptedRunError, NothingFoundError, T2SError
from t2s_local.ports.tools import Tools
from t2s_local.runs.finished.candidates import remember_candidates
from t2s_local.runs.finished.stored import LESSON_INDEX
from t2s_local.runs.gating.held_out import catches, split_intake
from t2s_local.runs.harvest_notes import remember_harvest
from t2s_local.runs.inputs import Inputs, list_inputs
from t2s_local.runs.job import Job, guarded
from t2s_local.runs.libraries import WrittenLibrary, check_libraries, write_libraries
from t2s_local.runs.manifest import Manifest, manifest
from t2s_local.runs.prediction import rates
from t2s_local.runs.prediction.expectation import amounts_of, compared, expected, main_format
from t2s_local.runs.prediction.predict import rates_of
from t2s_local.runs.previous import PreviousRun, previous_run, refuse_changed, result_of
from t2s_local.runs.progress import Listener, Tracked, peak_memory
from t2s_local.runs.result import RunResult, run_result
from t2s_local.runs.reviewing.inbox import fill_inboxes
from t2s_local.safety.redaction.guard import Guard
from t2s_local.safety.redaction.redact import shipped_redactor
from t2s_local.skills.decisions import read_decisions
from t2s_local.stages.distill import Distilled, distill
from t2s_local.stages.extract.extract import Share, extract
from t2s_local.stages.focus.focus import Focus, focus_of, out_of_focus
from t2s_local.stages.intake.catalogue import Report
from t2s_local.stages.intake.intake import KIND as INTAKE
from t2s_local.stages.intake.intake import Intake, take_in
from t2s_local.stages.review.review import KnownDecisions
from t2s_local.text.text import join_words
from t2s_local.values.gates.results import SkillCatch
from t2s_local.workspace import Attempt, Workspace, open_workspace


def _named(job: Job) -> str:
    """Return the command line without secrets, to show to processes that wait for the workspace."""
    return Guard(shipped_redactor()).text(shlex.join(job.command))


def _is_to_be_made(result: RunResult) -> bool:
    """Return whether a finished run must be repeated because its texts are gone or a question has no answer yet."""
    return not result.has_text or result.is_open


class NoTrajectoryError(NothingFoundError):
    """Error for input files without a trajectory; the report lists the content of the files."""

    def __init__(self, report: Report, job: Job) -> None:
        """Name the paths of *job*, unless they were found on this machine."""
        named = None if job.harvested else join_words(map(str, job.paths))
        super().__init__(f"no trajectory in {report.seen}", path=named, hint="See the README for the formats.")
        self.report = report


class RunOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """Result of a run with the libraries it wrote and the time it needed."""

    id: str
    """Digest of the manifest."""
    result: RunResult
    libraries: tuple[WrittenLibrary, ...]
    """Libraries the run wrote: a single library, or a library for each project and a common library."""
    previous: PreviousRun
    """Newest finished run before this run."""
    seconds: float
    compared: str | None
    """Measured and predicted time as a phrase; None if nothing was predicted or no work was done."""
    catches: tuple[SkillCatch, ...] | None = None
    """Result of each skill on the held-out runs (level L1); None if no runs were held out."""

    @property
    def folders(self) -> dict[str, Path]:
        """Folder of every skill, by name."""
        return {name: Path(item.folder) / name for item in self.libraries for name in item.skills}


class ShareOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """Result of doing one share of the analyst's work: number of units, and the report on the input."""

    n_units: int
    report: Report


def run(job: Job, tools: Tools, listener: Listener) -> RunOutcome:
    """Run a job and write its skills; the work of a finished run is not repeated.

    Raises:
        InterruptedRunError: the listener asked for a stop; what was done is kept.
        LockedError: another process works in the workspace.
        NoTrajectoryError: there is no trajectory in the files.
        T2SError: the input, the model, the workspace or the library cannot be used.
    """
    began = time.monotonic()
    if job.is_written:
        check_libraries(job)
    inputs = list_inputs(job.paths, labels=job.labels)
    decisions = KnownDecisions(read_decisions(job.out))
    plan = manifest(job, tools, inputs, decisions=decisions.digest)
    with open_workspace(job.workspace, command=_named(job)) as workspace:
        stored, previous = workspace.ledger.get(plan.id), previous_run(workspace)
        comparison = None
        if stored is None or not stored.is_whole or job.restart or _is_to_be_made(result_of(stored)):
            refuse_changed(job, plan, workspace)
            session = _Session(job, tools, plan, inputs, workspace, listener)
            result, comparison = session.work(previous, decisions, began=began)
        else:
            result = result_of(stored)
        found = _catches(job, plan, result, workspace)
        libraries = _written(job, result, workspace, plan.id) if job.is_written else ()
        if not job.keep_text:
            workspace.strip_run(plan.id, msgspec.json.encode(result.without_text()))
        remember_harvest(job, workspace.attempt(plan.id))
    return RunOutcome(
        id=plan.id,
        result=result,
        libraries=libraries,
        previous=previous,
        seconds=time.monotonic() - began,
        compared=comparison,
        catches=found,
    )


def _catches(job: Job, plan: Manifest, result: RunResult, workspace: Workspace) -> tuple[SkillCatch, ...] | None:
    """Measure the skills on the held-out runs; None if no runs were held out or their texts are gone."""
    stored = workspace.item(INTAKE, plan.input_id)
    if job.hold_out is None or stored is None or not result.has_text:
        return None
    _, held = split_intake(msgspec.json.decode(stored, type=Intake), job.hold_out, seed=job.seed)
    return catches(result.skills, held, workspace.attempt(plan.id))


def _written(job: Job, result: RunResult, workspace: Workspace, run_id: str) -> tuple[WrittenLibrary, ...]:
    """Write the skills of a run, and note the items to judge in the libraries' inboxes."""
    now = datetime.now(tz=UTC).isoformat(timespec="seconds")
    libraries = write_libraries(job, result.skills, workspace, at=now, run=run_id, command=_named(job))
    shown = [(Path(item.folder), frozenset(item.skills)) for item in libraries]
    fill_inboxes(job.out, shown, run=run_id, result=result)
    return libraries


def run_share(job: Job, tools: Tools, share: Share, listener: Listener) -> ShareOutcome:
    """Do only one share of the analyst's work of a job; no skill is written.

    Raises:
        T2SError: as for :func:`run`.
    """
    inputs = list_inputs(job.paths, labels=job.labels)
    decisions = KnownDecisions(read_decisions(job.out))
    plan = manifest(job, tools, inputs, decisions=decisions.digest)
    with open_workspace(job.workspace, command=_named(job)) as workspace:
        refuse_changed(job, plan, workspace)
        return _Session(job, tools, plan, inputs, workspace, listener).work_share(share)


class _Session:
    """Job that runs in an open workspace."""

    def __init__(
        self, job: Job, tools: Tools, plan: Manifest, inputs: Inputs, workspace: Workspace, listener: Listener
    ) -> None:
        self._job = job
        self._plan = plan
        self._inputs = inputs
        self._workspace = workspace
        self._listener = listener
        self._sanitiser = job.sanitiser()
        self._guard = Guard(self._sanitiser.redactor)
        self._tools = guarded(tools, self._guard)
        self._focus: Focus | None = None

    def work(self, previous: PreviousRun, decisions: KnownDecisions, *, began: float) -> tuple[RunResult, str | None]:
        """Do the main job; return the result, and a phrase on measured and predicted time (None if not predicted)."""
        before = self._workspace.size()
        with self._underway() as (shelf, progress):
            with self._resumable(progress):
                intake = self._take_in(shelf, progress)
                amounts = amounts_of(self._inputs, intake.outlines, n_units=0)
                dry_run = rates.predicted(self._plan.id)
                so_far = time.monotonic() - began
                progress.predict(*expected(dry_run, self._tools, intake, amounts, so_far=so_far))
                distilled = distill(
                    intake,
                    self._tools,
                    shelf=shelf,
                    known_clusters=previous.known_to,
                    known_names=self._workspace.names(),
                    min_support=self._job.min_support,
                    progress=progress,
                    decisions=decisions,
                    accepted_alone=self._job.review,
                    unasked=out_of_focus(self._focus, intake.outlines),
                    may_ask=lambda share: self._job.has_time(time.monotonic() - began, share),
                )
            result = self._result(distilled, intake)
            shelf.put_item(LESSON_INDEX, self._plan.id, msgspec.json.encode(distilled.stored_under))
            shelf.flush()
            state = progress.over(took=time.monotonic() - began)
            self._workspace.ledger.note(self._plan.id, state)
            self._workspace.ledger.finish(self._plan.id, msgspec.json.encode(result), result.names, now=time.time())
            if self._job.keep_text:
                remember_candidates(self._workspace, self._plan.id, result, self._tools)
        took = state.took or 0.0
        if progress.did_all:
            measured = rates_of(
                amounts,
                state.seconds,
                total=took,
                n_lessons=len(distilled.lessons),
                stored=self._workspace.size() - before,
                peak=peak_memory(),
            )
            rates.remember(self._tools, measured, main_format(intake.outlines))
            if dry_run is not None:
                rates.remember_ratio(self._tools, took * dry_run.correction / dry_run.seconds)
        return result, None if state.predicted is None else compared(took, state.predicted, state.basis)

    def work_share(self, share: Share) -> ShareOutcome:
        """Do one share of the analyst's work."""
        with self._underway() as (shelf, progress):
            with self._resumable(progress):
                intake = self._take_in(shelf, progress)
                done = extract(
                    intake.corpus(shelf),
                    self._tools.analyst,
                    memory=shelf,
                    progress=progress,
                    redaction=intake.redaction_digest,
                    share=share,
                    unasked=out_of_focus(self._focus, intake.outlines),
                )
            shelf.flush()
        return ShareOutcome(n_units=done.n_units, report=intake.report)

    @contextmanager
    def _underway(self) -> Iterator[tuple[Attempt, Tracked]]:
        """Enter the run in the ledger, and track its progress while the block runs.

        A run that fails before any lesson was learned is removed from the ledger: there is no work to continue.
        """
        ledger, run_id = self._workspace.ledger, self._plan.id
        encoded = self._guard.json(msgspec.json.encode(self._plan))
        about = self._guard.value(self._job.about())
        is_new = ledger.get(run_id) is None
        ledger.start(run_id, encoded, about, now=time.time(), restart=self._job.restart)
        shelf = self._workspace.attempt(run_id)
        with self._listener.working():
            note = Tracked(self._listener, lambda state: ledger.note(run_id, state), tokens=self._tools.tokens)
            try:
                yield shelf, note
            except InterruptedRunError:
                raise
            except T2SError:
                if is_new and not note.has_learned:
                    with suppress(T2SError):
                        ledger.remove(run_id)
                raise

    def _take_in(self, shelf: Attempt, progress: Tracked) -> Intake:
        intake = take_in(
            self._inputs.source(self._job.format_name, self._job.layout),
            sanitiser=self._sanitiser,
            shelf=shelf,
            key=self._plan.input_id,
            progress=progress,
            check=self._inputs.refuse_changed,
        )
        if not intake.n_trajectories:
            raise NoTrajectoryError(intake.report, self._job)
        if self._job.hold_out is not None:
            intake = split_intake(intake, self._job.hold_out, seed=self._job.seed)[0]
        self._focus = focus_of(intake.outlines) if self._job.focus else None
        return intake

    def _result(self, distilled: Distilled, intake: Intake) -> RunResult:
        made = run_result(distilled, intake.report, self._tools, device=self._tools.device(), redactions={})
        clean = self._guard.value(msgspec.structs.replace(made, focus=self._focus))
        return msgspec.structs.replace(clean, redactions={**intake.redactions, **self._guard.counts})

    @contextmanager
    def _resumable(self, progress: Tracked) -> Iterator[None]:
        """Add a sentence on how to continue to the error when the listener has stopped the run."""
        try:
            yield
        except (InterruptedRunError, KeyboardInterrupt) as error:
            if isinstance(error, KeyboardInterrupt) and not self._listener.is_stopping:
                raise
            state = progress.state
            of = "" if state.total is None else f" of {state.total}"
            message = f"in {state.stage or 'the beginning'}, after {state.done}{of}; what was done is kept"
            raise InterruptedRunError(message, hint=self._job.again) from error
