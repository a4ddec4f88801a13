"""HDBSCAN with settings that follow the number of lessons: reduced, smoothed, on a neighbour graph."""

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from t2s_local.clusterers._choice import best_of, merged, with_loose_placed
from t2s_local.clusterers._density import graph, reduce
from t2s_local.clusterers._partition import LOOSE, check_input, partition_of, trivial
from t2s_local.clusterers._tree import Selection, spanning_tree, stable_clusters
from t2s_local.ports import Partition
from t2s_local.vectors import threads_for

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from t2s_local.vectors import FloatMatrix, IntMatrix

_MERGES = (0.75, 0.6, 0.5, 0.4)
_SIZES = (1, 2, 4)
_LARGEST_SHARE = 0.1
_LARGEST_SIZES = 10


class HdbscanClusterer:
    """Density clusters; the granularity with the best silhouette is kept, clear cases among the noise are placed."""

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
            points = reduce(vectors)
            smoothed, rows, distances = graph(points)
            tree = spanning_tree(smoothed, rows, distances)
            labels = best_of(points, self._candidates(points, tree, size))
            labels = with_loose_placed(points, labels)
        kind = "excess of mass" if self._selection == "eom" else "leaves"
        algorithm = f"HDBSCAN on {points.shape[1]} smoothed dimensions, groups of at least {size}, by {kind}"
        return partition_of(labels, weights, min_size=size, algorithm=algorithm)

    def _candidates(self, points: "FloatMatrix", tree: "NDArray[np.float64]", size: int) -> Iterator["IntMatrix"]:
        n = len(points)
        for factor in _SIZES if self._min_size is None else (1,):
            smallest = size * factor
            labels = stable_clusters(
                tree,
                min_cluster_size=smallest,
                max_cluster_size=max(int(_LARGEST_SHARE * n), _LARGEST_SIZES * smallest),
                selection=self._selection,
                epsilon=self._epsilon,
            )
            if (labels != LOOSE).any():
                for cosine in _MERGES:
                    yield merged(points, labels, cosine)


def default_size(n: int) -> int:
    """Smallest group among *n* lessons: 2 up to 200, then a sixth of the root, at most 30."""
    return min(max(round(math.sqrt(n) / 6), 2), 30)


def load(
    *, min_cluster_size: int | None = None, selection: Selection = "eom", epsilon: float = 0.0
) -> HdbscanClusterer:
    """Make the clusterer; *min_cluster_size* None lets the number of lessons decide."""
    return HdbscanClusterer(min_cluster_size=min_cluster_size, selection=selection, epsilon=epsilon)
