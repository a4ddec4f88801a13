"""Map of the lessons: what lies near says much the same; the same lessons give the same map.

The places are the two directions in which the vectors differ most (classical multidimensional scaling of their
distances, which for vectors is a singular value decomposition). Circles that would cover each other are pushed apart.
"""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from t2s_local.vectors.matrix import FloatMatrix

    Points = NDArray[np.float64]

WIDTH, HEIGHT = 1000, 560
_EDGE = 24
"""Space around the circles."""
_ROUNDS = 60
_SMALLEST, _LARGEST = 5.0, 26.0
_GAP = 2.0


def radii(supports: "list[int]") -> "FloatMatrix":
    """Return a radius for each support, its area growing with the support."""
    if not supports:
        return np.zeros(0, np.float32)
    roots = np.sqrt(np.asarray(supports, np.float64))
    scale = (_LARGEST - _SMALLEST) / max(float(roots.max()) - 1.0, 1.0)
    return (_SMALLEST + np.clip(roots - 1.0, 0.0, None) * scale).astype(np.float32)


def places(vectors: "FloatMatrix", sizes: "FloatMatrix") -> list[tuple[int, int]]:
    """Lay out circles on the map.

    Args:
        vectors: Shape ``(n, d)``, unit rows.
        sizes: Radius of every circle.

    Returns:
        A centre for each row, whole numbers within the map.
    """
    if not len(vectors):
        return []
    spread = _stretched(_two_directions(vectors))
    centres = spread * (np.array([WIDTH, HEIGHT]) - 2 * (_EDGE + _LARGEST)) + _EDGE + _LARGEST
    moved = _apart(centres, sizes.astype(np.float64))
    return [(int(x), int(y)) for x, y in np.rint(moved)]


def _two_directions(vectors: "FloatMatrix") -> "Points":
    """Return the coordinates of each row in the two directions of the largest spread, each with a fixed sign."""
    centred = vectors.astype(np.float64) - vectors.mean(axis=0, dtype=np.float64)
    left, values, _ = np.linalg.svd(centred, full_matrices=False)
    found = np.zeros((len(vectors), 2))
    for at in range(min(2, len(values))):
        column = left[:, at] * values[at]
        found[:, at] = column if column[np.argmax(np.abs(column))] >= 0 else -column
    return found


def _stretched(
    points: "Points",
) -> "Points":
    """Bring *points* into the unit square: half by distance, half by rank, so that none squeezes the others."""
    found = np.full_like(points, 0.5)
    for at in range(points.shape[1]):
        column = points[:, at]
        reach = float(column.max() - column.min())
        if reach > 1e-9:
            ranks = np.argsort(np.argsort(column, kind="stable"), kind="stable") / max(len(column) - 1, 1)
            found[:, at] = ((column - column.min()) / reach + ranks) / 2
    return found


def _apart(centres: "Points", sizes: "Points") -> "Points":
    """Push circles apart that cover each other, a little in each of a fixed number of rounds."""
    moved, wanted = centres.copy(), sizes[:, None] + sizes[None, :] + _GAP
    np.fill_diagonal(wanted, 0.0)
    angles = np.arange(len(centres)) * 2.399963
    nudge = np.stack((np.cos(angles), np.sin(angles)), axis=1) * 1e-3
    moved += nudge
    low, high = (sizes + 2)[:, None], np.array([WIDTH, HEIGHT]) - (sizes + 2)[:, None]
    for _ in range(_ROUNDS):
        away = moved[:, None, :] - moved[None, :, :]
        far = np.sqrt((away**2).sum(axis=2))
        near = np.clip(wanted - far, 0.0, None)
        if not near.any():
            break
        moved += (away / np.maximum(far, 1e-9)[:, :, None] * (near / 2)[:, :, None]).sum(axis=1) * 0.6
        moved = np.clip(moved, low, high)
    return moved
