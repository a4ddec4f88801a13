"""Group the skills of a library by k-means, as SkillRAE (arXiv 2605.10114) does, for ranking by communities."""

import math
from typing import TYPE_CHECKING

import numpy as np

from t2s_local.vectors.neighbours import threads_for

if TYPE_CHECKING:
    from t2s_local.vectors.matrix import FloatMatrix, IntMatrix

SEED = 42
MOST_NAMES = 5
_ITERATIONS = 25


def communities(vectors: "FloatMatrix") -> "IntMatrix":
    """Return the community of each skill, numbered from 0 in the order of their first skills.

    Args:
        vectors: Shape ``(n, d)``, unit rows; they are grouped into ⌊√n⌋ communities.
    """
    n_groups = math.isqrt(len(vectors))
    if n_groups < 2:
        return np.zeros(len(vectors), np.int64)
    from faiss import Kmeans

    means = Kmeans(vectors.shape[1], n_groups, niter=_ITERATIONS, seed=SEED, spherical=True, min_points_per_centroid=1)
    with threads_for(len(vectors)):
        means.train(vectors)
        found = means.index.search(vectors, 1)[1][:, 0]
    number: dict[int, int] = {}
    return np.array([number.setdefault(int(one), len(number)) for one in found], np.int64)


def central(vectors: "FloatMatrix", groups: "IntMatrix", group: int) -> list[int]:
    """Return the rows of up to five skills of a community, the nearest to its middle first."""
    rows = np.flatnonzero(groups == group)
    middle = vectors[rows].mean(axis=0)
    order = np.argsort(-(vectors[rows] @ middle), kind="stable")
    return [int(row) for row in rows[order][:MOST_NAMES]]
