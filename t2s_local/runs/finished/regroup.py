"""Group the lessons of a finished run again with current settings; nothing is written."""

from typing import TYPE_CHECKING

import msgspec

from t2s_local.ports.grouping import Clusterer, Embedder
from t2s_local.runs.finished.stored import stored_background
from t2s_local.runs.previous import previous_run
from t2s_local.stages.group.dedupe import Unique, dedupe
from t2s_local.stages.group.embed import embed_lessons
from t2s_local.stages.group.group import group_vectors
from t2s_local.stages.group.identity import inherited_ids, renamed
from t2s_local.values.cluster import Clustering
from t2s_local.values.lesson import Lesson, LessonId
from t2s_local.workspace import Workspace

if TYPE_CHECKING:
    from t2s_local.vectors.matrix import FloatMatrix


class Regrouped(msgspec.Struct, frozen=True, kw_only=True):
    """Lessons of a run in clusters, with the vectors they were clustered by."""

    lessons: dict[LessonId, Lesson]
    unique: Unique
    vectors: "FloatMatrix"
    """Unit vectors, one row for each lesson of ``unique.kept``, in that order."""
    clustering: Clustering
    """Clusters; a cluster that the newest run also has keeps that run's id."""


def regroup(workspace: Workspace, run: str | None, embedder: Embedder, clusterer: Clusterer) -> Regrouped:
    """Group the lessons of a run.

    Args:
        workspace: Where the run was made.
        run: Beginning of the run's id; None for the newest run.
        embedder: Turns lessons into vectors.
        clusterer: Groups the vectors.

    Raises:
        UsageError: there is no such run.
        NothingFoundError: the run found no lesson.
    """
    background, previous = stored_background(workspace, run), previous_run(workspace)
    lessons = tuple(background.lessons.values())
    vectors = embed_lessons(lessons, embedder)
    unique = dedupe(lessons, vectors)
    rows = vectors[list(unique.rows)]
    grouped = group_vectors(background, unique, rows, clusterer).clustering
    ids = inherited_ids(grouped.clusters, previous.known_to(lessons))
    return Regrouped(lessons=background.lessons, unique=unique, vectors=rows, clustering=renamed(grouped, ids))
