"""Earlier runs of a workspace: the clusters and lessons of the newest run, and the stopped runs."""

from collections.abc import Iterable, Mapping

import msgspec

from t2s_local.errors import T2SError
from t2s_local.runs.job import Job
from t2s_local.runs.manifest import Manifest, differences
from t2s_local.runs.result import RunResult
from t2s_local.values.cluster import Cluster, ClusterId
from t2s_local.values.lesson import Lesson, LessonId, line_of
from t2s_local.workspace import StoredRun, Workspace

_SHOWN = 5


class PreviousRun(msgspec.Struct, frozen=True):
    """Clusters and lessons of the newest finished run of a workspace, for the next run."""

    clusters: Mapping[ClusterId, tuple[LessonId, ...]] = msgspec.field(default_factory=dict)
    lines: Mapping[LessonId, str] = msgspec.field(default_factory=dict)
    """Text of every lesson in one line; empty if no text was kept."""

    def known_to(self, lessons: Iterable[Lesson]) -> Mapping[ClusterId, tuple[LessonId, ...]]:
        """Return the lesson ids of each cluster, where ids of lessons in *lessons* replace ids of earlier equal texts.

        A lesson that is counted over all runs gets a new id whenever runs are added, although its words remain the
        same.
        """
        today = {line_of(lesson): lesson.id for lesson in sorted(lessons, key=lambda lesson: lesson.id, reverse=True)}
        return {
            cluster: tuple(today.get(self.lines.get(one, ""), one) for one in members)
            for cluster, members in self.clusters.items()
        }


class _Result(msgspec.Struct, frozen=True):
    """Part of a stored result that the next run reads."""

    clusters: tuple[Cluster, ...] = ()
    lessons: dict[LessonId, str] = msgspec.field(default_factory=dict)


def previous_run(workspace: Workspace) -> PreviousRun:
    """Return the newest finished run; an empty one if there is none or this version cannot read its result."""
    whole = [run for run in workspace.ledger if run.is_whole and run.result is not None and run.finished is not None]
    if not whole:
        return PreviousRun()
    newest = max(whole, key=lambda run: (run.finished or 0.0, run.id))
    try:
        stored = msgspec.json.decode(newest.result or b"", type=_Result)
    except msgspec.DecodeError:
        return PreviousRun()
    return PreviousRun(clusters={item.id: item.lesson_ids for item in stored.clusters}, lines=stored.lessons)


def result_of(stored: StoredRun) -> RunResult:
    """Return the result of a finished run.

    Raises:
        T2SError: another version of t2s wrote the result in a form that this version cannot read.
    """
    try:
        return msgspec.json.decode(stored.result or b"", type=RunResult)
    except msgspec.DecodeError as error:
        message = f"the result of run {stored.id} was written by another version of t2s"
        raise T2SError(message, hint="--restart does the work again.") from error


def refuse_changed(job: Job, plan: Manifest, workspace: Workspace) -> None:
    """Check that a stopped run of the same command line has the same files, model and settings as *plan*.

    Raises:
        T2SError: files, model or settings changed since the stop; the message lists the first five changes.
    """
    stopped = stopped_runs(job, workspace)
    if job.restart or job.allow_changed or not stopped or any(run.id == plan.id for run in stopped):
        return
    changes = _changes(stopped[-1], plan)
    message = f"the run that was stopped here was of something else: {'; '.join(changes[:_SHOWN])}"
    if len(changes) > _SHOWN:
        message += f"; and {len(changes) - _SHOWN} more changes"
    raise T2SError(message, hint=job.accepting_changes)


def stopped_runs(job: Job, workspace: Workspace) -> list[StoredRun]:
    """Return the unfinished runs of the same command line, oldest first."""
    line = job.line
    return [run for run in workspace.ledger if not run.is_whole and run.about is not None and run.about.line == line]


def _changes(run: StoredRun, plan: Manifest) -> tuple[str, ...]:
    try:
        return differences(msgspec.json.decode(run.manifest, type=Manifest), plan)
    except msgspec.ValidationError:
        return ("it was begun by another version of t2s",)
