"""HDBSCAN on a neighbour graph, with settings by the number of lessons and two later passes over the noise."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from t2s_local.clusterers._grouping.density import LARGE, graph, reduce, smoothed
from t2s_local.clusterers._grouping.loose_rows import linked, placed
from t2s_local.clusterers._grouping.oversize import divided
from t2s_local.clusterers._grouping.partition import LOOSE, check_input, partition_of, trivial
from t2s_local.clusterers._grouping.tree import merges, spanning_tree, stable_clusters
from t2s_local.ports.grouping import Partition, Selection
from t2s_local.vectors.neighbours import threads_for

if TYPE_CHECKING:
    from t2s_local.vectors.matrix import FloatMatrix, IntMatrix

__all__ = [
    "HdbscanClusterer",
    "default_size",
    "graph",
    "largest_size",
    "linked",
    "load",
    "merges",
    "placed",
    "spanning_tree",
    "stable_clusters",
]
_TOO_LOOSE = 0.45
"""Share of loose rows (noise) above which the clustering is repeated on smoothed vectors (decision 0202)."""
_LARGEST = 50
_LARGEST_SHARE = 0.15


class HdbscanClusterer:
    """Clusters by density; then puts clearly matching noise into clusters and groups similar rows of the rest."""

    name = "hdbscan"

    def __init__(self, *, min_cluster_size: int | None, selection: Selection, epsilon: float) -> None:
        """Store the settings; use :func:`load`."""
        self._min_size = min_cluster_size
        self._selection = selection
        self._epsilon = epsilon

    def partition(self, vectors: "FloatMatrix", *, weights: Sequence[int]) -> Partition:
        """Group the rows of *vectors* by density.

        Raises:
            ValueError: *vectors* are no finite unit rows, or the numbers of weights and rows differ.
        """
        check_input(vectors, weights)
        n = len(vectors)
        size = self._min_size or default_size(n)
        simple = trivial(vectors, weights, min_size=size)
        if simple is not None:
            return simple
        with threads_for(n):
            points = reduce(vectors) if n > LARGE else vectors
            labels = self._labels(points, size=size, smooth=False)
            is_smoothed = float((labels == LOOSE).mean()) > _TOO_LOOSE
            if is_smoothed:
                labels = self._labels(reduce(vectors), size=size, smooth=True)
            labels = placed(points, labels, largest=largest_size(n))
            least = 2 if self._min_size is None else size
            labels = linked(points, labels, min_size=least, largest=largest_size(n))
        kind = "excess of mass" if self._selection == "eom" else "leaves"
        algorithm = f"HDBSCAN by {kind}{', smoothed' if is_smoothed else ''}, dense groups of at least {size}"
        return partition_of(labels, weights, min_size=size, algorithm=algorithm)

    def _labels(self, points: "FloatMatrix", *, size: int, smooth: bool) -> "IntMatrix":
        where, rows, distances = smoothed(points) if smooth else graph(points)
        tree = spanning_tree(where, rows, distances)
        largest = largest_size(len(points))

        def selected(bound: int) -> "IntMatrix":
            return stable_clusters(
                tree,
                min_cluster_size=size,
                max_cluster_size=bound,
                selection=self._selection,
                epsilon=self._epsilon,
            )

        whole = selected(0)
        if np.bincount(whole + 1)[1:].max(initial=0) <= largest:
            return whole
        return divided(points, selected(largest), whole, largest=largest)


def default_size(n: int) -> int:
    """Return the least size of a dense group among *n* lessons: a fifth of the square root, at least 3, at most 40."""
    return min(max(round(math.sqrt(n) / 5), 3), 40)


def largest_size(n: int) -> int:
    """Return the largest size of a group among *n* lessons: 15 %, at least 50; larger branches are divided."""
    return max(_LARGEST, int(_LARGEST_SHARE * n))


def load(
    *, min_cluster_size: int | None = None, selection: Selection | None = None, epsilon: float | None = None
) -> HdbscanClusterer:
    """Make the clusterer.

    Args:
        min_cluster_size: Least number of rows in a group; None for a size by the number of lessons.
        selection: Stable branches or leaves; None for stable branches.
        epsilon: Distance below which branches are not separated; None for 0.
    """
    return HdbscanClusterer(
        min_cluster_size=min_cluster_size, selection=selection or "eom", epsilon=0.0 if epsilon is None else epsilon
    )
