"""Exact one-sided tests on counts, and the choice of the tests that may be believed together."""

import math
from collections.abc import Sequence


def tail(successes: int, draws: int, marked: int, total: int) -> float:
    """Return the probability of *successes* or more marked items in a sample of *draws* items.

    The sample is drawn from *total* items, of which *marked* are marked. This is the one-sided test of Fisher (1935),
    the upper tail of the hypergeometric distribution. It is summed here because importing `scipy.stats` takes longer
    than a whole corpus of two thousand runs.
    """
    most = min(draws, marked)
    least = max(successes, draws + marked - total, 0)
    if least > most:
        return 0.0
    whole = _ways(total, draws)
    logs = [_ways(marked, hits) + _ways(total - marked, draws - hits) - whole for hits in range(least, most + 1)]
    return min(1.0, math.fsum(math.exp(value) for value in logs))


def _ways(total: int, draws: int) -> float:
    """Return the logarithm of the number of ways to draw *draws* of *total* items."""
    return math.lgamma(total + 1) - math.lgamma(draws + 1) - math.lgamma(total - draws + 1)


def believed(chances: Sequence[float], *, rate: float) -> tuple[bool, ...]:
    """Return for each p value in *chances* whether its test may be believed.

    At most a share *rate* of the believed tests is expected to be chance: the procedure of Benjamini and Hochberg
    (1995).
    """
    ranked = sorted(chances)
    limit = max((chance for rank, chance in enumerate(ranked, 1) if chance <= rate * rank / len(ranked)), default=-1.0)
    return tuple(chance <= limit for chance in chances)
