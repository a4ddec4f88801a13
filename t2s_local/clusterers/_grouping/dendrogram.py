"""Average-linkage trees, and the division of groups that are too large along such a tree."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from t2s_local.vectors.matrix import FloatMatrix, IntMatrix


def linkage_tree(vectors: "FloatMatrix") -> "NDArray[np.float64]":
    """Return the average-linkage tree of the rows of *vectors*, by one minus the cosine, as scipy's linkage matrix."""
    from scipy.cluster.hierarchy import linkage

    cosines = vectors @ vectors.T
    tree: NDArray[np.float64] = linkage(np.clip(1.0 - cosines[np.triu_indices(len(vectors), 1)], 0.0, 2.0), "average")
    return tree


def bounded(tree: "NDArray[np.float64]", labels: "IntMatrix", *, limit: int) -> "IntMatrix":
    """Divide every group of more than *limit* rows along the tree, into pieces of at most 60 % of the group."""
    while True:
        sizes = np.bincount(labels)
        oversize = np.flatnonzero(sizes > limit)
        if not oversize.size:
            return labels
        for label in oversize:
            labels = _split(tree, labels, int(label), largest=int(0.6 * sizes[label]))


def _split(tree: "NDArray[np.float64]", labels: "IntMatrix", label: int, *, largest: int) -> "IntMatrix":
    """Divide the group *label* at the highest cut of *tree* whose largest piece has at most *largest* rows."""
    from scipy.cluster.hierarchy import fcluster

    def pieces_below(step: int) -> "IntMatrix":
        return fcluster(tree, tree[step, 2] * (1 - 1e-9), criterion="distance")[members].astype(np.int64)

    members = np.flatnonzero(labels == label)
    low, high = 0, len(tree) - 1
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if np.bincount(pieces_below(middle)).max() <= largest else (low, middle - 1)
    divided = labels.copy()
    divided[members] = labels.max() + np.unique(pieces_below(low), return_inverse=True)[1] + 1
    return np.unique(divided, return_inverse=True)[1].astype(np.int64)
