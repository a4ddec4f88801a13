"""Assign loose rows (noise of the first clustering) to clearly matching groups, or to new small groups."""

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
"""Mean cosine at which loose rows form a group: above the usual .4, because the first clustering did not group them."""
_MOST = 3_000
"""Largest number of loose rows that are compared pair by pair; above it, loose rows are not changed."""


def placed(points: "FloatMatrix", labels: "IntMatrix", *, largest: int) -> "IntMatrix":
    """Return labels with loose rows put into the nearest group if they are as near as its members.

    A row must also be clearly nearer to this group than to the second nearest. No group grows beyond *largest* rows:
    the nearest rows are added, the others are left loose.
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
    """Return labels with new groups of clearly similar loose rows, by average linkage.

    Groups of more than *largest* rows are divided; rows in groups of fewer than *min_size* rows are left loose.
    """
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
