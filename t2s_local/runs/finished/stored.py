"""Read stored results, lessons and outlines of finished runs from a workspace."""

from collections.abc import Iterable

import msgspec

from t2s_local.errors import NothingFoundError, T2SError
from t2s_local.ports.writer import Background
from t2s_local.runs.previous import result_of
from t2s_local.runs.result import RunResult
from t2s_local.stages.compose.independence import origins
from t2s_local.stages.extract.extract import KIND as EXTRACTION
from t2s_local.stages.intake.corpus import Outline
from t2s_local.stages.intake.intake import KIND as INTAKE
from t2s_local.stages.intake.intake import Intake
from t2s_local.stages.naming.harnesses.harnesses import harnesses_of
from t2s_local.stages.naming.projects import project_names
from t2s_local.values.lesson import Extraction, Lesson, LessonId
from t2s_local.workspace import StoredRun, Workspace

LESSON_INDEX = "lesson index"
"""Item kind in the store. Key: run id. Value: lesson id to the key of the extraction that contains it, as JSON."""


def finished_run(workspace: Workspace, run: str | None) -> tuple[StoredRun, RunResult]:
    """Return a finished run and its result.

    Args:
        workspace: Where the run was made.
        run: Beginning of the run's id; None for the newest finished run.

    Raises:
        NothingFoundError: no run is finished, or the named run is not finished.
        T2SError: another version wrote its result.
        UsageError: there is no such run.
    """
    named = [workspace.ledger.find(run)] if run is not None else list(workspace.ledger)
    whole = [one for one in named if one.result is not None and one.finished is not None]
    if not whole:
        message = "no run is finished" if run is None else f"run {named[0].id} is not finished"
        raise NothingFoundError(message, hint="`t2s distill` makes one.")
    newest = max(whole, key=lambda one: (one.finished or 0.0, one.id))
    return newest, result_of(newest)


def stored_lessons(workspace: Workspace, run_id: str, wanted: Iterable[LessonId]) -> dict[LessonId, Lesson]:
    """Return the lessons *wanted* of a finished run; only the extractions that contain them are read.

    Raises:
        T2SError: the run was made by an earlier version, or its texts were not kept.
    """
    index = workspace.item(LESSON_INDEX, run_id)
    if index is None:
        message = f"the lessons of run {run_id} cannot be looked up one by one"
        raise T2SError(message, hint="`t2s distill … --restart` makes the run again; --no-keep-text keeps no lessons.")
    keys = msgspec.json.decode(index, type=dict[LessonId, str])
    sought = set(wanted)
    found: dict[LessonId, Lesson] = {}
    for key in sorted({keys[one] for one in sought if one in keys}):
        stored = workspace.item(EXTRACTION, key)
        if stored is not None:
            lessons = msgspec.json.decode(stored, type=Extraction).lessons
            found |= {lesson.id: lesson for lesson in lessons if lesson.id in sought}
    return found


def stored_all_lessons(workspace: Workspace, run_id: str) -> dict[LessonId, Lesson]:
    """Return every lesson that the analysts stated in a run, by id."""
    lessons: dict[LessonId, Lesson] = {}
    for item in workspace.items(EXTRACTION, run_id=run_id):
        for lesson in msgspec.json.decode(item, type=Extraction).lessons:
            lessons[lesson.id] = lesson
    return {lesson_id: lessons[lesson_id] for lesson_id in sorted(lessons)}


def stored_outlines(workspace: Workspace, run_id: str) -> tuple[Outline, ...]:
    """Return outlines of the trajectories that a run learned from, without their steps."""
    intakes = [msgspec.json.decode(item, type=Intake) for item in workspace.items(INTAKE, run_id=run_id)]
    return tuple(outline for intake in intakes for outline in intake.outlines)


def stored_background(workspace: Workspace, run: str | None) -> Background:
    """Return the lessons of a run with the facts about their trajectories.

    Args:
        workspace: Where the run was made.
        run: Beginning of the run's id; None for the newest run.

    Raises:
        UsageError: there is no such run.
        NothingFoundError: the run found no lesson.
    """
    found = stored_facts(workspace, run)
    if not found.lessons:
        message = f"run {workspace.ledger.find(run).id} has no lessons"
        raise NothingFoundError(message, hint="`t2s runs ls` lists the runs of the workspace.")
    return found


def stored_facts(workspace: Workspace, run: str | None) -> Background:
    """Return the lessons of a run (perhaps none) and the facts about its trajectories.

    Arguments as for `stored_background`.

    Raises:
        UsageError: there is no such run.
    """
    stored = workspace.ledger.find(run)
    lessons = stored_all_lessons(workspace, stored.id)
    outlines = stored_outlines(workspace, stored.id)
    return Background(
        lessons=lessons,
        outcomes={outline.id: outline.outcome for outline in outlines},
        tasks={outline.id: outline.task for outline in outlines},
        origins=origins(outlines),
        projects=project_names(outlines),
        harnesses=harnesses_of(outlines),
        tools={outline.id: outline.tools for outline in outlines if outline.tools},
        days={outline.id: outline.day for outline in outlines if outline.day is not None},
    )
