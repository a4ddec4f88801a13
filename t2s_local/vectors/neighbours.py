"""Find the nearest other rows of each row: exactly for few rows, in cells for many rows."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from t2s_local.vectors.cells import nearest_in_cells, smallest

if TYPE_CHECKING:
    from t2s_local.vectors.matrix import FloatMatrix, IntMatrix

ONE_THREAD_BELOW = 20_000
EXACT_BELOW = 5_000
"""Number of rows up to which neighbours are exact; above it, they are searched in cells, in near-linear time."""
_CHUNK = 1024


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
        k: Number of neighbours; fewer are found if there are fewer other rows.

    Returns:
        Rows and their cosines, shape ``(n, min(k, n - 1))`` each, nearest first. Above ``EXACT_BELOW`` rows a few are
        missed; with fewer candidates the nearest is repeated.
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
