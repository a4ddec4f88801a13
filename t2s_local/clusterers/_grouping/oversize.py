"""Divide groups that are too large but have no branches, such as one subject that most lessons are about."""

from typing import TYPE_CHECKING

import numpy as np

from t2s_local.clusterers._grouping.partition import LOOSE

if TYPE_CHECKING:
    from t2s_local.vectors.matrix import FloatMatrix, IntMatrix

_COVERED = 0.5
"""Share of an oversize group that its branches must contain for the branches to be used."""
_ALIKE = 0.55
"""Least mean cosine of all pairs at which a group surely is one subject; below it, loose rows are left loose."""
_ROUNDS = 10
_SAMPLE = 1_000


def divided(points: "FloatMatrix", labels: "IntMatrix", whole: "IntMatrix", *, largest: int) -> "IntMatrix":
    """Return labels with oversize groups divided by halving, if they are surely one subject and would be loose.

    HDBSCAN with a bound on the size of groups replaces an oversize group by its branches. A group without branches,
    such as a quarter of all lessons on one subject, would become noise: 95 % of 2,000 similar rows among 8,000 did.

    Args:
        points: Unit rows.
        labels: Labels of the groups with the bound.
        whole: Labels of the groups without the bound.
        largest: The bound, in rows.
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
    """Return the mean cosine of all pairs of rows."""
    n, total = len(rows), rows.sum(axis=0, dtype=np.float64)
    return float(total @ total - n) / (n * (n - 1))


def _halves(points: "FloatMatrix", rows: "IntMatrix", largest: int) -> list["IntMatrix"]:
    """Return pieces of at most *largest* rows, by repeated 2-means (Steinbach et al. 2000)."""
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
