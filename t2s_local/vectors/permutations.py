"""Mantel's test of the correlation between two matrices of distances of the same items."""

from collections.abc import Iterator
from itertools import permutations
from typing import TYPE_CHECKING

from t2s_local.vectors.exact_tests import TOLERANCE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]

EXACT_UP_TO = 7
"""Largest number of items whose orders are all tried: 5,040 for seven items."""
N_ORDERS = 9_999
"""Number of random orders for more items."""
_ALIKE = 12
"""Decimals to which distances are rounded before ranking, so that rounding errors do not rank equal distances."""


def rank_matrix(distances: "Matrix") -> "Matrix":
    """Return the ranks of distances, less their mean; ties share a rank.

    Args:
        distances: Shape ``(n, n)``, symmetric, with zeros on the diagonal; at least two rows.

    Returns:
        Shape ``(n, n)``, symmetric; all zeros if all distances are equal.
    """
    import numpy as np
    from scipy.stats import rankdata

    above = np.triu_indices(len(distances), 1)
    ranks = rankdata(distances[above].round(_ALIKE))
    found = np.zeros_like(distances, dtype=np.float64)
    found[above] = ranks - ranks.mean()
    return found + found.T


def correlation(one: "Matrix", other: "Matrix") -> float:
    """Return Mantel's r of two rank matrices, neither of which is all zeros."""
    import numpy as np

    return float((one * other).sum() / np.sqrt((one * one).sum() * (other * other).sum()))


def reordered(matrix: "Matrix", *, seed: int) -> Iterator["Matrix"]:
    """Yield *matrix* with its items in every order; for more than seven items in 9,999 random orders."""
    import numpy as np

    n_things = len(matrix)
    dice = np.random.default_rng(seed)
    orders = (
        map(list, permutations(range(n_things)))
        if n_things <= EXACT_UP_TO
        else (dice.permutation(n_things).tolist() for _ in range(N_ORDERS))
    )
    for order in orders:
        yield matrix[np.ix_(order, order)]


def p_value(one: "Matrix", other: "Matrix", *, seed: int) -> float:
    """Return the share of orders of *other* whose r is at least the recorded r; the recorded order is counted."""
    recorded = correlation(one, other)
    found = [correlation(one, matrix) >= recorded - TOLERANCE for matrix in reordered(other, seed=seed)]
    is_exact = len(one) <= EXACT_UP_TO
    return (sum(found) + (not is_exact)) / (len(found) + (not is_exact))
