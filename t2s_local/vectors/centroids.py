"""Centroids of labelled rows, and the cosines of rows to centroids."""

from typing import TYPE_CHECKING

import numpy as np

from t2s_local.vectors.matrix import unit

if TYPE_CHECKING:
    from t2s_local.vectors.matrix import FloatMatrix, IntMatrix

_LONG_CHUNK = 8192


def centroids(points: "FloatMatrix", labels: "IntMatrix") -> "FloatMatrix":
    """Return the unit mean of the rows of each label, from 0 to the largest; negative labels are ignored."""
    from scipy.sparse import csr_array

    n_labels = int(labels.max()) + 1
    members = np.flatnonzero(labels >= 0)
    of = labels[members], members
    chosen = csr_array((np.ones(len(members), np.float32), of), shape=(n_labels, len(points)))
    return unit(chosen @ points)


def to_own(points: "FloatMatrix", labels: "IntMatrix", middle: "FloatMatrix") -> "FloatMatrix":
    """Return the cosine of each row to the centroid of its label."""
    found = np.empty(len(points), np.float32)
    for start in range(0, len(points), _LONG_CHUNK):
        part = slice(start, start + _LONG_CHUNK)
        found[part] = np.einsum("nd,nd->n", points[part], middle[labels[part]])
    return found


def nearest_two(points: "FloatMatrix", middle: "FloatMatrix") -> tuple["IntMatrix", "FloatMatrix", "FloatMatrix"]:
    """Return for each row the nearest centroid, its cosine, and the cosine of the second nearest or -1."""
    best = np.empty(len(points), np.int64)
    first, second = np.empty(len(points), np.float32), np.empty(len(points), np.float32)
    for start in range(0, len(points), _LONG_CHUNK):
        part = slice(start, start + _LONG_CHUNK)
        cosines = points[part] @ middle.T
        best[part] = cosines.argmax(axis=1)
        at = np.arange(len(cosines)), best[part]
        first[part] = cosines[at]
        cosines[at] = -1.0
        second[part] = cosines.max(axis=1)
    return best, first, second


def quantiles(values: "FloatMatrix", labels: "IntMatrix", n_labels: int, share: float) -> "FloatMatrix":
    """Return for each label the value below which the *share* of the values of its rows lies."""
    order = np.lexsort((values, labels))
    sizes = np.bincount(labels, minlength=n_labels)
    starts = np.cumsum(sizes) - sizes
    places = starts + (share * np.maximum(sizes - 1, 0)).astype(np.int64)
    found: FloatMatrix = values[order][places]
    return found
