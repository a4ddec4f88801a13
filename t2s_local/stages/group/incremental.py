"""Add new lessons to existing groups: they join a group, form a new group, or remain loose; no group is split."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from t2s_local.ports.grouping import Clusterer, Partition
from t2s_local.vectors.centroids import centroids, nearest_two, quantiles, to_own
from t2s_local.vectors.matrix import check

if TYPE_CHECKING:
    from t2s_local.vectors.matrix import FloatMatrix, IntMatrix


QUANTILE = 0.25
"""Quantile of the members' cosines to the centre that a lesson must reach to join a group."""
MARGIN = 0.1
"""Least lead of that cosine over the cosine to the next centre: with both limits, 6 % of new lessons are misplaced."""
_NEAR = 0.55
"""Least cosine to a new lesson at which an old loose lesson is grouped again."""
_NEAREST = 8
_LOOSE = 10_000
"""Most old loose lessons that are compared with new lessons; of more, an evenly spaced sample bounds the work."""
_CHUNK = 1024
_SPACED = 32


def grow(standing: Partition, vectors: "FloatMatrix", *, weights: Sequence[int], clusterer: Clusterer) -> Partition:
    """Add the rows that follow those of *standing*.

    Args:
        standing: Groups of the first rows.
        vectors: All rows, the new rows last; unit length.
        weights: Number of lessons that each row represents.
        clusterer: Groups the new rows that join no group, together with the old loose rows near them.

    Returns:
        Every old group with its rows and perhaps more, then the new groups; sorted by first row.

    Raises:
        ValueError: there are fewer rows than *standing* has, or a new row is not of unit length; the message counts
            it from the first new row.
    """
    n_old = sum(map(len, standing.groups)) + len(standing.loose)
    if len(vectors) < n_old or len(vectors) != len(weights):
        message = f"{len(vectors)} rows and {len(weights)} weights, but the groups have {n_old} rows already"
        raise ValueError(message)
    check(np.ascontiguousarray(vectors[n_old:]))
    labels = _labels(standing, len(vectors))
    new = np.arange(n_old, len(vectors))
    labels[new] = _joined(vectors, labels, new)
    pool = _pool(vectors, labels, new)
    found = clusterer.partition(np.ascontiguousarray(vectors[pool]), weights=[weights[row] for row in pool])
    for group in found.groups:
        rows = pool[list(group)]
        if (rows >= n_old).any():
            labels[rows] = labels.max() + 1
    order = np.argsort(labels, kind="stable")
    grouped = order[np.searchsorted(labels[order], 0) :]
    starts = np.flatnonzero(np.diff(labels[grouped])) + 1
    groups = [tuple(rows.tolist()) for rows in np.split(grouped, starts) if rows.size]
    return Partition(
        groups=tuple(sorted(groups)),
        loose=tuple(np.flatnonzero(labels < 0).tolist()),
        algorithm=f"{standing.algorithm}; {len(new)} lessons added",
    )


def _labels(standing: Partition, n: int) -> "IntMatrix":
    labels = np.full(n, -1, np.int64)
    for label, rows in enumerate(standing.groups):
        labels[list(rows)] = label
    return labels


def _joined(vectors: "FloatMatrix", labels: "IntMatrix", new: "IntMatrix") -> "IntMatrix":
    if labels.max() < 0 or not new.size:
        return labels[new]
    members = _spaced(labels)
    middle = centroids(vectors[members], labels[members])
    own = to_own(vectors[members], labels[members], middle)
    floors = quantiles(own, labels[members], len(middle), QUANTILE)
    best, first, second = nearest_two(vectors[new], middle)
    fits = (first >= floors[best]) & (first - second >= MARGIN)
    return np.where(fits, best, -1)


def _spaced(labels: "IntMatrix") -> "IntMatrix":
    """Return some dozen evenly spaced rows of each group: enough to compute its centre."""
    order = np.argsort(labels, kind="stable")
    order = order[np.searchsorted(labels[order], 0) :]
    sizes = np.bincount(labels[order])
    place = np.arange(len(order)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    strides = np.maximum(sizes // _SPACED, 1)
    found: IntMatrix = order[place % np.repeat(strides, sizes) == 0]
    return found


def _pool(vectors: "FloatMatrix", labels: "IntMatrix", new: "IntMatrix") -> "IntMatrix":
    """Return the new rows that joined no group, and the old loose rows nearest to each of them."""
    homeless = new[labels[new] < 0]
    loose = np.setdiff1d(np.flatnonzero(labels < 0), new)
    if not homeless.size or not loose.size:
        return homeless
    loose = loose[:: -(-loose.size // _LOOSE)]
    close: list[tuple[int, float, int]] = []
    for start in range(0, loose.size, _CHUNK):
        some = loose[start : start + _CHUNK]
        cosines = (vectors[some] @ vectors[homeless].T).ravel()
        found = np.flatnonzero(cosines >= _NEAR)
        at, of = np.divmod(found, homeless.size)
        close += zip(of.tolist(), (-cosines[found]).tolist(), some[at].tolist(), strict=True)
    taken: dict[int, list[int]] = {}
    for one, _, row in sorted(close):
        taken.setdefault(one, []).append(row)
    return np.union1d(homeless, [row for rows in taken.values() for row in rows[:_NEAREST]]).astype(np.int64)
