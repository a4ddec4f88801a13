"""Lessons of a run, as its workspace stores them."""

import msgspec

from t2s_local.errors import NothingFoundError
from t2s_local.ports.writer import Background
from t2s_local.stages.compose.independence import origins
from t2s_local.stages.extract.extract import KIND as EXTRACTION
from t2s_local.stages.intake.intake import KIND as INTAKE
from t2s_local.stages.intake.intake import Intake
from t2s_local.values.lesson import Extraction, Lesson, LessonId
from t2s_local.workspace import Workspace


def stored_background(workspace: Workspace, run: str | None) -> Background:
    """Return the lessons of a run with what is known of their trajectories.

    Args:
        workspace: Where the run was made.
        run: Beginning of its id; None for the newest run.

    Raises:
        UsageError: there is no such run.
        NothingFoundError: it found no lesson.
    """
    stored = workspace.ledger.find(run)
    lessons: dict[LessonId, Lesson] = {}
    for item in workspace.items(EXTRACTION, run_id=stored.id):
        for lesson in msgspec.json.decode(item, type=Extraction).lessons:
            lessons[lesson.id] = lesson
    if not lessons:
        message = f"run {stored.id} has no lessons"
        raise NothingFoundError(message, hint="`t2s runs ls` lists the runs of the workspace.")
    intakes = [msgspec.json.decode(item, type=Intake) for item in workspace.items(INTAKE, run_id=stored.id)]
    outlines = [outline for intake in intakes for outline in intake.outlines]
    return Background(
        lessons={lesson_id: lessons[lesson_id] for lesson_id in sorted(lessons)},
        outcomes={outline.id: outline.outcome for outline in outlines},
        tasks={outline.id: outline.task for outline in outlines},
        origins=origins(outlines),
    )
