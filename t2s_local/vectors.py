"""Pure functions on matrices of unit vectors that several rooms share: checks, unit rows, nearest neighbours."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatMatrix = NDArray[np.float32]
    IntMatrix = NDArray[np.int64]

ONE_THREAD_BELOW = 20_000
EXACT_BELOW = 8_000
"""Up to here neighbours are exact; above, an inverted file finds them in near-linear time."""
_DENSE_BELOW = 2_000
_LISTS_PER_ROOT = 2
"""The index keeps 16-bit copies: half the bytes to read, half the time, the same recall (.93 of 16 neighbours)."""
_PROBES = 8
_TRAINING_PER_LIST = 40
_TRAINING_ROUNDS = 5
_CHUNK = 8192


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
    lengths = np.linalg.norm(vectors, axis=1)
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
        Rows and their cosines, shape ``(n, min(k, n - 1))`` each, nearest first. Above 20,000 rows a few are missed;
        a row that could not be filled repeats its nearest one.
    """
    k = min(k, len(vectors) - 1)
    if k < 1:
        return np.empty((len(vectors), 0), np.int64), np.empty((len(vectors), 0), np.float32)
    return _dense(vectors, k) if len(vectors) <= _DENSE_BELOW else _indexed(vectors, k)


def _dense(vectors: "FloatMatrix", k: int) -> tuple["IntMatrix", "FloatMatrix"]:
    with threads_for(len(vectors)):
        cosines = vectors @ vectors.T
    np.fill_diagonal(cosines, -np.inf)
    rows = np.argsort(-cosines, axis=1, kind="stable")[:, :k]
    return rows.astype(np.int64), np.take_along_axis(cosines, rows, axis=1)


def _indexed(vectors: "FloatMatrix", k: int) -> tuple["IntMatrix", "FloatMatrix"]:
    import faiss

    n, width = vectors.shape
    exact = faiss.IndexFlatIP(width)
    with threads_for(n):
        if n <= EXACT_BELOW:
            exact.add(vectors)
            rows, cosines = exact.search(vectors, k + 1)[::-1]
        else:
            half, cosine = faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
            index = faiss.IndexIVFScalarQuantizer(exact, width, int(_LISTS_PER_ROOT * n**0.5), half, cosine)
            index.cp.min_points_per_centroid = 1
            index.cp.max_points_per_centroid = _TRAINING_PER_LIST
            index.cp.niter = _TRAINING_ROUNDS
            index.nprobe = _PROBES
            index.train(vectors)
            index.add(vectors)
            rows, cosines = index.search(vectors, k + 1)[::-1]
    return _without_self(rows, cosines)


def _without_self(rows: "IntMatrix", cosines: "FloatMatrix") -> tuple["IntMatrix", "FloatMatrix"]:
    own = rows == np.arange(len(rows))[:, None]
    own[~own.any(axis=1), -1] = True
    keep = np.argsort(own, axis=1, kind="stable")[:, :-1]
    rows, cosines = np.take_along_axis(rows, keep, axis=1), np.take_along_axis(cosines, keep, axis=1)
    missing = rows < 0
    rows = np.where(missing, rows[:, :1], rows)
    return rows, np.where(missing, cosines[:, :1], cosines)


def centroids(points: "FloatMatrix", labels: "IntMatrix") -> "FloatMatrix":
    """Unit mean of the rows of each label, 0 to the largest; rows with a negative label belong to none."""
    members = np.flatnonzero(labels >= 0)
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
