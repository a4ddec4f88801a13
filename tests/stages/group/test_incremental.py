"""New lessons join what stands, found what is new, and leave the rest alone."""

from typing import TYPE_CHECKING

import numpy as np
import pytest

from t2s_local import registry
from t2s_local.ports.grouping import Clusterer, Partition
from t2s_local.stages.group.incremental import grow
from t2s_local.vectors.matrix import unit

if TYPE_CHECKING:
    from t2s_local.vectors.matrix import FloatMatrix


@pytest.fixture(scope="module")
def clusterer() -> Clusterer:
    loaded: Clusterer = registry.load("t2s_local.clusterers", "auto").load()
    return loaded


def around(axes: list[int], n: int, *, seed: int) -> "FloatMatrix":
    """*n* rows near each of these axes of 48, axis after axis."""
    noise = 0.05 * np.random.default_rng(seed).normal(size=(len(axes) * n, 48))
    return unit((np.eye(48)[np.repeat(axes, n)] + noise).astype(np.float32))


def grown(clusterer: Clusterer, old: "FloatMatrix", new: "FloatMatrix") -> tuple[Partition, Partition]:
    standing = clusterer.partition(old, weights=[1] * len(old))
    both = np.vstack([old, new])
    return standing, grow(standing, both, weights=[1] * len(both), clusterer=clusterer)


def test_a_lesson_that_belongs_joins_its_group(clusterer: Clusterer) -> None:
    old = around([0, 1, 2, 3], 10, seed=0)
    centre = unit(old[10:20].mean(axis=0, keepdims=True))
    standing, found = grown(clusterer, old, centre)
    assert len(found.groups) == len(standing.groups) == 4
    assert next(group for group in found.groups if 40 in group)[:10] == tuple(range(10, 20))


def test_lessons_about_something_new_found_a_group(clusterer: Clusterer) -> None:
    _, found = grown(clusterer, around([0, 1, 2, 3], 10, seed=0), around([9], 5, seed=1))
    assert (40, 41, 42, 43, 44) in found.groups
    assert len(found.groups) == 5


def test_a_loose_lesson_is_looked_at_again_when_its_like_comes(clusterer: Clusterer) -> None:
    old = np.vstack([around([0, 1, 2, 3], 10, seed=0), around([9], 1, seed=1)])
    standing, found = grown(clusterer, old, around([9], 2, seed=2))
    assert standing.loose == (40,)
    assert (40, 41, 42) in found.groups


def test_nothing_that_stands_is_taken_apart(clusterer: Clusterer) -> None:
    standing, found = grown(clusterer, around([0, 1, 2, 3], 10, seed=0), around([0, 5, 9], 7, seed=3))
    for group in standing.groups:
        assert any(set(group) <= set(larger) for larger in found.groups)
    rows = [row for group in found.groups for row in group] + list(found.loose)
    assert sorted(rows) == list(range(61))


def test_no_new_lessons_change_nothing(clusterer: Clusterer) -> None:
    old = around([0, 1, 2, 3], 10, seed=0)
    standing, found = grown(clusterer, old, old[:0])
    assert found.groups == standing.groups


def test_the_first_lessons_of_all_are_grouped(clusterer: Clusterer) -> None:
    new = around([0, 1, 2], 6, seed=0)
    empty = Partition(groups=(), loose=(), algorithm="none")
    found = grow(empty, new, weights=[1] * 18, clusterer=clusterer)
    assert len(found.groups) == 3


def test_fewer_rows_than_the_groups_have_are_refused(clusterer: Clusterer) -> None:
    standing = Partition(groups=((0, 1, 2),), loose=(3,), algorithm="test")
    with pytest.raises(ValueError, match="the groups have 4 rows already"):
        grow(standing, around([0], 2, seed=0), weights=[1, 1], clusterer=clusterer)


@pytest.mark.parametrize("value", [np.nan, np.inf, 0.0])
def test_a_new_row_that_is_no_unit_vector_is_refused(clusterer: Clusterer, value: float) -> None:
    new = np.full((1, 48), value, np.float32)
    with pytest.raises(ValueError, match="row 0 h"):
        grown(clusterer, around([0, 1, 2, 3], 10, seed=0), new)


def test_many_old_loose_lessons_are_looked_at_evenly(clusterer: Clusterer) -> None:
    loose = unit(np.random.default_rng(4).normal(size=(25_000, 48)).astype(np.float32))
    standing = Partition(groups=(), loose=tuple(range(25_000)), algorithm="test")
    twins = unit(loose[[0, 3_000]] + np.float32(0.001))
    found = grow(standing, np.vstack([loose, twins]), weights=[1] * 25_002, clusterer=clusterer)
    assert {(0, 25_000), (3_000, 25_001)} <= set(found.groups)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_growing_agrees_with_grouping_everything_afresh(clusterer: Clusterer, seed: int) -> None:
    from sklearn.metrics import adjusted_rand_score

    rng = np.random.default_rng(seed)
    vectors = around(list(range(30)), 70, seed=seed)[rng.permutation(2100)]
    _, found = grown(clusterer, vectors[:1900], vectors[1900:])
    afresh = clusterer.partition(vectors, weights=[1] * 2100)
    labels = np.empty((2, 2100), np.int64)
    for line, partition in zip(labels, (found, afresh), strict=True):
        line[:] = 10_000 + np.arange(2100)
        for label, rows in enumerate(partition.groups):
            line[list(rows)] = label
    assert adjusted_rand_score(labels[0], labels[1]) >= 0.9
