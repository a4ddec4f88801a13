"""Stability of groups when some of the lessons are left out."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from t2s_local.vectors.matrix import IntMatrix

KEPT = 0.8
"""Share of the rows that a round keeps: both lessons of a pair are kept in two rounds of three."""
DISSOLVED = 0.6
"""Mean Jaccard index below which a group should not be trusted (Hennig 2007)."""
VALID = 0.75
"""Mean Jaccard index from which a group is valid; between the two limits it is a pattern with uncertain members."""
_ROUNDS = 20
_FEWEST_ROUNDS = 5
_ROWS = 10_000
"""Most rows that all rounds together group again; with more rows there are fewer rounds, but at least five."""
_MOST = 10_000
"""Most rows of a round; if there are more, about so many rows are drawn, in whole groups."""
_SHARE_OF_DRAWN = 0.05
"""Largest size of a drawn group, as a share of a round's rows, so that no group dominates the round."""


def stability(
    groups: Sequence[Sequence[int]],
    n: int,
    regroup: "Callable[[IntMatrix], Sequence[Sequence[int]]]",
    *,
    seed: int = 0,
) -> tuple[float | None, ...]:
    """Return the cluster-wise stability (Hennig 2007, Computational Statistics & Data Analysis 52, by subsets).

    In each round a fifth of the rows is left out and the rest is grouped again. The remaining rows of each group are
    compared with the most similar new group by the Jaccard index, 0 if there is none. The stability of a group is the
    mean index over all rounds that contain at least two of its rows.

    Subsets replace the bootstrap's draws with replacement: rows drawn twice would be groups by themselves.

    Args:
        groups: Rows of each group; no row is in two.
        n: Number of rows, those in no group included.
        regroup: Function that groups the rows passed to it.
        seed: Seed of the choice of rows; the same seed leaves out the same rows.

    Returns:
        One value in [0, 1] for each group, in the order of *groups*. None for a group of one row; if there are more
        than 10,000 rows, also for a group that was not drawn.
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
    """Return the rows of whole groups and an equal share of the ungrouped rows, sorted; about ``_MOST`` rows."""
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
    """Return for each old group its similarity to the most similar new group, and if two of its rows are in the round.

    Shapes ``(n_own,)``; *rows* are the rows of the round.
    """
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
