"""Pure functions on matrices of unit vectors that several rooms share: checks, unit rows, nearest neighbours."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from t2s_local.cells import nearest_in_cells, smallest

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatMatrix = NDArray[np.float32]
    IntMatrix = NDArray[np.int64]

ONE_THREAD_BELOW = 20_000
EXACT_BELOW = 5_000
"""Up to here neighbours are exact; above, they are sought in cells, in near-linear time."""
_CHUNK = 1024
_LONG_CHUNK = 8192


def check(vectors: "FloatMatrix") -> None:
    """Refuse a matrix no clusterer can work on.

    Raises:
        ValueError: not two axes, a value that is not finite, or a row that is not of unit length; the row is named.
    """
    if vectors.ndim != 2:
        message = f"vectors must have two axes, not {vectors.ndim}"
        raise ValueError(message)
    broken = np.flatnonzero(~np.isfinite(vectors).all(axis=1))
    if broken.size:
        message = f"row {broken[0]} holds a value that is not finite"
        raise ValueError(message)
    lengths = np.sqrt(np.einsum("nd,nd->n", vectors, vectors))
    wrong = np.flatnonzero(np.abs(lengths - 1.0) > 1e-3)
    if wrong.size:
        message = f"row {wrong[0]} has length {lengths[wrong[0]]:.3g}, not 1"
        raise ValueError(message)


def unit(rows: "FloatMatrix") -> "FloatMatrix":
    """Scale every row to unit length, as float32; a row of zeros becomes the last axis, which is next to no text."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    scaled: FloatMatrix = np.divide(rows, lengths, out=np.zeros_like(rows, dtype=np.float32), where=lengths > 1e-12)
    scaled[lengths[:, 0] <= 1e-12, -1:] = 1.0
    return scaled


@contextmanager
def threads_for(n: int) -> Iterator[None]:
    """Use one thread for fewer than 20,000 rows: on a busy machine two threads wait for each other 17 times longer."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1 if n < ONE_THREAD_BELOW else None):
        yield


def neighbours(vectors: "FloatMatrix", k: int) -> tuple["IntMatrix", "FloatMatrix"]:
    """Find the nearest other rows of each row.

    Args:
        vectors: Shape ``(n, d)``, unit rows.
        k: How many; fewer are found where there are fewer other rows.

    Returns:
        Rows and their cosines, shape ``(n, min(k, n - 1))`` each, nearest first. Above ``EXACT_BELOW`` rows a few are
        missed; a row with fewer candidates repeats its nearest one.
    """
    n = len(vectors)
    k = min(k, n - 1)
    if k < 1:
        return np.empty((n, 0), np.int64), np.empty((n, 0), np.float32)
    with threads_for(n):
        return _exact(vectors, k) if n <= EXACT_BELOW else nearest_in_cells(vectors, k, n_threads=_n_threads())


def _exact(vectors: "FloatMatrix", k: int) -> tuple["IntMatrix", "FloatMatrix"]:
    n = len(vectors)
    rows, cosines = np.empty((n, k), np.int64), np.empty((n, k), np.float32)
    for start in range(0, n, _CHUNK):
        far = -(vectors[start : start + _CHUNK] @ vectors.T)
        far[np.arange(len(far)), start + np.arange(len(far))] = np.inf
        rows[start : start + _CHUNK], found = smallest(far, k)
        cosines[start : start + _CHUNK] = -found
    return rows, cosines


def _n_threads() -> int:
    from faiss import omp_get_max_threads

    return int(omp_get_max_threads())


def centroids(points: "FloatMatrix", labels: "IntMatrix") -> "FloatMatrix":
    """Unit mean of the rows of each label, 0 to the largest; rows with a negative label belong to none."""
    from scipy.sparse import csr_array

    n_labels = int(labels.max()) + 1
    members = np.flatnonzero(labels >= 0)
    of = labels[members], members
    chosen = csr_array((np.ones(len(members), np.float32), of), shape=(n_labels, len(points)))
    return unit(chosen @ points)


def to_own(points: "FloatMatrix", labels: "IntMatrix", middle: "FloatMatrix") -> "FloatMatrix":
    """Cosine of each row to the centroid of its label."""
    found = np.empty(len(points), np.float32)
    for start in range(0, len(points), _LONG_CHUNK):
        part = slice(start, start + _LONG_CHUNK)
        found[part] = np.einsum("nd,nd->n", points[part], middle[labels[part]])
    return found


def nearest_two(points: "FloatMatrix", middle: "FloatMatrix") -> tuple["IntMatrix", "FloatMatrix", "FloatMatrix"]:
    """For each row the nearest centroid, its cosine, and the cosine of the second; -1 where there is no second."""
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
    """The value below which *share* of each label's rows lie."""
    order = np.lexsort((values, labels))
    sizes = np.bincount(labels, minlength=n_labels)
    starts = np.cumsum(sizes) - sizes
    places = starts + (share * np.maximum(sizes - 1, 0)).astype(np.int64)
    found: FloatMatrix = values[order][places]
    return found
