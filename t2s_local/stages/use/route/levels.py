"""Score skills on several levels as SkillRAE (arXiv 2605.10114) does: description, parts, name, and community."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from t2s_local.vectors.matrix import FloatMatrix, IntMatrix

    Levels = NDArray[np.float64]
    """Scores of skills on one level, shape ``(n,)``."""

BEST_UNITS = 30
"""Number of best parts, over all skills, that contribute to the scores."""
MOST_SHARED = 15
"""Largest number of skills that contain the same part for which the part contributes to the scores."""
ACTIVE = 2
"""Number of communities nearest to the task whose skills get a bonus."""
BONUS = 1.10
_DESCRIPTION, _UNITS, _NAME = 0.6, 0.4, 0.15


def min_max(values: "NDArray[np.floating]", hit: "NDArray[np.bool_] | None" = None) -> "Levels":
    """Return *values* scaled to [0, 1], shape ``(n,)``; .5 for each scaled value if all scaled values are equal.

    Args:
        values: Shape ``(n,)``.
        hit: True for each value to scale, shape ``(n,)``; all other values become 0. None scales every value.
    """
    scaled = np.zeros(len(values), np.float64)
    which = np.ones(len(values), bool) if hit is None else hit
    if which.any():
        low, high = values[which].min(), values[which].max()
        scaled[which] = (values[which] - low) / (high - low) if high > low else 0.5
    return scaled


def unit_level(similarities: "FloatMatrix", owners: "IntMatrix", degrees: "IntMatrix", n: int) -> "Levels":
    """Return for each skill the sum of similarity ÷ degree over the best parts of all skills, scaled to [0, 1].

    Args:
        similarities: Cosine of the task and each part, shape ``(u,)``.
        owners: Number of the skill of each part, shape ``(u,)``.
        degrees: Number of skills that contain each part, at least 1, shape ``(u,)``.
        n: Number of skills.
    """
    rows = np.flatnonzero(degrees <= MOST_SHARED)
    best = rows[np.argsort(-similarities[rows], kind="stable")][:BEST_UNITS]
    sums = np.bincount(owners[best], similarities[best] / degrees[best], minlength=n)
    return min_max(sums.astype(np.float64), np.bincount(owners[best], minlength=n) > 0)


def combined(description: "Levels", units: "Levels", name: "Levels", is_active: "NDArray[np.bool_]") -> "Levels":
    """Return the scores of skills from scores of their descriptions, parts and names, each shape ``(n,)`` in [0, 1].

    Args:
        description: Scores of the descriptions.
        units: Scores of the parts.
        name: Scores of the names.
        is_active: Skills that are in one of the communities nearest to the task.
    """
    total = _DESCRIPTION * description + _UNITS * units + _NAME * name
    boosted: Levels = total * np.where(is_active, BONUS, 1.0)
    return boosted


def in_active_communities(
    vector: "FloatMatrix", community_vectors: "FloatMatrix", communities: "IntMatrix"
) -> "NDArray[np.bool_]":
    """Return for each skill whether it is in one of the two communities nearest to the task.

    Args:
        vector: Vector of the task, shape ``(d,)``.
        community_vectors: Shape ``(k, d)``.
        communities: Community of each skill, shape ``(n,)``.
    """
    nearest = np.argsort(-(community_vectors @ vector), kind="stable")[:ACTIVE]
    return np.isin(communities, nearest)
