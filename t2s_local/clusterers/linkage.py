"""Average linkage, cut at the level with the most compact and separate groups: for up to some thousands of lessons."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from t2s_local.clusterers._grouping.dendrogram import bounded, linkage_tree
from t2s_local.clusterers._grouping.partition import LOOSE, check_input, partition_of, trivial
from t2s_local.errors import UsageError
from t2s_local.ports.grouping import Partition, Selection
from t2s_local.vectors.matrix import unit
from t2s_local.vectors.neighbours import threads_for

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from t2s_local.vectors.matrix import FloatMatrix, IntMatrix


LARGEST = 12_000
"""Largest number of rows; the pairwise distances of more rows do not fit into a laptop's memory."""
SAME_LESSON = 0.4
"""Fraction of the way from the typical cosine of two rows to 1 at which groups are cut (decisions 0002 and 0202)."""
_STIFFNESS = 1.0
"""Penalty on the silhouette of a cut for each squared unit of cosine between the cut and the usual cut."""
_CUTS = tuple(round(0.10 + 0.05 * step, 2) for step in range(17))
_SAMPLE = 2_000
"""Number of rows whose pairs are used to estimate the typical cosine of two rows."""
_UNRELATED = 0.9
"""One minus the mean cosine of lessons on unrelated subjects."""
_MEAN_PRIOR = 40
"""Number of rows at which half of the mean is subtracted."""
_OVERSIZE = 50
_OVERSIZE_SHARE = 0.15


class LinkageClusterer:
    """Joins the two groups with the largest mean similarity again and again, up to a cut chosen by silhouette."""

    name = "linkage"

    def __init__(self, *, min_cluster_size: int | None) -> None:
        """Store the least size of a group; None for two."""
        self._min_size = min_cluster_size or 2

    def partition(self, vectors: "FloatMatrix", *, weights: Sequence[int]) -> Partition:
        """Group the rows of *vectors* at the cut with the best silhouette, with a preference for the usual cut.

        Raises:
            ValueError: *vectors* are no finite unit rows, or the numbers of weights and rows differ.
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
        with threads_for(n):
            points = centred(vectors)
            tree = linkage_tree(points)
            cosine, labels = best_cut(points, tree)
        labels = bounded(tree, labels, limit=max(_OVERSIZE, int(_OVERSIZE_SHARE * n)))
        labels = np.where(np.bincount(labels)[labels] >= self._min_size, labels, LOOSE)
        algorithm = f"average linkage cut at cosine {cosine:.2f}, groups of at least {self._min_size}"
        return partition_of(labels, weights, min_size=self._min_size, algorithm=algorithm)


def centred(vectors: "FloatMatrix") -> "FloatMatrix":
    """Subtract a share ``n / (n + 40)`` of the mean from all rows, and scale them to unit length.

    Lessons that an analyst words by a pattern share most of their direction: centring raised their B-cubed F1 from .71
    to .84. With few rows the mean is mostly the rows themselves, so that only a small share is subtracted.
    """
    n = len(vectors)
    mean = vectors.mean(axis=0, dtype=np.float64) * (n / (n + _MEAN_PRIOR))
    return unit(vectors - mean.astype(np.float32))


def best_cut(vectors: "FloatMatrix", tree: "NDArray[np.float64]") -> tuple[float, "IntMatrix"]:
    """Return the best cosine for a cut of *tree*, and the group of each row, from 0.

    Silhouettes alone separate near copies if there are many, and one fixed cosine is wrong for few lessons and for
    lessons with a common wording. The score is therefore the silhouette less a parabola around the usual cosine, which
    rises with the median cosine of all pairs.
    """
    from scipy.cluster.hierarchy import fcluster

    cuts = {cosine: fcluster(tree, 1.0 - cosine, criterion="distance").astype(np.int64) - 1 for cosine in _CUTS}
    usual = usual_cosine(vectors)
    scores = {
        cosine: silhouette(vectors, labels) - _STIFFNESS * (cosine - usual) ** 2 for cosine, labels in cuts.items()
    }
    cosine = max(_CUTS, key=lambda cut: round(scores[cut], 6))
    return cosine, cuts[cosine]


def usual_cosine(vectors: "FloatMatrix") -> float:
    """Return the usual cosine for a cut: ``SAME_LESSON`` of the way from the median cosine of two rows to 1."""
    sample = vectors[:_SAMPLE]
    shared = float(np.median((sample @ sample.T)[np.triu_indices(len(sample), 1)]))
    return max(shared, 0.0) + SAME_LESSON * (1.0 - max(shared, 0.0))


def silhouette(vectors: "FloatMatrix", labels: "IntMatrix") -> float:
    """Return the mean silhouette (Rousseeuw 1987) by one minus the cosine; a row alone in its group counts 0.

    The distance to the nearest other group is at most that of texts on unrelated subjects, so that a single group has a
    value too. Mean distances are computed from the sums of the groups' rows, without a matrix of pairs.
    """
    n = len(labels)
    sums, sizes = sums_by_group(vectors, labels), np.bincount(labels)
    totals = vectors @ sums.T
    at = np.arange(n), labels
    own = 1.0 - (totals[at] - 1.0) / np.maximum(sizes[labels] - 1, 1)
    means = 1.0 - totals / sizes
    means[at] = _UNRELATED
    nearest = np.minimum(means.min(axis=1), _UNRELATED)
    score = (nearest - own) / np.maximum(np.maximum(nearest, own), 1e-9)
    return float(score[sizes[labels] > 1].sum()) / n


def sums_by_group(vectors: "FloatMatrix", labels: "IntMatrix") -> "FloatMatrix":
    """Return the sum of the rows of each group, shape ``(n_groups, d)``, added in their order.

    ``numpy.add.at`` gives the same bits, and takes ten times as long.
    """
    from scipy.sparse import csr_array

    order, ends = np.argsort(labels, kind="stable"), np.cumsum(np.bincount(labels))
    members = csr_array((np.ones(len(labels), np.float32), order, np.concatenate([[0], ends])))
    sums: FloatMatrix = members @ vectors
    return sums


def load(
    *, min_cluster_size: int | None = None, selection: Selection | None = None, epsilon: float | None = None
) -> LinkageClusterer:
    """Make the clusterer.

    Raises:
        UsageError: *selection* or *epsilon* is given, which only HDBSCAN supports.
    """
    if selection is not None or epsilon is not None:
        message = "--selection and --epsilon are settings of HDBSCAN, not of linkage"
        raise UsageError(message, hint="Use --algorithm hdbscan.")
    return LinkageClusterer(min_cluster_size=min_cluster_size)
