"""A run of the main job from the lock to the last line it prints."""

import shlex
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import msgspec

from t2s_local.cli import machine
from t2s_local.cli.account import account, seen_instead
from t2s_local.cli.changes import Standing, as_object, standing, told
from t2s_local.cli.harvested import remember_harvest
from t2s_local.cli.interrupt import stoppable
from t2s_local.cli.job import (
    UNREADABLE,
    Job,
    Stamp,
    about,
    command_line,
    guarded,
    plan_of,
    refuse_changed,
    refuse_moved,
    sanitiser_of,
    stamps_of,
)
from t2s_local.cli.outlook import compared, outlook
from t2s_local.cli.output import say
from t2s_local.cli.preview import amounts_of, format_of
from t2s_local.cli.progress import Tracked, shown
from t2s_local.cli.summary import print_result, say_result
from t2s_local.errors import InterruptedRunError, NothingFoundError, T2SError
from t2s_local.runs.manifest import Manifest
from t2s_local.runs.result import RunResult, run_result
from t2s_local.safety.redaction.guard import Guard
from t2s_local.safety.redaction.redact import shipped_redactor
from t2s_local.safety.redaction.sanitise import Sanitiser
from t2s_local.skills.folder import check_library, write_library
from t2s_local.stages.distill import Tools, distill
from t2s_local.stages.extract.extract import Share, extract
from t2s_local.stages.group.identity import stick
from t2s_local.stages.intake.intake import Intake, take_in
from t2s_local.text.text import join_words
from t2s_local.workspace import Attempt, StoredRun, Workspace, open_workspace


def run(job: Job, tools: Tools, *, as_json: bool) -> int:
    """Run a job, write its skills and print where they are."""
    began = time.monotonic()
    check_library(job.out)
    stamps = stamps_of(job)
    plan = plan_of(job, tools)
    named = Guard(shipped_redactor()).text(shlex.join(command_line()))
    with open_workspace(job.workspace, command=named) as workspace:
        if job.share is not None:
            return _work_share(job, job.share, tools, plan, workspace, stamps=stamps)
        stored, before = workspace.ledger.get(plan.id), standing(workspace)
        if stored is None or not stored.is_whole or job.restart or not result_of(stored).has_text:
            refuse_changed(job, plan, workspace)
            result = _work(job, tools, plan, workspace, known=before, stamps=stamps, began=began)
        else:
            result = result_of(stored)
        written = write_library(job.out, result.skills)
        if not job.keep_text:
            workspace.strip_run(plan.id, msgspec.json.encode(result.without_text()))
            say("No text is kept: this run cannot be resumed, explained or verified.")
        remember_harvest(job, workspace.attempt(plan.id))
    if not job.quiet:
        say_result(result, verbose=job.verbose)
        for line in told(written, result.clusters, before):
            say(line)
    changed = as_object(written, result.clusters, before)
    print_result(job, plan, result, changes=changed, seconds=time.monotonic() - began, as_json=as_json)
    return 3 if result.report.quarantined else 0


def result_of(stored: StoredRun) -> RunResult:
    """The result of a run that has one.

    Raises:
        T2SError: another version wrote it in a way this one does not know.
    """
    try:
        return msgspec.json.decode(stored.result or b"", type=RunResult)
    except msgspec.DecodeError as error:
        message = f"the result of run {stored.id} was written by another version of t2s"
        raise T2SError(message, hint="--restart does the work again.") from error


