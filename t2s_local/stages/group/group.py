"""Lessons in, clusters and families out: one cluster is one rule, one family is one subject of work."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from t2s_local.ports.grouping import Clusterer, Embedder
from t2s_local.ports.services import Progress
from t2s_local.ports.writer import Background
from t2s_local.stages.group.claims import split_family
from t2s_local.stages.group.cluster import cluster
from t2s_local.stages.group.dedupe import Unique, dedupe
from t2s_local.stages.group.embed import embed_lessons
from t2s_local.stages.group.stated.attach import attached, both, together, twins, with_twins
from t2s_local.stages.group.subjects.families import families
from t2s_local.stages.group.subjects.regroup import join_subjects, part, rehome
from t2s_local.stages.group.subjects.scope import apart
from t2s_local.values.cluster import Cluster, Clustering, Family
from t2s_local.values.lesson import Lesson, LessonId

if TYPE_CHECKING:
    from t2s_local.vectors.matrix import FloatMatrix


class Grouped(msgspec.Struct, frozen=True, kw_only=True):
    """The lessons of a run, grouped."""

    unique: Unique
    clustering: Clustering
    """Every cluster states one rule; its lessons include those that others absorbed."""
    families: tuple[Family, ...]
    """The same clusters by subject."""


def group(
    background: Background,
    embedder: Embedder,
    clusterer: Clusterer,
    progress: Progress,
    *,
    accepted: frozenset[LessonId] = frozenset(),
    rejected: frozenset[LessonId] = frozenset(),
) -> Grouped:
    """Group the lessons of *background*; their vectors, 1 kB a lesson, are given up when this is done.

    What code found is grouped as it would be without a model. What a model says of the same step is that lesson in
    other words; the rest of a model's lessons is grouped by itself, and joins a subject where it is about one.

    Args:
        background: The lessons, and what is known of their trajectories.
        embedder: Turns lessons into vectors.
        clusterer: Groups them.
        progress: Told how far the work is.
        accepted: Lessons that a person accepted: none of them is left loose.
        rejected: Lessons that a person rejected: no rule holds some of them and lessons with other remedies.

    Raises:
        InterruptedRunError: the user wants the run to stop.
    """
    counted = {key: lesson for key, lesson in background.lessons.items() if not lesson.is_stated}
    stated = [lesson for lesson in background.lessons.values() if lesson.is_stated]
    if not stated or not counted:
        return _grouped(background, embedder, clusterer, progress, accepted, rejected)
    first = _grouped(
        msgspec.structs.replace(background, lessons=counted), embedder, clusterer, progress, accepted, rejected
    )
    found = twins(stated, counted.values())
    rest = {lesson.id: lesson for lesson in stated if lesson.id not in found}
    other = _grouped(
        msgspec.structs.replace(background, lessons=rest), embedder, clusterer, progress, accepted, rejected
    )
    clusters = with_twins(first.clustering.clusters, found)
    families = (*attached(first.families, clusters), *other.families)
    return Grouped(
        unique=both(first.unique, other.unique, found),
        clustering=together(first.clustering, other.clustering, (*clusters.values(), *other.clustering.clusters)),
        families=apart(join_subjects(families, background), background) if other.families else families,
    )


def _grouped(
    background: Background,
    embedder: Embedder,
    clusterer: Clusterer,
    progress: Progress,
    accepted: frozenset[LessonId],
    rejected: frozenset[LessonId],
) -> Grouped:
    lessons = tuple(background.lessons.values())
    progress.stage("embed", len(lessons))
    vectors = embed_lessons(lessons, embedder)
    progress.step(len(lessons))
    unique = dedupe(lessons, vectors)
    progress.stage("cluster", len(unique.kept))
    grouped = group_vectors(
        background, unique, vectors[list(unique.rows)], clusterer, accepted=accepted, rejected=rejected
    )
    progress.step(len(unique.kept))
    return grouped


def group_vectors(
    background: Background,
    unique: Unique,
    rows: "FloatMatrix",
    clusterer: Clusterer,
    *,
    accepted: frozenset[LessonId] = frozenset(),
    rejected: frozenset[LessonId] = frozenset(),
) -> Grouped:
    """Group lessons whose vectors are known.

    Args:
        background: The lessons, and what is known of their trajectories.
        unique: The lessons without duplicates.
        rows: Vectors of ``unique.kept``, in that order.
        clusterer: Groups the rows.
        accepted: As for :func:`group`.
        rejected: As for :func:`group`.
    """
    clustering = cluster(unique, rows, lessons=background.lessons, clusterer=clusterer, accepted=accepted)
    whole = [_with_absorbed(family, unique) for family in families(clustering, unique, rows)]
    ruled = [in_rules(family, background, rejected) for family in join_subjects(whole, background)]
    subjects = apart(join_subjects(part(rehome(ruled, background), background), background), background)
    by_subject = tuple(in_rules(family, background, rejected) for family in subjects)
    clusters = sorted(
        (item for family in by_subject for item in family.clusters), key=lambda item: (-item.support, item.id)
    )
    return Grouped(
        unique=unique,
        clustering=msgspec.structs.replace(clustering, clusters=tuple(clusters)),
        families=by_subject,
    )


def _with_absorbed(family: Family, unique: Unique) -> Family:
    """Return *family* with the lessons that others absorbed after those that absorbed them."""
    return msgspec.structs.replace(
        family, clusters=tuple(_cluster_with_absorbed(item, unique.absorbed) for item in family.clusters)
    )


def _cluster_with_absorbed(item: Cluster, absorbed: Mapping[LessonId, tuple[LessonId, ...]]) -> Cluster:
    ids = dict.fromkeys(lesson_id for kept in item.lesson_ids for lesson_id in (kept, *absorbed.get(kept, ())))
    return msgspec.structs.replace(item, lesson_ids=tuple(ids))


def in_rules(family: Family, background: Background, rejected: frozenset[LessonId] = frozenset()) -> Family:
    """Cut the clusters of *family* into rules, and count the support of each from all its lessons."""
    split = split_family(family, [background.members((item,)) for item in family.clusters], apart=rejected)
    return msgspec.structs.replace(
        split, clusters=tuple(_counted(item, background.members((item,))) for item in split.clusters)
    )


def _counted(item: Cluster, lessons: tuple[Lesson, ...]) -> Cluster:
    runs = {run for lesson in lessons for run in lesson.supporters}
    tasks = {task for lesson in lessons for task in lesson.task_ids}
    return msgspec.structs.replace(item, support=len(runs), task_support=len(tasks))
