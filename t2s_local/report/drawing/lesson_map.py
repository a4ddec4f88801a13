"""Lay out the map of the lessons: similar lessons are near each other, and equal input gives an equal map.

The coordinates are the two directions in which the vectors differ most (classical multidimensional scaling of their
distances, which for vectors is a singular value decomposition). Overlapping circles are pushed apart.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from t2s_local.report.drawing.values import Dot, Label

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from t2s_local.vectors.matrix import FloatMatrix

    Points = NDArray[np.float64]

WIDTH, HEIGHT = 1000, 560
_EDGE = 24
"""Space between the circles and the edge of the map, in pixels."""
_ROUNDS = 60
_SMALLEST, _LARGEST = 5.0, 26.0
_GAP, _RIM, _NUDGE = 2.0, 2.0, 1e-3
"""Space between two circles, space to the edge, and first shift of circles at the same place, in pixels."""
_GOLDEN_ANGLE = 2.399963
_LETTER, _LINE, _ABOVE, _MOST_LABELS = 7.2, 16, 6, 16
"""Width of a letter, height of a line, space between label and circle (in pixels), and largest number of labels."""
_SHARE = 0.3
"""Fraction of the missing distance between two circles by which each circle moves in a round."""


def radii(supports: "list[int]") -> "FloatMatrix":
    """Return a radius in pixels for each support; the area of the circle grows with the support."""
    if not supports:
        return np.zeros(0, np.float32)
    roots = np.sqrt(np.asarray(supports, np.float64))
    scale = (_LARGEST - _SMALLEST) / max(float(roots.max()) - 1.0, 1.0)
    return (_SMALLEST + np.clip(roots - 1.0, 0.0, None) * scale).astype(np.float32)


def places(vectors: "FloatMatrix", sizes: "FloatMatrix") -> list[tuple[int, int]]:
    """Return the positions of circles on the map.

    Args:
        vectors: Shape ``(n, d)``, unit rows.
        sizes: Radius of every circle, in pixels.

    Returns:
        A centre (x, y) for each row, in whole pixels within the map.
    """
    if not len(vectors):
        return []
    spread = _stretched(_two_directions(vectors))
    centres = spread * (np.array([WIDTH, HEIGHT]) - 2 * (_EDGE + _LARGEST)) + _EDGE + _LARGEST
    moved = _apart(centres, sizes.astype(np.float64))
    return [(int(x), int(y)) for x, y in np.rint(moved)]


def labels(named: Iterable[tuple[str, str, Dot]]) -> tuple[Label, ...]:
    """Return labels with names of skills beside their circles; a label that would cover another is left out.

    Args:
        named: Name and anchor of each skill with its largest circle, the most important first.
    """
    boxes: list[tuple[float, float, float]] = []
    found: list[Label] = []
    for name, anchor, dot in named:
        width = len(name) * _LETTER
        middle = min(max(float(dot.x), width / 2 + _RIM), WIDTH - width / 2 - _RIM)
        base = dot.y - dot.radius - _ABOVE if dot.y - dot.radius > _LINE + _ABOVE else dot.y + dot.radius + _LINE
        is_free = all(abs(x - middle) > (width + wide) / 2 or abs(y - base) > _LINE for x, y, wide in boxes)
        if is_free and len(found) < _MOST_LABELS:
            boxes.append((middle, base, width))
            found.append(Label(x=round(middle), y=round(base), anchor=anchor, text=name))
    return tuple(found)


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
    """Return *points* scaled to the unit square, half by distance and half by rank to limit the effect of outliers."""
    found = np.full_like(points, 0.5)
    for at in range(points.shape[1]):
        column = points[:, at]
        reach = float(column.max() - column.min())
        if reach > 1e-9:
            ranks = np.argsort(np.argsort(column, kind="stable"), kind="stable") / max(len(column) - 1, 1)
            found[:, at] = ((column - column.min()) / reach + ranks) / 2
    return found


def _apart(centres: "Points", sizes: "Points") -> "Points":
    """Return *centres* with overlapping circles pushed apart, a little in each of a fixed number of rounds."""
    wanted = (sizes[:, None] + sizes[None, :] + _GAP).astype(np.float32)
    np.fill_diagonal(wanted, 0.0)
    turns = np.arange(len(centres)) * _GOLDEN_ANGLE
    axes = [centres[:, 0] + np.cos(turns) * _NUDGE, centres[:, 1] + np.sin(turns) * _NUDGE]
    low = sizes + _RIM
    for _ in range(_ROUNDS):
        away = [(axis[:, None] - axis[None, :]).astype(np.float32) for axis in axes]
        far = np.sqrt(away[0] * away[0] + away[1] * away[1])
        one, other = np.nonzero(far < wanted)
        if not len(one):
            break
        push = (wanted[one, other] / np.maximum(far[one, other], np.float32(1e-6)) - 1) * _SHARE
        moves = [np.bincount(one, push * side[one, other], len(centres)) for side in away]
        pairs = zip(axes, moves, (WIDTH, HEIGHT), strict=True)
        axes = [np.clip(axis + move, low, end - low) for axis, move, end in pairs]
    return np.stack(axes, axis=1)
