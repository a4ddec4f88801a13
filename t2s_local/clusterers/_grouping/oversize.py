"""Groups that are too large and have no branches to be taken apart into: one subject most of the lessons are about."""

from typing import TYPE_CHECKING

import numpy as np

from t2s_local.clusterers._grouping.partition import LOOSE

if TYPE_CHECKING:
    from t2s_local.vectors.matrix import FloatMatrix, IntMatrix

_COVERED = 0.5
"""Share of an oversize group whose branches hold it well enough."""
_ALIKE = 0.55
"""Least mean cosine of all pairs of a group that surely is one subject; below it, what is loose stays loose."""
_ROUNDS = 10
_SAMPLE = 1_000


def divided(points: "FloatMatrix", labels: "IntMatrix", whole: "IntMatrix", *, largest: int) -> "IntMatrix":
    """Halve groups that are surely alike, too large, and would otherwise be loose.

    HDBSCAN with a bound on size goes down to the branches of a group that is too large. A group without branches, such
    as a quarter of all lessons on one subject, would be noise: 95 % of 2,000 alike rows among 8,000 were.

    Args:
        points: Unit rows.
        labels: The groups with the bound.
        whole: The groups without it.
        largest: The bound.
    """
    found = labels.copy()
    for label in np.flatnonzero(np.bincount(whole[whole != LOOSE]) > largest):
        rows = np.flatnonzero(whole == label)
        if (labels[rows] != LOOSE).mean() < _COVERED and _likeness(points[rows]) >= _ALIKE:
            for piece in _halves(points, rows, largest):
                found[piece] = found.max() + 1
    is_grouped = found != LOOSE
    found[is_grouped] = np.unique(found[is_grouped], return_inverse=True)[1]
    return found


def _likeness(rows: "FloatMatrix") -> float:
    """Mean cosine of all pairs."""
    n, total = len(rows), rows.sum(axis=0, dtype=np.float64)
    return float(total @ total - n) / (n * (n - 1))


def _halves(points: "FloatMatrix", rows: "IntMatrix", largest: int) -> list["IntMatrix"]:
    """Pieces of at most *largest* rows, by 2-means again and again (Steinbach et al. 2000)."""
    if len(rows) <= largest:
        return [rows]
    side = _sides(points[rows])
    return [piece for part in (rows[side == 0], rows[side == 1]) for piece in _halves(points, part, largest)]


def _sides(points: "FloatMatrix") -> "IntMatrix":
    import faiss

    means = faiss.Kmeans(points.shape[1], 2, niter=_ROUNDS, spherical=True, max_points_per_centroid=_SAMPLE)
    means.train(np.ascontiguousarray(points))
    side: IntMatrix = means.index.search(np.ascontiguousarray(points), 1)[1][:, 0]
    if 0 < side.sum() < len(side):
        return side
    return np.arange(len(points)) * 2 // len(points)
