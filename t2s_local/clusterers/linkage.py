"""Average linkage, cut where pairs become unusually similar: the best choice for some hundreds of lessons."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from t2s_local.clusterers._partition import LOOSE, check_input, partition_of, trivial
from t2s_local.errors import UsageError
from t2s_local.ports import Partition
from t2s_local.vectors import unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from t2s_local.vectors import FloatMatrix, IntMatrix

LARGEST = 12_000
"""Rows; the pairwise distances of more do not fit a laptop's memory."""
_MAD = 1.4826
"""Turns the median absolute deviation of a normal distribution into its standard deviation."""
_DEVIATIONS = 2.5
_FLOOR, _CEILING = 0.2, 0.75
_FEW = 8
"""Rows below which their mean is as much a row as what they share."""
_OVERSIZE = 50
_OVERSIZE_SHARE = 0.15


class LinkageClusterer:
    """Joins the two groups whose members are most alike on average, until the most alike are not alike enough."""

    name = "linkage"

    def __init__(self, *, min_cluster_size: int | None) -> None:
        """Remember the smallest size of a group; None for two."""
        self._min_size = min_cluster_size or 2

    def partition(self, vectors: "FloatMatrix", *, weights: Sequence[int]) -> Partition:
        """Group rows; the cut is set by the distribution of all similarities, so that it fits any embedding.

        Raises:
            ValueError: the matrix or the weights are unfit.
            UsageError: there are too many rows for a matrix of all pairs.
        """
        check_input(vectors, weights)
        simple = trivial(vectors, weights, min_size=self._min_size)
        if simple is not None:
            return simple
        n = len(vectors)
        if n > LARGEST:
            message = f"{n} lessons are too many for linkage (at most {LARGEST})"
            raise UsageError(message, hint="Use --algorithm auto or hdbscan.")
        distances = condensed_distances(centred(vectors))
        threshold = adaptive_threshold(1.0 - distances)
        labels = _divide(distances, np.arange(n), 1.0 - threshold, limit=max(_OVERSIZE, int(_OVERSIZE_SHARE * n)))
        algorithm = f"average linkage cut at cosine {threshold:.2f}, groups of at least {self._min_size}"
        return partition_of(_drop_small(labels, self._min_size), weights, min_size=self._min_size, algorithm=algorithm)


def centred(vectors: "FloatMatrix") -> "FloatMatrix":
    """Take out what all rows share, the phrases an analyst words its lessons with; few rows stay as they are."""
    return vectors if len(vectors) < _FEW else unit(vectors - vectors.mean(axis=0))


def condensed_distances(vectors: "FloatMatrix") -> "FloatMatrix":
    """One minus the cosine of every pair, row by row above the diagonal, as scipy wants it."""
    cosines = vectors @ vectors.T
    distances: FloatMatrix = np.clip(1.0 - cosines[np.triu_indices(len(vectors), 1)], 0.0, 2.0)
    return distances


def adaptive_threshold(cosines: "FloatMatrix") -> float:
    """The cosine at which a pair stands out: median plus 2.5 robust deviations of all pairs."""
    median = float(np.median(cosines))
    spread = _MAD * float(np.median(np.abs(cosines - median)))
    return min(max(median + _DEVIATIONS * spread, _FLOOR), _CEILING)


def _divide(distances: "FloatMatrix", rows: "IntMatrix", cut: float, *, limit: int) -> "IntMatrix":
    from scipy.cluster.hierarchy import fcluster, linkage

    tree = linkage(distances, method="average")
    labels = fcluster(tree, cut, criterion="distance").astype(np.int64)
    while True:
        sizes = np.bincount(labels)
        oversize = np.flatnonzero(sizes > limit)
        if not oversize.size:
            return labels
        for label in oversize:
            labels = _split(tree, labels, int(label), largest=int(0.6 * sizes[label]))


def _split(tree: "NDArray[np.float64]", labels: "IntMatrix", label: int, *, largest: int) -> "IntMatrix":
    """Cut the part of *tree* under *label* where its largest piece first is at most *largest* rows."""
    from scipy.cluster.hierarchy import fcluster

    members = np.flatnonzero(labels == label)
    low, high = 0, len(tree) - 1
    while low < high:
        middle = (low + high + 1) // 2
        pieces = fcluster(tree, tree[middle, 2] * (1 - 1e-9), criterion="distance")[members]
        low, high = (middle, high) if np.bincount(pieces).max() <= largest else (low, middle - 1)
    pieces = fcluster(tree, tree[low, 2] * (1 - 1e-9), criterion="distance")[members]
    divided = labels.copy()
    divided[members] = labels.max() + np.unique(pieces, return_inverse=True)[1] + 1
    return divided


def _drop_small(labels: "IntMatrix", min_size: int) -> "IntMatrix":
    return np.where(np.bincount(labels)[labels] >= min_size, labels, LOOSE)


def load(*, min_cluster_size: int | None = None) -> LinkageClusterer:
    """Make the clusterer."""
    return LinkageClusterer(min_cluster_size=min_cluster_size)
