"""Memberships: the strength with which a lesson belongs to each of the nearest clusters."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from t2s_local.values.cluster import Cluster, ClusterId
from t2s_local.values.lesson import LessonId
from t2s_local.values.value import Value
from t2s_local.vectors.centroids import centroids

if TYPE_CHECKING:
    from t2s_local.vectors.matrix import FloatMatrix

_NEAREST = 3
_SMALLEST = 1e-6
"""Least squared distance, so that a lesson at a centre has a finite strength."""


class Membership(Value, frozen=True, kw_only=True):
    """Share of a lesson that belongs to a cluster."""

    cluster: ClusterId
    strength: float
    """Strength in (0, 1]; the strengths of one lesson sum to 1. A lesson with .33 for three clusters fits none."""


def memberships(
    ids: Sequence[LessonId], vectors: "FloatMatrix", clusters: Sequence[Cluster]
) -> dict[LessonId, tuple[Membership, ...]]:
    """Return the strength of each lesson, loose or not, in the three nearest clusters, strongest first.

    The memberships of fuzzy c-means with m = 2 (Bezdek 1981): shares of the inverse squared distances to the centres.

    Args:
        ids: The lessons, in the order of the rows.
        vectors: Unit rows.
        clusters: The clusters; their order does not matter. Lessons without a row, such as absorbed ones, are ignored.
    """
    if not clusters:
        return {one: () for one in ids}
    with_rows = set(ids)
    ordered = sorted((item for item in clusters if with_rows.intersection(item.lesson_ids)), key=lambda item: item.id)
    middle = _centres(ids, vectors, ordered)
    found: dict[LessonId, tuple[Membership, ...]] = {}
    for one, row in zip(ids, vectors, strict=True):
        apart = np.maximum(2.0 - 2.0 * (middle @ row), _SMALLEST)
        nearest = np.argsort(apart, kind="stable")[:_NEAREST]
        shares = 1.0 / apart[nearest]
        shares /= shares.sum()
        found[one] = tuple(
            Membership(cluster=ordered[at].id, strength=round(float(share), 3))
            for at, share in zip(nearest.tolist(), shares, strict=True)
        )
    return found


def _centres(ids: Sequence[LessonId], vectors: "FloatMatrix", clusters: Sequence[Cluster]) -> "FloatMatrix":
    places: Mapping[LessonId, int] = {one: row for row, one in enumerate(ids)}
    labels = np.full(len(ids), -1, np.int64)
    for label, item in enumerate(clusters):
        labels[[places[one] for one in item.lesson_ids if one in places]] = label
    return centroids(vectors, labels)
