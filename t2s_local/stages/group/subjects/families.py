"""Families: clusters on one subject, each family the source of one skill."""

from typing import TYPE_CHECKING

import numpy as np

from t2s_local.stages.group.dedupe import Unique
from t2s_local.values.cluster import Cluster, Clustering, Family
from t2s_local.values.value import digest
from t2s_local.vectors.matrix import unit

if TYPE_CHECKING:
    from t2s_local.vectors.matrix import FloatMatrix

ONE_SUBJECT = 0.35
"""Least mean cosine of clusters that share a subject, after the mean of all vectors was subtracted."""
LARGEST = 6
"""Most clusters of a skill: more do not read as one subject."""


def families(
    clustering: Clustering,
    unique: Unique,
    vectors: "FloatMatrix",
    *,
    alike: float = ONE_SUBJECT,
    largest: int = LARGEST,
) -> tuple[Family, ...]:
    """Group clusters on one subject into families of at most *largest* clusters.

    Args:
        clustering: The clusters.
        unique: The lessons in them.
        vectors: The rows of ``unique.kept``.
        alike: Least mean cosine of two branches that are joined into one family.
        largest: Most clusters in one family.

    Returns:
        Families by the support of their strongest cluster, then id; every cluster is in exactly one family.
    """
    clusters = sorted(clustering.clusters, key=lambda item: item.id)
    groups = _grouped(_centroids(clusters, unique, vectors), alike, largest)
    found = [_family([clusters[at] for at in group]) for group in groups]
    return tuple(sorted(found, key=lambda family: (-family.clusters[0].support, family.id)))


def _family(clusters: list[Cluster]) -> Family:
    return Family(
        id=digest(*sorted(item.id for item in clusters)),
        clusters=tuple(sorted(clusters, key=lambda item: (-item.support, item.id))),
    )


def _centroids(clusters: list[Cluster], unique: Unique, vectors: "FloatMatrix") -> "FloatMatrix":
    rows = {lesson.id: row for row, lesson in enumerate(unique.kept)}
    means = np.zeros((len(clusters), vectors.shape[1]), np.float32)
    for at, item in enumerate(clusters):
        means[at] = unit(vectors[[rows[one] for one in item.lesson_ids]].sum(axis=0, keepdims=True))[0]
    if len(clusters) < 3:
        return means
    return unit(means - means.mean(axis=0))


def _grouped(middle: "FloatMatrix", alike: float, largest: int) -> list[list[int]]:
    """Return the largest branches of the average-linkage tree that are similar and small enough."""
    n = len(middle)
    if n < 2:
        return [[at] for at in range(n)]
    from scipy.cluster.hierarchy import linkage

    distances = np.clip(1.0 - (middle @ middle.T)[np.triu_indices(n, 1)], 0.0, 2.0)
    members = {at: [at] for at in range(n)}
    whole: list[list[int]] = []
    for step, (left, right, height, size) in enumerate(linkage(distances, method="average").tolist()):
        one, two = members.pop(int(left), None), members.pop(int(right), None)
        if one is not None and two is not None and height <= 1.0 - alike and size <= largest:
            members[n + step] = one + two
        else:
            whole += [part for part in (one, two) if part is not None]
    return whole + list(members.values())
