"""Stability of groups: near one where a group is clear, low where it is drawn by lot."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pytest

from t2s_local import registry
from t2s_local.stages.group.stability import DISSOLVED, stability
from t2s_local.vectors.matrix import unit

if TYPE_CHECKING:
    from t2s_local.vectors.matrix import FloatMatrix, IntMatrix


def rows_around(n_groups: int, each: int, *, spread: float, seed: int = 0) -> "FloatMatrix":
    """Rows of 32 dimensions around as many centres, group after group."""
    rng = np.random.default_rng(seed)
    centres = unit(rng.normal(size=(n_groups, 32)).astype(np.float32))
    rows = np.repeat(centres, each, axis=0)
    return unit(rows + np.float32(spread / 32**0.5) * rng.normal(size=rows.shape).astype(np.float32))


class Regroup:
    """Groups some of the rows with the clusterer t2s takes by itself, and counts how often."""

    def __init__(self, vectors: "FloatMatrix") -> None:
        self.vectors = vectors
        self.sizes: list[int] = []
        self._clusterer = registry.load("t2s_local.clusterers", "auto").load()

    def __call__(self, rows: "IntMatrix") -> Sequence[Sequence[int]]:
        self.sizes.append(len(rows))
        found = self._clusterer.partition(self.vectors[rows], weights=[1] * len(rows))
        return [tuple(rows[list(group)].tolist()) for group in found.groups]


@pytest.mark.parametrize("each", [3, 8, 40])
def test_clear_groups_stay_what_they_are(each: int) -> None:
    groups = [range(each * at, each * (at + 1)) for at in range(5)]
    found = stability(groups, 5 * each, Regroup(rows_around(5, each, spread=0.3)))
    assert min(value for value in found if value is not None) >= 0.95
    assert None not in found


def test_groups_drawn_by_lot_dissolve() -> None:
    drawn = np.array_split(np.random.default_rng(1).permutation(100), 10)
    found = stability([group.tolist() for group in drawn], 100, Regroup(rows_around(5, 20, spread=0.3)))
    assert max(value for value in found if value is not None) < 0.4


def test_of_one_clear_group_and_one_that_is_a_mixture_only_the_clear_one_is_stable() -> None:
    vectors = rows_around(6, 10, spread=0.3)
    clear, mixed = list(range(10)), [*range(10, 15), *range(20, 25), *range(30, 35)]
    found = stability([clear, mixed], len(vectors), Regroup(vectors))
    assert found[0] is not None
    assert found[1] is not None
    assert found[0] >= 0.95
    assert found[1] < DISSOLVED


def test_rows_without_any_structure_have_no_stable_groups() -> None:
    vectors = unit(np.random.default_rng(2).normal(size=(400, 32)).astype(np.float32))
    whole = Regroup(vectors)(np.arange(400))
    found = [value for value in stability(whole, 400, Regroup(vectors)) if value is not None]
    assert np.median(found) < DISSOLVED


def test_the_seed_decides_what_is_left_out_and_nothing_else_does() -> None:
    vectors = rows_around(8, 6, spread=1.1)
    groups = Regroup(vectors)(np.arange(48))
    first, again, other = (stability(groups, 48, Regroup(vectors), seed=seed) for seed in (0, 0, 1))
    assert first == again
    assert first != other


def test_the_order_of_the_groups_shows_in_the_order_of_the_values_only() -> None:
    vectors = rows_around(8, 6, spread=1.1)
    groups = list(Regroup(vectors)(np.arange(48)))
    there, back = (stability(order, 48, Regroup(vectors)) for order in (groups, groups[::-1]))
    assert there == back[::-1]


@pytest.mark.parametrize("groups", [[], [(0,)], [(0,), (2,)]])
def test_a_lesson_on_its_own_has_no_stability(groups: list[tuple[int, ...]]) -> None:
    regroup = Regroup(rows_around(1, 3, spread=0.3))
    assert stability(groups, 3, regroup) == (None,) * len(groups)
    assert regroup.sizes == []


def test_two_lessons_that_say_the_same_are_stable() -> None:
    vectors = unit(np.array([[1, 0.01, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], np.float32))
    assert stability([(0, 1)], 4, Regroup(vectors)) == (1.0,)


def test_of_many_rows_some_groups_are_looked_at_and_the_work_is_bounded() -> None:
    n, each = 60_000, 50
    sizes: list[int] = []

    def truth(rows: "IntMatrix") -> Sequence[Sequence[int]]:
        sizes.append(len(rows))
        return [tuple(part) for part in np.split(rows, np.flatnonzero(np.diff(rows // each)) + 1)]

    groups = [tuple(range(start, start + each)) for start in range(0, n, each)]
    found = stability(groups, n, truth)
    seen = [value for value in found if value is not None]
    assert 150 <= len(seen) <= 200
    assert set(seen) == {1.0}
    assert sum(sizes) <= 5 * 10_000
