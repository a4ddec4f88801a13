"""Which of several partitions to keep, and where loose rows that clearly belong somewhere go."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from t2s_local.clusterers._partition import LOOSE
from t2s_local.vectors import unit

if TYPE_CHECKING:
    from t2s_local.vectors import FloatMatrix, IntMatrix

_QUANTILE = 0.05
_MARGIN = 0.05
_CHUNK = 8192


def centroids(points: "FloatMatrix", labels: "IntMatrix") -> "FloatMatrix":
    """Unit mean of the rows of each label, 0 to the largest."""
    sums = np.zeros((int(labels.max()) + 1, points.shape[1]), np.float64)
    members = labels != LOOSE
    order = np.argsort(labels[members], kind="stable")
    sorted_labels = labels[members][order]
    starts = np.searchsorted(sorted_labels, np.arange(len(sums)))
    sums[:] = np.add.reduceat(points[members][order].astype(np.float64), starts, axis=0)
    return unit(sums.astype(np.float32))


def merged(points: "FloatMatrix", labels: "IntMatrix", cosine: float) -> "IntMatrix":
    """Join clusters whose centroids are alike, by average linkage cut at *cosine*."""
    from scipy.cluster.hierarchy import fcluster, linkage

    if labels.max() < 1:
        return labels
    middle = centroids(points, labels)
    distances = np.clip(1.0 - (middle @ middle.T)[np.triu_indices(len(middle), 1)], 0.0, 2.0)
    joined = fcluster(linkage(distances, method="average"), 1.0 - cosine, criterion="distance")
    renamed = np.unique(joined, return_inverse=True)[1]
    return np.where(labels == LOOSE, LOOSE, renamed[labels])


def nearest_two(points: "FloatMatrix", middle: "FloatMatrix") -> tuple["IntMatrix", "FloatMatrix", "FloatMatrix"]:
    """For each row the nearest centroid, its cosine, and the cosine of the second."""
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


def silhouette(points: "FloatMatrix", labels: "IntMatrix") -> float:
    """Simplified silhouette (Hruschka et al. 2004): distances to centroids; loose rows count as 0."""
    if labels.max() < 1:
        return 0.0
    middle = centroids(points, labels)
    best, first, second = nearest_two(points, middle)
    members = labels != LOOSE
    own = np.einsum("nd,nd->n", points[members], middle[labels[members]])
    other = np.where(best[members] == labels[members], second[members], first[members])
    near, far = 1.0 - own, 1.0 - other
    score = (far - near) / np.maximum(np.maximum(near, far), 1e-9)
    return float(score.sum()) / len(labels)


def best_of(points: "FloatMatrix", candidates: Iterable["IntMatrix"]) -> "IntMatrix":
    """The candidate with the best silhouette, the first of equals."""
    best, top = np.full(len(points), LOOSE), -np.inf
    for labels in candidates:
        score = silhouette(points, labels)
        if score > top + 1e-9:
            best, top = labels, score
    return best


def with_loose_placed(points: "FloatMatrix", labels: "IntMatrix") -> "IntMatrix":
    """Put each loose row into its nearest cluster if it lies within that cluster and clearly nearer than to others."""
    if labels.max() < 0 or not (labels == LOOSE).any():
        return labels
    middle = centroids(points, labels)
    members, loose = np.flatnonzero(labels != LOOSE), np.flatnonzero(labels == LOOSE)
    own = np.einsum("nd,nd->n", points[members], middle[labels[members]])
    floors = quantiles(own, labels[members], len(middle), _QUANTILE)
    best, first, second = nearest_two(points[loose], middle)
    fits = (first >= floors[best]) & (first - second >= _MARGIN)
    placed = labels.copy()
    placed[loose[fits]] = best[fits]
    return placed


def quantiles(values: "FloatMatrix", labels: "IntMatrix", n_labels: int, share: float) -> "FloatMatrix":
    """The value below which *share* of each label's rows lie."""
    order = np.lexsort((values, labels))
    sizes = np.bincount(labels, minlength=n_labels)
    starts = np.cumsum(sizes) - sizes
    places = starts + (share * np.maximum(sizes - 1, 0)).astype(np.int64)
    found: FloatMatrix = values[order][places]
    return found
