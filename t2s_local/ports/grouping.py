"""Protocols of an embedder and a clusterer."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, Protocol

from t2s_local.values.value import Value

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


Selection = Literal["eom", "leaf"]
"""Groups that HDBSCAN selects from its tree: ``eom`` for the most stable branches, ``leaf`` for the leaves."""


class Embedder(Protocol):
    """Turns texts into unit vectors."""

    name: str
    digest: str
    """Digest of the weights; vectors of embedders with different digests are never mixed."""
    dimensions: int

    def embed(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """Embed *texts*: shape ``(n, d)``, float32, unit rows; cosine order equals Euclidean order on them."""


class Partition(Value, frozen=True, kw_only=True):
    """Groups that a clusterer found, as row numbers of its input."""

    groups: tuple[tuple[int, ...], ...]
    """Rows of each group, ascending; groups sorted by their first row."""
    loose: tuple[int, ...]
    """Rows in no group, ascending."""
    algorithm: str
    """Name of the algorithm with its settings, in words."""


class Clusterer(Protocol):
    """Partitions unit vectors into groups of near vectors."""

    name: str

    def partition(self, vectors: "NDArray[np.float32]", *, weights: Sequence[int]) -> Partition:
        """Group the rows of *vectors*.

        Args:
            vectors: Shape ``(n, d)``, float32, unit rows, in canonical order (the caller sorts by lesson id).
            weights: Number of lessons that each row represents, at least 1.

        Raises:
            ValueError: shapes do not agree, or a row is not finite.
        """
