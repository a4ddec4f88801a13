"""Exact statistics of small samples: Wilson interval, sign test, binomial tail, and a permutation test by strata."""

from collections.abc import Iterable, Sequence
from math import comb, sqrt

import numpy as np
import numpy.typing as npt

_Z = 1.959963984540054
"""Quantile of the normal distribution for 95 % on both sides."""
TOLERANCE = 1e-9
"""Difference below which numbers count as equal: in floats the mean of (.05, .05, .05) is above .05."""

_GRID = 100
"""Steps from 0 to 1 to which the scores of a permutation test are rounded, so that their sums can be counted."""


def wilson(n: int, of: int) -> tuple[float, float] | None:
    """Return the 95 % interval of the proportion *n* / *of* (Wilson 1927), ends in [0, 1]; None if *of* is 0."""
    if of == 0:
        return None
    share, square = n / of, _Z * _Z
    centre = (share + square / (2 * of)) / (1 + square / of)
    half = _Z * sqrt(share * (1 - share) / of + square / (4 * of * of)) / (1 + square / of)
    return max(0.0, centre - half), min(1.0, centre + half)


def upper_tail(n: int, of: int, *, chance: float = 0.5) -> float:
    """Return the probability of at least *n* hits in *of* trials that each hit with *chance*."""
    return sum(comb(of, hits) * chance**hits * (1 - chance) ** (of - hits) for hits in range(n, of + 1))


def sign_test(n_up: int, n_down: int) -> float | None:
    """Return the p value of an exact two-sided sign test, ties left out; None if both counts are 0."""
    total = n_up + n_down
    if total == 0:
        return None
    return min(1.0, 2 * upper_tail(max(n_up, n_down), total))


def permutation_test(strata: Iterable[tuple[Sequence[float], Sequence[float]]]) -> float | None:
    """Return the p value of an exact two-sided permutation test of a difference between two arms.

    Within each stratum, every way of dealing its scores to the two arms is equally likely if the arms do not differ.
    If each arm has one score in each stratum, the test is a sign test weighted by the sizes of the differences.

    Args:
        strata: For each stratum, such as a task, the scores of both arms, from 0 to 1.

    Returns:
        None if no stratum has different scores.
    """
    total: npt.NDArray[np.float64] = np.ones(1)
    seen = 0
    for before, after in strata:
        scores = [round(score * _GRID) for score in (*before, *after)]
        if not before or not after or len(set(scores)) == 1:
            continue
        seen += sum(scores[len(before) :])
        total = np.convolve(total, _sums_of(scores, len(after)))
    if len(total) == 1:
        return None
    return float(min(1.0, 2 * min(total[: seen + 1].sum(), total[seen:].sum())))


def _sums_of(scores: Sequence[int], n: int) -> npt.NDArray[np.float64]:
    """Return the probability of each sum from 0 upwards of *n* of *scores*, chosen at random."""
    ways = np.zeros((n + 1, sum(sorted(scores)[-n:]) + 1))
    ways[0, 0] = 1.0
    for score in scores:
        more = np.zeros_like(ways)
        more[1:, score:] = ways[:-1, : ways.shape[1] - score]
        ways = (ways + more) / 2
    shares: npt.NDArray[np.float64] = ways[n] / ways[n].sum()
    return shares
