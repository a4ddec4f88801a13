"""The second look at loose rows: some clearly belong to a group, some make small groups of their own."""

from typing import TYPE_CHECKING

import numpy as np

from t2s_local.clusterers._partition import LOOSE
from t2s_local.clusterers.linkage import linkage_tree
from t2s_local.vectors import unit

if TYPE_CHECKING:
    from t2s_local.vectors import FloatMatrix, IntMatrix

_QUANTILE = 0.05
_MARGIN = 0.05
_SURE = 0.55
"""Mean cosine at which loose rows are one lesson: above the usual .4, for these have been looked at once already."""
_MOST = 6_000
"""Loose rows that are compared pair by pair; more stay as they are."""
_CHUNK = 8192


def placed(points: "FloatMatrix", labels: "IntMatrix") -> "IntMatrix":
    """Put each loose row into its nearest group if it lies as near as a member and clearly nearer than to others."""
    loose = np.flatnonzero(labels == LOOSE)
    if labels.max() < 0 or not loose.size:
        return labels
    middle = centroids(points, labels)
    members = np.flatnonzero(labels != LOOSE)
    own = np.einsum("nd,nd->n", points[members], middle[labels[members]])
    floors = quantiles(own, labels[members], len(middle), _QUANTILE)
    best, first, second = nearest_two(points[loose], middle)
    fits = (first >= floors[best]) & (first - second >= _MARGIN)
    found = labels.copy()
    found[loose[fits]] = best[fits]
    return found


def linked(points: "FloatMatrix", labels: "IntMatrix", *, min_size: int) -> "IntMatrix":
    """Group loose rows that are surely alike, by average linkage."""
    from scipy.cluster.hierarchy import fcluster

    loose = np.flatnonzero(labels == LOOSE)
    if not 2 <= loose.size <= _MOST:
        return labels
    groups = fcluster(linkage_tree(points[loose]), 1.0 - _SURE, criterion="distance")
    kept = np.bincount(groups)[groups] >= min_size
    found = labels.copy()
    found[loose[kept]] = labels.max() + groups[kept]
    return found


def centroids(points: "FloatMatrix", labels: "IntMatrix") -> "FloatMatrix":
    """Unit mean of the rows of each label, 0 to the largest."""
    members = np.flatnonzero(labels != LOOSE)
    order = members[np.argsort(labels[members], kind="stable")]
    starts = np.searchsorted(labels[order], np.arange(int(labels.max()) + 1))
    return unit(np.add.reduceat(points[order], starts, axis=0))


def nearest_two(points: "FloatMatrix", middle: "FloatMatrix") -> tuple["IntMatrix", "FloatMatrix", "FloatMatrix"]:
    """For each row the nearest centroid, its cosine, and the cosine of the second; -1 where there is no second."""
    best = np.empty(len(points), np.int64)
    first, second = np.empty(len(points), np.float32), np.empty(len(points), np.float32)
    for start in range(0, len(points), _CHUNK):
        part = slice(start, start + _CHUNK)
        cosines = points[part] @ middle.T
        best[part] = cosines.argmax(axis=1)
        at = np.arange(len(cosines)), best[part]
        first[part] = cosines[at]
        cosines[at] = -1.0
        second[part] = cosines.max(axis=1)
    return best, first, second


def quantiles(values: "FloatMatrix", labels: "IntMatrix", n_labels: int, share: float) -> "FloatMatrix":
    """The value below which *share* of each label's rows lie."""
    order = np.lexsort((values, labels))
    sizes = np.bincount(labels, minlength=n_labels)
    starts = np.cumsum(sizes) - sizes
    places = starts + (share * np.maximum(sizes - 1, 0)).astype(np.int64)
    found: FloatMatrix = values[order][places]
    return found
