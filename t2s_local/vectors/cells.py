"""Find the nearest rows of every row in near-linear time: in small cells, each compared with the cells around it.

FAISS finds the cells by k-means in two levels, so that no row is compared with all centres. One matrix product searches
for all rows of a cell, in less than half the time of an inverted file, row by row, at 100,000 rows. The number of
comparisons per row does not depend on the number of rows. Measured, time grows with n to the 1.06 (decision 0202).
"""

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from t2s_local.vectors.matrix import FloatMatrix, IntMatrix

_SIZE = 32
"""Mean number of rows in a cell."""
_LARGEST = 256
"""Largest number of rows in a cell: cells of rows that k-means cannot separate are cut into pieces of this size."""
_CANDIDATES = 768
"""Least number of rows compared with a row: finds .98 of 16 neighbours on lessons, .99 on mixtures (decision 0202)."""
_AROUND = 48
"""Number of cells around a cell from which candidates may come."""
_VOTES = 4
"""Number of cells around a cell for which each of its rows votes; the cells with most votes are compared first."""
_TASKS = 8
"""Number of parts of the work for each thread."""
_ROUNDS = 5
_PER_TOP_CENTRE = 256
_CHUNK = 1024


class _Cells(NamedTuple):
    """Rows grouped into cells of near rows."""

    order: "IntMatrix"
    """All row numbers, cell after cell."""
    starts: "IntMatrix"
    """Index in *order* at which each cell begins, and at which the last cell ends."""
    centres: "FloatMatrix"
    around: "IntMatrix"
    """The nearest cells of each cell, the cell itself first."""


def nearest_in_cells(vectors: "FloatMatrix", k: int, *, n_threads: int) -> tuple["IntMatrix", "FloatMatrix"]:
    """Find the *k* nearest other rows of each row; a few are missed.

    Args:
        vectors: Shape ``(n, d)``, unit rows.
        k: Number of neighbours.
        n_threads: Number of threads; the result does not depend on it.

    Returns:
        Rows and their cosines, shape ``(n, k)`` each, nearest first; with fewer candidates the nearest is repeated.
    """
    from threadpoolctl import threadpool_limits

    cells = _cells(vectors, _moved(vectors, _cells(vectors, _homes(vectors))))
    sorted_rows = vectors[cells.order]
    rows, cosines = np.empty((len(vectors), k), np.int64), np.empty((len(vectors), k), np.float32)

    def work(part: "IntMatrix") -> None:
        for cell in part.tolist():
            own = cells.order[cells.starts[cell] : cells.starts[cell + 1]]
            rows[own], cosines[own] = _search(sorted_rows, cells, cell, k)

    parts = np.array_split(np.arange(len(cells.centres)), _TASKS * n_threads)
    with threadpool_limits(limits=1), ThreadPoolExecutor(n_threads) as pool:
        for _ in pool.map(work, parts):
            pass
    return rows, cosines


def _homes(vectors: "FloatMatrix") -> "IntMatrix":
    """Assign rows to cells by two-level k-means: a row is compared with about 2 sqrt(n/32) centres, not n/32."""
    n_parts = max(2, round((len(vectors) / _SIZE) ** 0.5))
    parts = _k_means(vectors, n_parts, per_centre=_PER_TOP_CENTRE)
    homes = np.empty(len(vectors), np.int64)
    n_cells = 0
    for part in range(n_parts):
        rows = np.flatnonzero(parts == part)
        n_within = max(1, len(rows) // _SIZE)
        homes[rows] = n_cells + (_k_means(vectors[rows], n_within, per_centre=_SIZE) if n_within > 1 else 0)
        n_cells += n_within
    return homes


def _k_means(points: "FloatMatrix", k: int, *, per_centre: int) -> "IntMatrix":
    import faiss

    means = faiss.Kmeans(
        points.shape[1],
        k,
        niter=_ROUNDS,
        spherical=True,
        min_points_per_centroid=1,
        max_points_per_centroid=per_centre,
    )
    means.train(points)
    homes: IntMatrix = means.index.search(points, 1)[1][:, 0]
    return homes


def _cells(vectors: "FloatMatrix", homes: "IntMatrix") -> _Cells:
    order = np.argsort(homes, kind="stable")
    sizes = np.bincount(homes)
    place = np.arange(len(order)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    begins = np.flatnonzero((np.diff(homes[order], prepend=-1) != 0) | (place % _LARGEST == 0))
    centres = np.add.reduceat(vectors[order], begins, axis=0)
    centres /= np.maximum(np.linalg.norm(centres, axis=1, keepdims=True), np.float32(1e-12))
    return _Cells(order, np.append(begins, len(order)), centres, _around(centres))


def _around(centres: "FloatMatrix") -> "IntMatrix":
    n = len(centres)
    found = np.empty((n, min(_AROUND, n)), np.int64)
    for start in range(0, n, _CHUNK):
        far = -(centres[start : start + _CHUNK] @ centres.T)
        at = np.arange(len(far))
        far[at, start + at] = -2.0
        found[start : start + _CHUNK] = smallest(far, found.shape[1])[0]
    return found


def smallest(values: "FloatMatrix", k: int) -> tuple["IntMatrix", "FloatMatrix"]:
    """Return the columns of the *k* smallest values of each row, and these values, smallest first."""
    if k < values.shape[1]:
        columns = np.argpartition(values, k, axis=1)[:, :k]
    else:
        columns = np.broadcast_to(np.arange(values.shape[1]), values.shape)
    found = np.take_along_axis(values, columns, axis=1)
    order = np.argsort(found, axis=1, kind="stable")
    return np.take_along_axis(columns, order, axis=1), np.take_along_axis(found, order, axis=1)


def _moved(vectors: "FloatMatrix", cells: _Cells) -> "IntMatrix":
    """Return the nearest cell of each row among those around its own; k-means in parts cannot cross their borders."""
    homes = np.empty(len(vectors), np.int64)
    for cell, around in enumerate(cells.around):
        rows = cells.order[cells.starts[cell] : cells.starts[cell + 1]]
        homes[rows] = around[(vectors[rows] @ cells.centres[around].T).argmax(axis=1)]
    return homes


def _search(sorted_rows: "FloatMatrix", cells: _Cells, cell: int, k: int) -> tuple["IntMatrix", "FloatMatrix"]:
    own = sorted_rows[cells.starts[cell] : cells.starts[cell + 1]]
    at = _candidates(own, cells, cell)
    far = own @ sorted_rows[at].T
    np.negative(far, out=far)
    far[np.arange(len(own)), np.arange(len(own))] = np.inf
    columns, found = smallest(far, min(k, len(at) - 1))
    if found.shape[1] < k:
        missing = [(0, 0), (k - found.shape[1], 0)]
        columns, found = np.pad(columns, missing, mode="edge"), np.pad(found, missing, mode="edge")
    return cells.order[at[columns]], -found


def _candidates(own: "FloatMatrix", cells: _Cells, cell: int) -> "IntMatrix":
    """Return the places, in sorted order, of the rows to compare with those of *cell*: its own first, then by votes."""
    around = cells.around[cell]
    asked = smallest(-(own @ cells.centres[around].T), min(_VOTES, len(around)))[0]
    votes = np.bincount(asked.ravel(), minlength=len(around))
    votes[0] = len(own) + 1
    around = around[np.argsort(-votes, kind="stable")]
    starts, ends = cells.starts[around], cells.starts[around + 1]
    enough = int(np.searchsorted(np.cumsum(ends - starts), _CANDIDATES)) + 1
    return np.concatenate([np.arange(one, other) for one, other in zip(starts[:enough], ends[:enough], strict=True)])
