"""How well each group holds together when some of the lessons are left out."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from t2s_local.vectors.matrix import IntMatrix

KEPT = 0.8
"""Share of the rows a round keeps: of two lessons that are a group, both are there in two rounds of three."""
DISSOLVED = 0.6
"""Mean Jaccard index below which a group should not be trusted (Hennig 2007)."""
VALID = 0.75
"""Mean Jaccard index from which a group is a valid one; between the two something is there, but not exactly this."""
_ROUNDS = 20
_FEWEST_ROUNDS = 5
_ROWS = 10_000
"""Rows that are grouped again, all rounds together, before there are fewer rounds, down to five."""
_MOST = 10_000
"""Rows a round looks at; of more, whole groups are drawn."""
_SHARE_OF_DRAWN = 0.05
"""Largest share a drawn group may have of the rows that are looked at, so that none is oversize among them."""


def stability(
    groups: Sequence[Sequence[int]],
    n: int,
    regroup: "Callable[[IntMatrix], Sequence[Sequence[int]]]",
    *,
    seed: int = 0,
) -> tuple[float | None, ...]:
    """Cluster-wise stability (Hennig 2007, Computational Statistics & Data Analysis 52, by subsets).

    In each round a fifth of the rows is left out and the others are grouped afresh. Of each group, as far as it is
    still there, the Jaccard index with the most similar new group is taken, 0 where there is none; the mean over all
    rounds in which at least two of its rows are there is its stability.

    Subsets stand for the bootstrap's draws with replacement: rows drawn twice would be groups by themselves.

    Args:
        groups: Rows of each group; no row is in two.
        n: How many rows there are, those in no group included.
        regroup: Groups the rows it is given.
        seed: What is left out; the same seed leaves out the same rows.

    Returns:
        One value in [0, 1] a group, in that order; None for a group of one row, and where there are more than 10,000
        rows for a group that was not drawn.
    """
    rng = np.random.default_rng(seed)
    own = np.full(n, -1, np.int64)
    for at, group in enumerate(groups):
        own[list(group)] = at
    looked_at = np.arange(n) if n <= _MOST else _drawn(own, len(groups), rng)
    if max(map(len, groups), default=0) < 2:
        return (None,) * len(groups)
    total, rounds = np.zeros(len(groups)), np.zeros(len(groups), np.int64)
    for _ in range(min(max(_ROWS // len(looked_at), _FEWEST_ROUNDS), _ROUNDS)):
        rows = looked_at[rng.random(len(looked_at)) < KEPT]
        likeness, is_there = _round(own, rows, regroup(rows), len(groups))
        total[is_there] += likeness[is_there]
        rounds += is_there
    return tuple(
        round(float(one / count), 3) if count else None for one, count in zip(total, rounds.tolist(), strict=True)
    )


def _drawn(own: "IntMatrix", n_groups: int, rng: np.random.Generator) -> "IntMatrix":
    """Rows of whole groups and of a like share of what is in none, sorted; about ``_MOST``."""
    sizes = np.bincount(own + 1, minlength=n_groups + 1)[1:]
    share = _MOST / len(own)
    order = rng.permutation(n_groups)
    order = order[sizes[order] <= _SHARE_OF_DRAWN * _MOST]
    chosen = order[np.cumsum(sizes[order]) <= share * sizes.sum()]
    is_chosen = np.isin(own, chosen) | ((own < 0) & (rng.random(len(own)) < share))
    found: IntMatrix = np.flatnonzero(is_chosen)
    return found


def _round(
    own: "IntMatrix", rows: "IntMatrix", groups: Sequence[Sequence[int]], n_own: int
) -> "tuple[NDArray[np.float64], NDArray[np.bool_]]":
    """Likeness of each old group to the new one most similar to it, and whether it has two rows among *rows*."""
    new = np.full(len(own), -1, np.int64)
    for at, group in enumerate(groups):
        new[list(group)] = at
    sizes = np.bincount(own[rows] + 1, minlength=n_own + 1)[1:]
    both = rows[(own[rows] >= 0) & (new[rows] >= 0)]
    pairs, shared = np.unique(own[both] * len(groups) + new[both], return_counts=True)
    one, other = np.divmod(pairs, max(len(groups), 1))
    new_sizes = np.bincount(new[rows] + 1, minlength=len(groups) + 1)[1:]
    likeness = np.zeros(n_own, np.float64)
    np.maximum.at(likeness, one, shared / (sizes[one] + new_sizes[other] - shared))
    return likeness, sizes >= 2
