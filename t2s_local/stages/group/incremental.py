"""New lessons into groups that stand: they join one, found one, or stay loose; nothing that stands is taken apart."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from t2s_local.ports.grouping import Clusterer, Partition
from t2s_local.vectors.centroids import centroids, nearest_two, quantiles, to_own
from t2s_local.vectors.matrix import check

if TYPE_CHECKING:
    from t2s_local.vectors.matrix import FloatMatrix, IntMatrix


QUANTILE = 0.25
"""A lesson joins a group if it lies nearer to the centre than a quarter of the members do."""
MARGIN = 0.1
"""How much nearer it must be to that centre than to the next: with both, 6 % of what is new is wrongly taken."""
_NEAR = 0.55
"""Least cosine at which an old loose lesson is looked at again because a new one came."""
_NEAREST = 8
_LOOSE = 10_000
"""Old loose lessons that are compared with new ones; of more, evenly spaced ones, so that the work stays bounded."""
_CHUNK = 1024
_SPACED = 32


def grow(standing: Partition, vectors: "FloatMatrix", *, weights: Sequence[int], clusterer: Clusterer) -> Partition:
    """Add the rows that follow those of *standing*.

    Args:
        standing: Groups of the first rows.
        vectors: All rows, the new ones last; unit length.
        weights: How many lessons stand behind each row.
        clusterer: Groups what joins nothing, together with the old loose rows near it.

    Returns:
        Every old group with its rows and perhaps more, then the new groups; sorted by first row.

    Raises:
        ValueError: there are fewer rows than *standing* speaks of, or a new one is not of unit length; it is counted
            from the first new one.
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
    """Some dozen rows of each group, evenly spaced: enough to know its centre by."""
    order = np.argsort(labels, kind="stable")
    order = order[np.searchsorted(labels[order], 0) :]
    sizes = np.bincount(labels[order])
    place = np.arange(len(order)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    strides = np.maximum(sizes // _SPACED, 1)
    found: IntMatrix = order[place % np.repeat(strides, sizes) == 0]
    return found


def _pool(vectors: "FloatMatrix", labels: "IntMatrix", new: "IntMatrix") -> "IntMatrix":
    """New rows that joined nothing, and the old loose rows nearest to each of them."""
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
