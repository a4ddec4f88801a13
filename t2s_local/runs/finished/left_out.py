"""Runs from which a finished run learned nothing, by reason; all of them that the store still contains."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

import msgspec

from t2s_local.runs.finished.stored import stored_all_lessons, stored_outlines
from t2s_local.runs.result import RunResult
from t2s_local.stages.extract.extract import KIND, STAGE
from t2s_local.stages.intake.corpus import Outline
from t2s_local.values.funnel import Loss
from t2s_local.values.lesson import Extraction, Lesson, supporting_runs
from t2s_local.values.trajectory import TrajectoryId
from t2s_local.workspace import Workspace

IDLE = "run that no lesson rests on"


def left_out(workspace: Workspace, run_id: str, result: RunResult) -> tuple[Loss, ...]:
    """Return the losses of a run that name recorded runs, with every run that the store still has, in stage order.

    The last loss lists the runs that led to no lesson.
    """
    every = _refused_runs(workspace, run_id) if any(loss.n_unnamed for loss in result.funnel.losses) else {}
    losses = tuple(_whole(loss, every) for loss in result.funnel.losses if loss.trajectory_ids)
    if not result.has_text:
        return losses
    idle = idle_runs(stored_all_lessons(workspace, run_id).values(), stored_outlines(workspace, run_id))
    ids = tuple(outline.id for outline in idle)
    return (*losses, *([Loss(stage=STAGE, reason=IDLE, count=len(ids), trajectory_ids=ids)] if ids else []))


def idle_runs(lessons: Iterable[Lesson], outlines: Iterable[Outline]) -> list[Outline]:
    """Return the outlines of the runs that support none of *lessons*."""
    teaching = supporting_runs(lessons)
    return [outline for outline in outlines if outline.id not in teaching]


def _refused_runs(workspace: Workspace, run_id: str) -> dict[str, set[TrajectoryId]]:
    """Return the runs of every refusal that an analyst's stored results name, by reason."""
    found: defaultdict[str, set[TrajectoryId]] = defaultdict(set)
    for item in workspace.items(KIND, run_id=run_id):
        for refusal in msgspec.json.decode(item, type=Extraction).refused:
            found[refusal.reason].update(refusal.trajectory_ids)
    return found


def _whole(loss: Loss, every: Mapping[str, set[TrajectoryId]]) -> Loss:
    if loss.stage != STAGE or not loss.n_unnamed:
        return loss
    runs = sorted({*loss.trajectory_ids, *every.get(loss.reason, ())})
    n_named = len(runs) - len(loss.trajectory_ids)
    return msgspec.structs.replace(loss, trajectory_ids=tuple(runs), n_unnamed=max(loss.n_unnamed - n_named, 0))