def _work(
    job: Job,
    tools: Tools,
    plan: Manifest,
    workspace: Workspace,
    *,
    known: Standing,
    stamps: Mapping[Path, Stamp | None],
    began: float,
) -> RunResult:
    ledger, before = workspace.ledger, workspace.size()
    sanitiser = sanitiser_of(job)
    guard = Guard(sanitiser.redactor)
    tools = guarded(tools, guard)
    ledger.start(
        plan.id, guard.json(msgspec.json.encode(plan)), guard.value(about(job)), now=time.time(), restart=job.restart
    )
    shelf = workspace.attempt(plan.id)
    with shown(quiet=job.quiet) as display, stoppable() as stop:
        progress = Tracked(display, stop, lambda state: ledger.note(plan.id, state), tokens=tools.tokens)
        with _resumable(progress):
            intake = _taken_in(job, plan, shelf, progress, sanitiser, stamps)
            amounts = amounts_of(job, intake.outlines, n_units=0)
            expected = machine.predicted(plan.id)
            progress.predict(*outlook(expected, tools, intake, amounts, so_far=time.monotonic() - began))
            distilled = distill(
                intake,
                tools,
                shelf=shelf,
                known_names=workspace.names(),
                min_support=job.min_support,
                progress=progress,
            )
        distilled = msgspec.structs.replace(
            distilled, clustering=stick(distilled.clustering, known.known_to(distilled.lessons))
        )
        made = guard.value(run_result(distilled, intake.report, tools, device=tools.device(), redactions={}))
        result = msgspec.structs.replace(made, redactions={**intake.redactions, **guard.counts})
        shelf.flush()
        ledger.note(plan.id, progress.over(took=time.monotonic() - began))
        ledger.finish(plan.id, msgspec.json.encode(result), result.names, now=time.time())
    if progress.state.predicted is not None and not job.quiet:
        say(compared(progress.state.took or 0.0, progress.state.predicted, progress.state.basis))
    if progress.did_all:
        rates = progress.rates(amounts, n_lessons=len(distilled.lessons), stored=workspace.size() - before)
        machine.remember(tools, rates, format_of(intake.outlines))
        if expected is not None:
            machine.remember_ratio(tools, (progress.state.took or 0.0) * expected.correction / expected.seconds)
    return result


def _work_share(
    job: Job, share: Share, tools: Tools, plan: Manifest, workspace: Workspace, *, stamps: Mapping[Path, Stamp | None]
) -> int:
    """Do one share of the work of the analyst and nothing else."""
    refuse_changed(job, plan, workspace)
    sanitiser = sanitiser_of(job)
    guard = Guard(sanitiser.redactor)
    tools = guarded(tools, guard)
    encoded = guard.json(msgspec.json.encode(plan))
    workspace.ledger.start(plan.id, encoded, guard.value(about(job)), now=time.time(), restart=job.restart)
    shelf = workspace.attempt(plan.id)
    with shown(quiet=job.quiet) as display, stoppable() as stop:
        progress = Tracked(display, stop, lambda state: workspace.ledger.note(plan.id, state), tokens=tools.tokens)
        with _resumable(progress):
            intake = _taken_in(job, plan, shelf, progress, sanitiser, stamps)
            corpus = intake.corpus(shelf)
            done = extract(corpus, tools.analyst, memory=shelf, progress=progress, texts=intake.texts, share=share)
        shelf.flush()
    say(f"Share {share.number} of {share.of} is done: {done.n_units} units.")
    say(f"`t2s runs merge {shlex.quote(str(job.workspace))} --workspace …` takes it over.")
    return 3 if intake.report.quarantined else 0


def _taken_in(
    job: Job,
    plan: Manifest,
    shelf: Attempt,
    progress: Tracked,
    sanitiser: Sanitiser,
    stamps: Mapping[Path, Stamp | None],
) -> Intake:
    intake = take_in(
        job.paths,
        format_name=job.format_name,
        labels=job.labels,
        sanitiser=sanitiser,
        shelf=shelf,
        key=plan.input_id,
        unreadable=frozenset(path for path, found in plan.inputs if found == UNREADABLE),
        progress=progress,
        check=lambda: refuse_moved(stamps),
    )
    if not intake.n_trajectories:
        for line in account(intake.report, n_trajectories=0, verbose=job.verbose):
            say(line)
        message = f"no trajectory in {seen_instead(intake.report)}"
        named = None if job.harvested else join_words(map(str, job.paths))
        raise NothingFoundError(message, path=named, hint="See the README for the formats.")
    return intake


@contextmanager
def _resumable(progress: Tracked) -> Iterator[None]:
    """Say how to go on when the user has stopped the run."""
    try:
        yield
    except (InterruptedRunError, KeyboardInterrupt) as error:
        state = progress.state
        of = "" if state.total is None else f" of {state.total}"
        message = f"in {state.stage or 'the beginning'}, after {state.done}{of}; what was done is kept"
        words = [word for word in command_line() if word != "--restart"]
        raise InterruptedRunError(message, hint=f"To go on: {shlex.join(words)}") from error
