"""Exact statistics of small samples: the Wilson interval, the sign test, and the binomial tail."""

from math import comb, sqrt

_Z = 1.959963984540054
"""Quantile of the normal distribution for 95 % on both sides."""
TOLERANCE = 1e-9
"""Difference below which numbers count as equal: in floats the mean of (.05, .05, .05) is above .05."""


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
