"""Linkage for few lessons, HDBSCAN for many: each where it is the better one."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from t2s_local.clusterers import hdbscan, linkage
from t2s_local.ports.grouping import Partition, Selection

if TYPE_CHECKING:
    from t2s_local.vectors.matrix import FloatMatrix

CROSSOVER = 300
"""Rows; measured equal at about 300: linkage ahead below, above all where much occurs once (decision 0202)."""


class AutoClusterer:
    """Chooses by the number of rows and says which it took."""

    name = "auto"

    def __init__(self, *, few: linkage.LinkageClusterer, many: hdbscan.HdbscanClusterer) -> None:
        """Remember both; use :func:`load`."""
        self._few = few
        self._many = many

    def partition(self, vectors: "FloatMatrix", *, weights: Sequence[int]) -> Partition:
        """Group rows.

        Raises:
            ValueError: the matrix or the weights are unfit.
        """
        clusterer = self._few if len(vectors) <= CROSSOVER else self._many
        return clusterer.partition(vectors, weights=weights)


def load(
    *, min_cluster_size: int | None = None, selection: Selection | None = None, epsilon: float | None = None
) -> AutoClusterer | hdbscan.HdbscanClusterer:
    """Make the clusterer; settings that only HDBSCAN knows make it HDBSCAN."""
    if selection is not None or epsilon is not None:
        return hdbscan.load(min_cluster_size=min_cluster_size, selection=selection, epsilon=epsilon)
    return AutoClusterer(
        few=linkage.load(min_cluster_size=min_cluster_size),
        many=hdbscan.load(min_cluster_size=min_cluster_size),
    )
