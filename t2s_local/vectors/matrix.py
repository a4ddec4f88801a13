"""Matrices of unit vectors: their types, a check, and the scaling of rows to unit length."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatMatrix = NDArray[np.float32]
    IntMatrix = NDArray[np.int64]


def check(vectors: "FloatMatrix") -> None:
    """Refuse a matrix that no clusterer can use.

    Raises:
        ValueError: there are not two axes, a value is not finite, or a row is not of unit length; states the row.
    """
    if vectors.ndim != 2:
        message = f"vectors must have two axes, not {vectors.ndim}"
        raise ValueError(message)
    broken = np.flatnonzero(~np.isfinite(vectors).all(axis=1))
    if broken.size:
        message = f"row {broken[0]} holds a value that is not finite"
        raise ValueError(message)
    lengths = np.sqrt(np.einsum("nd,nd->n", vectors, vectors))
    wrong = np.flatnonzero(np.abs(lengths - 1.0) > 1e-3)
    if wrong.size:
        message = f"row {wrong[0]} has length {lengths[wrong[0]]:.3g}, not 1"
        raise ValueError(message)


def unit(rows: "FloatMatrix") -> "FloatMatrix":
    """Scale every row to unit length, as float32; a row of zeros becomes the unit vector of the last axis."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    scaled: FloatMatrix = np.divide(rows, lengths, out=np.zeros_like(rows, dtype=np.float32), where=lengths > 1e-12)
    scaled[lengths[:, 0] <= 1e-12, -1:] = 1.0
    return scaled
