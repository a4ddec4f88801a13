"""Exact statistics of small samples, with the figures of the descriptions they come from."""

import pytest

from t2s_local.vectors.exact_tests import sign_test, upper_tail, wilson


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
