"""Exact statistics of small samples, with the figures of the descriptions they come from."""

import random
from itertools import combinations, product
from math import comb

import pytest

from t2s_local.vectors.exact_tests import permutation_test, sign_test, upper_tail, wilson


def test_three_of_four_have_the_wilson_interval_of_the_description() -> None:
    assert wilson(3, 4) == pytest.approx((0.3006, 0.9544), abs=5e-5)
    assert wilson(0, 0) is None
    assert wilson(0, 5) == pytest.approx((0.0, 0.4345), abs=5e-5)


def test_the_sign_test_is_exact_and_two_sided() -> None:
    assert sign_test(6, 0) == 0.03125
    assert sign_test(0, 5) == 0.0625
    assert sign_test(3, 3) == 1.0
    assert sign_test(0, 0) is None


def test_fifteen_of_twenty_are_more_than_chance_and_fourteen_are_not() -> None:
    assert upper_tail(15, 20) == pytest.approx(0.0207, abs=5e-5)
    assert upper_tail(14, 20) == pytest.approx(0.0577, abs=5e-5)


def test_a_permutation_test_counts_every_way_of_dealing_the_scores_within_each_stratum() -> None:
    assert permutation_test([([0.0], [1.0])] * 6) == sign_test(6, 0)
    assert permutation_test([([0.0] * 3, [1.0] * 3)]) == pytest.approx(2 / comb(6, 3))
    assert permutation_test([([0.0] * 3, [0.0, 1.0, 1.0])]) == pytest.approx(0.4)
    two = [([0.0, 0.2], [0.5, 1.0]), ([0.3], [0.1])]
    assert permutation_test(two) == pytest.approx(_by_hand(two))
    assert permutation_test([([0.4], [0.4]), ([], [1.0])]) is None


def test_what_does_not_differ_is_rarely_found_to_differ() -> None:
    dice = random.Random(5)

    def drawn() -> list[float]:
        return [float(dice.random() < 0.3) for _ in range(3)]

    found = [permutation_test([(drawn(), drawn()) for _ in range(10)]) for _ in range(300)]
    assert 1 <= sum(p is not None and p <= 0.05 for p in found) <= 15


def _by_hand(strata: list[tuple[list[float], list[float]]]) -> float:
    """P value by listing all ways of dealing."""
    dealt = [[sum(chosen) for chosen in combinations([*before, *after], len(after))] for before, after in strata]
    sums = [round(sum(one), 6) for one in product(*dealt)]
    seen = round(sum(sum(after) for _, after in strata), 6)
    tails = (sum(one <= seen for one in sums), sum(one >= seen for one in sums))
    return min(1.0, 2 * min(tails) / len(sums))
