"""The second look at loose rows: some clearly belong to a group, some make small groups of their own."""

from typing import TYPE_CHECKING

import numpy as np

from t2s_local.clusterers._grouping.dendrogram import bounded, linkage_tree
from t2s_local.clusterers._grouping.partition import LOOSE
from t2s_local.vectors.centroids import centroids, nearest_two, quantiles, to_own

if TYPE_CHECKING:
    from t2s_local.vectors.matrix import FloatMatrix, IntMatrix

_QUANTILE = 0.05
_MARGIN = 0.05
_SURE = 0.55
"""Mean cosine at which loose rows are one lesson: above the usual .4, for these have been looked at once already."""
_MOST = 3_000
"""Loose rows that are compared pair by pair; more stay as they are."""


def placed(points: "FloatMatrix", labels: "IntMatrix", *, largest: int) -> "IntMatrix":
    """Put each loose row into its nearest group if it lies as near as a member and clearly nearer than to others.

    No group grows beyond *largest* rows by it: the nearest come in, the others stay loose.
    """
    loose = np.flatnonzero(labels == LOOSE)
    if labels.max() < 0 or not loose.size:
        return labels
    middle = centroids(points, labels)
    members = np.flatnonzero(labels != LOOSE)
    own = to_own(points[members], labels[members], middle)
    floors = quantiles(own, labels[members], len(middle), _QUANTILE)
    best, first, second = nearest_two(points[loose], middle)
    fits = (first >= floors[best]) & (first - second >= _MARGIN)
    loose, best = loose[fits], best[fits]
    nearest_first = np.lexsort((-first[fits], best))
    sizes = np.bincount(best, minlength=len(middle))
    place = np.arange(len(best)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    room = np.maximum(largest - np.bincount(labels[members], minlength=len(middle)), 0)
    coming = nearest_first[place < np.repeat(room, sizes)]
    found = labels.copy()
    found[loose[coming]] = best[coming]
    return found


def linked(points: "FloatMatrix", labels: "IntMatrix", *, min_size: int, largest: int) -> "IntMatrix":
    """Group loose rows that are surely alike, by average linkage; what becomes larger than *largest* is taken apart."""
    from scipy.cluster.hierarchy import fcluster

    loose = np.flatnonzero(labels == LOOSE)
    if not 2 <= loose.size <= _MOST:
        return labels
    tree = linkage_tree(points[loose])
    groups = 1 + bounded(tree, fcluster(tree, 1.0 - _SURE, criterion="distance").astype(np.int64) - 1, limit=largest)
    kept = np.bincount(groups)[groups] >= min_size
    found = labels.copy()
    found[loose[kept]] = labels.max() + groups[kept]
    return found
