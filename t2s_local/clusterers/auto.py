"""Cluster few lessons by linkage and many by HDBSCAN, because each is better in its range."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from t2s_local.clusterers import hdbscan, linkage
from t2s_local.ports.grouping import Partition, Selection

if TYPE_CHECKING:
    from t2s_local.vectors.matrix import FloatMatrix

CROSSOVER = 300
"""Largest number of rows for linkage, which is better up to about 300, above all if many lessons occur only once.

Measured in decision 0202.
"""


class AutoClusterer:
    """Uses linkage or HDBSCAN by the number of rows; the partition states which algorithm was used."""

    name = "auto"

    def __init__(self, *, few: linkage.LinkageClusterer, many: hdbscan.HdbscanClusterer) -> None:
        """Store the clusterers for few and for many rows; use :func:`load`."""
        self._few = few
        self._many = many

    def partition(self, vectors: "FloatMatrix", *, weights: Sequence[int]) -> Partition:
        """Group the rows of *vectors*.

        Raises:
            ValueError: *vectors* are no finite unit rows, or the numbers of weights and rows differ.
        """
        clusterer = self._few if len(vectors) <= CROSSOVER else self._many
        return clusterer.partition(vectors, weights=weights)


def load(
    *, min_cluster_size: int | None = None, selection: Selection | None = None, epsilon: float | None = None
) -> AutoClusterer | hdbscan.HdbscanClusterer:
    """Make the clusterer; with *selection* or *epsilon*, which only HDBSCAN supports, it is HDBSCAN."""
    if selection is not None or epsilon is not None:
        return hdbscan.load(min_cluster_size=min_cluster_size, selection=selection, epsilon=epsilon)
    return AutoClusterer(
        few=linkage.load(min_cluster_size=min_cluster_size),
        many=hdbscan.load(min_cluster_size=min_cluster_size),
    )
