"""HDBSCAN on a neighbour graph, with settings that follow the number of lessons and two passes over the loose."""

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
"""Share of loose rows at which density does not show and the vectors are smoothed first (decision 0202)."""
_LARGEST = 50
_LARGEST_SHARE = 0.15


class HdbscanClusterer:
    """Density clusters; what is clear among the noise is placed, what is alike among the rest is grouped."""

    name = "hdbscan"

    def __init__(self, *, min_cluster_size: int | None, selection: Selection, epsilon: float) -> None:
        """Remember the settings; use :func:`load`."""
        self._min_size = min_cluster_size
        self._selection = selection
        self._epsilon = epsilon

    def partition(self, vectors: "FloatMatrix", *, weights: Sequence[int]) -> Partition:
        """Group rows by density.

        Raises:
            ValueError: the matrix or the weights are unfit.
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
    """Smallest dense group among *n* lessons: a fifth of the root, at least 3, at most 40."""
    return min(max(round(math.sqrt(n) / 5), 3), 40)


def largest_size(n: int) -> int:
    """Largest group among *n* lessons: 15 %, at least 50; a larger branch is taken apart along its tree."""
    return max(_LARGEST, int(_LARGEST_SHARE * n))


def load(
    *, min_cluster_size: int | None = None, selection: Selection | None = None, epsilon: float | None = None
) -> HdbscanClusterer:
    """Make the clusterer.

    Args:
        min_cluster_size: Fewest rows in a group; None lets the number of lessons decide.
        selection: Stable branches or leaves; None for stable branches.
        epsilon: Distance below which branches stay together; None for 0.
    """
    return HdbscanClusterer(
        min_cluster_size=min_cluster_size, selection=selection or "eom", epsilon=0.0 if epsilon is None else epsilon
    )
