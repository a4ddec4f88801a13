"""Attachment of a model's lesson to the code's lesson on the same step, as another wording of that lesson."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from t2s_local.stages.group.dedupe import Unique
from t2s_local.values.cluster import Cluster, ClusterId, Clustering, Family
from t2s_local.values.lesson import Duplicate, Lesson, LessonId

Place = tuple[str, str, int]
"""Polarity, trajectory, and index of the step with the mistake or the user's words."""
_TELLING = ("action", "correction", "observation")


def twins(stated: Iterable[Lesson], counted: Iterable[Lesson]) -> dict[LessonId, LessonId]:
    """Return for lessons of *stated* the lesson of *counted* on the same step of the same run, where it exists."""
    places: dict[Place, LessonId] = {}
    for lesson in counted:
        for place in _places(lesson):
            places[place] = min(lesson.id, places.get(place, lesson.id))
    found = {lesson.id: [places[place] for place in _places(lesson) if place in places] for lesson in stated}
    return {lesson_id: known[0] for lesson_id, known in found.items() if known}


def _places(lesson: Lesson) -> list[Place]:
    """Return the places of *lesson*, the most specific first; none for a lesson of many runs."""
    if len(lesson.trajectory_ids) > 1:
        return []
    ordered = sorted(lesson.evidence, key=lambda quote: (quote.role not in _TELLING, quote.role, quote.step))
    return [(lesson.polarity, quote.trajectory_id, quote.step) for quote in ordered if quote.role in _TELLING]


def with_twins(clusters: Sequence[Cluster], found: Mapping[LessonId, LessonId]) -> dict[ClusterId, Cluster]:
    """Return clusters by id, each with the model's wordings after its lessons; the support does not change."""
    behind: dict[LessonId, list[LessonId]] = {}
    for stated, counted in sorted(found.items()):
        behind.setdefault(counted, []).append(stated)
    return {
        item.id: msgspec.structs.replace(
            item, lesson_ids=(*item.lesson_ids, *(one for known in item.lesson_ids for one in behind.get(known, ())))
        )
        for item in clusters
    }


def attached(families: Sequence[Family], clusters: Mapping[ClusterId, Cluster]) -> tuple[Family, ...]:
    """Return *families* with each cluster replaced by the cluster of the same id in *clusters*."""
    return tuple(
        msgspec.structs.replace(family, clusters=tuple(clusters[item.id] for item in family.clusters))
        for family in families
    )


def both(first: Unique, other: Unique, found: Mapping[LessonId, LessonId]) -> Unique:
    """Return the lessons of both groupings, with each model's lesson in *found* absorbed by the code's lesson."""
    duplicates = [Duplicate(kept=known, absorbed=stated, similarity=1.0) for stated, known in found.items()]
    absorbed = {**first.absorbed, **other.absorbed}
    for stated, known in sorted(found.items()):
        absorbed[known] = (*absorbed.get(known, ()), stated)
    return Unique(
        kept=(*first.kept, *other.kept),
        rows=(*first.rows, *(len(first.rows) + row for row in other.rows)),
        weights=(*first.weights, *other.weights),
        duplicates=tuple(sorted((*first.duplicates, *other.duplicates, *duplicates), key=lambda item: item.absorbed)),
        absorbed=absorbed,
    )


def together(first: Clustering, other: Clustering, clusters: Iterable[Cluster]) -> Clustering:
    """Return both clusterings as one, with *clusters* instead of their own clusters."""
    return msgspec.structs.replace(
        first,
        clusters=tuple(sorted(clusters, key=lambda item: (-item.support, item.id))),
        loose=tuple(sorted((*first.loose, *other.loose))),
        contradictions=(*first.contradictions, *other.contradictions),
    )
