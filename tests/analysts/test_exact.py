"""Exact tests on counts agree with scipy, and of many tests only as many are believed as may be."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from t2s_local.analysts._exact import believed, tail


@settings(deadline=None)
@given(st.data())
def test_the_tail_is_that_of_the_hypergeometric_distribution(data: st.DataObject) -> None:
    from scipy.stats import hypergeom

    total = data.draw(st.integers(1, 300))
    marked, draws = data.draw(st.integers(0, total)), data.draw(st.integers(0, total))
    successes = data.draw(st.integers(0, draws))
    expected = float(hypergeom.sf(successes - 1, total, marked, draws))
    assert tail(successes, draws, marked, total) == pytest.approx(expected, rel=1e-6, abs=1e-9)


@settings(deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_as_many_are_believed_as_benjamini_and_hochberg_allow(chances: list[float]) -> None:
    from scipy.stats import false_discovery_control

    adjusted = false_discovery_control(chances)
    for chance, is_believed in zip(adjusted, believed(chances, rate=0.05), strict=True):
        assert is_believed == (chance <= 0.05) or chance == pytest.approx(0.05)


def test_nothing_is_believed_of_no_tests() -> None:
    assert believed([], rate=0.05) == ()
