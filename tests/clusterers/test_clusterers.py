"""Contracts of every clusterer at every size."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pytest

from t2s_local import registry
from t2s_local.clusterers import hdbscan, linkage
from t2s_local.clusterers._grouping.loose_rows import linked, placed
from t2s_local.clusterers._grouping.partition import LOOSE
from t2s_local.clusterers._grouping.tree import spanning_tree, stable_clusters
from t2s_local.errors import UsageError
from t2s_local.ports.grouping import Clusterer, Partition
from t2s_local.vectors.matrix import unit
from t2s_local.vectors.neighbours import neighbours

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from t2s_local.vectors.matrix import FloatMatrix

SIZES = (0, 1, 2, 3, 8, 20, 50, 200, 1000)


@pytest.fixture(params=registry.names("t2s_local.clusterers"))
def clusterer(request: pytest.FixtureRequest) -> Clusterer:
    loaded: Clusterer = registry.load("t2s_local.clusterers", request.param).load()
    return loaded


def mixture(n: int, *, seed: int = 0, spread: float = 0.6) -> tuple["FloatMatrix", "NDArray[np.int64]"]:
    """Rows around some tenth as many centres; every fifth row is on its own."""
    rng = np.random.default_rng(seed)
    centres = unit(rng.normal(size=(max(1, n // 10), 64)).astype(np.float32))
    truth = rng.integers(0, len(centres), n)
    rows = centres[truth] + (spread / 8.0) * rng.normal(size=(n, 64)).astype(np.float32)
    alone = np.arange(n) % 5 == 4
    rows[alone] = rng.normal(size=(int(alone.sum()), 64))
    truth[alone] = 10_000 + np.flatnonzero(alone)
    return unit(rows.astype(np.float32)), truth


def agreement(one: "NDArray[np.int64]", other: "NDArray[np.int64]") -> float:
    """Adjusted Rand index of two labellings."""
    from sklearn.metrics import adjusted_rand_score

    return float(adjusted_rand_score(one, other))


def labels_of(partition: Partition, n: int) -> "NDArray[np.int64]":
    """One label a row; loose rows each have their own."""
    labels = 10_000 + np.arange(n)
    for label, rows in enumerate(partition.groups):
        labels[list(rows)] = label
    return labels


def test_the_clusterers_are_found_by_their_files() -> None:
    assert registry.names("t2s_local.clusterers") == ("auto", "hdbscan", "linkage")


@pytest.mark.parametrize("n", SIZES)
def test_every_row_is_in_one_group_or_loose(clusterer: Clusterer, n: int) -> None:
    vectors, _ = mixture(n)
    partition = clusterer.partition(vectors, weights=[1] * n)
    rows = [row for group in partition.groups for row in group] + list(partition.loose)
    assert sorted(rows) == list(range(n))
    assert all(tuple(sorted(group)) == group for group in partition.groups)
    assert [group[0] for group in partition.groups] == sorted(group[0] for group in partition.groups)


@pytest.mark.parametrize("n", [8, 50, 1000])
def test_the_same_rows_give_the_same_groups(clusterer: Clusterer, n: int) -> None:
    vectors, _ = mixture(n)
    assert clusterer.partition(vectors, weights=[1] * n) == clusterer.partition(vectors.copy(), weights=[1] * n)


@pytest.mark.parametrize("n", [20, 50, 200, 1000])
def test_the_order_of_rows_does_not_show(clusterer: Clusterer, n: int) -> None:
    vectors, _ = mixture(n)
    order = np.random.default_rng(1).permutation(n)
    plain = labels_of(clusterer.partition(vectors, weights=[1] * n), n)
    shuffled = labels_of(clusterer.partition(vectors[order], weights=[1] * n), n)
    assert agreement(plain[order], shuffled) >= 0.99


@pytest.mark.parametrize("n", [50, 200, 1000])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_auto_finds_what_was_planted(n: int, seed: int) -> None:
    vectors, truth = mixture(n, seed=seed)
    found = registry.load("t2s_local.clusterers", "auto").load().partition(vectors, weights=[1] * n)
    assert agreement(truth, labels_of(found, n)) >= 0.8


@pytest.mark.parametrize("n", [300, 2000])
def test_no_group_swallows_the_rest(clusterer: Clusterer, n: int) -> None:
    rng = np.random.default_rng(0)
    blob = unit((np.eye(1, 64) + 0.12 * rng.normal(size=(n - 40, 64))).astype(np.float32))
    islands = unit((np.eye(64)[np.arange(40) // 10 + 5] + 0.02 * rng.normal(size=(40, 64))).astype(np.float32))
    partition = clusterer.partition(np.vstack([blob, islands]), weights=[1] * n)
    assert max(len(group) for group in partition.groups) <= max(50, 0.15 * n)
    assert len(partition.loose) <= 0.25 * n


@pytest.mark.parametrize("n", [300, 1200])
def test_what_is_too_large_is_taken_apart_along_its_tree(clusterer: Clusterer, n: int) -> None:
    rng = np.random.default_rng(0)
    middle = unit(np.eye(64)[0] + 0.35 * np.eye(64)[1:9])[np.arange(n) % 8]
    rows = unit((middle + 0.03 * rng.normal(size=(n, 64))).astype(np.float32))
    partition = clusterer.partition(rows, weights=[1] * n)
    of = np.arange(n) % 8
    assert max(len(group) for group in partition.groups) <= max(50, 0.15 * n)
    assert all(len(set(of[list(group)])) == 1 for group in partition.groups)


def test_a_subject_most_lessons_are_about_is_not_lost_for_its_size() -> None:
    vectors, _ = mixture(3_000)
    rng = np.random.default_rng(1)
    vectors[:900] = unit((np.eye(64)[0] + 0.06 * rng.normal(size=(900, 64))).astype(np.float32))
    partition = hdbscan.load().partition(vectors, weights=[1] * 3_000)
    big = set(range(900))
    inside = [set(group) for group in partition.groups if not big.isdisjoint(group)]
    assert sum(len(group & big) for group in inside) >= 0.9 * 900
    assert sum(len(group - big) for group in inside) <= 0.05 * 900
    assert len(inside) <= 20
    assert max(map(len, partition.groups)) <= 450


def test_a_loose_row_joins_the_group_it_clearly_belongs_to_and_no_other() -> None:
    points, _ = mixture(60, spread=0.1)
    points[:3] = unit(np.eye(3, 64, dtype=np.float32))
    points[3:7] = unit(np.eye(64, dtype=np.float32)[[0, 0, 1, 1]] + np.float32(0.05) * points[3:7])
    points[7] = unit(np.eye(1, 64, dtype=np.float32) + np.eye(64, dtype=np.float32)[[1]])[0]
    labels = np.full(60, LOOSE)
    labels[[1, 5, 6]] = 1
    labels[[3, 4]] = 0
    found = placed(points, labels, largest=50)
    assert (found[0], found[2], found[7]) == (0, LOOSE, LOOSE)
    assert (placed(points, labels, largest=2) == labels).all()


def test_loose_rows_that_are_surely_alike_become_a_group() -> None:
    points = unit((np.eye(64)[[0, 0, 0, 1, 1, 2, 3, 4]] + 0.01).astype(np.float32))
    labels = np.array([LOOSE] * 7 + [0])
    found = linked(points, labels, min_size=3, largest=50)
    assert found[0] == found[1] == found[2] == 1
    assert (found[3:7] == LOOSE).all()
    assert found[7] == 0


def test_rows_that_are_all_alike_are_one_group(clusterer: Clusterer) -> None:
    vectors = np.repeat(np.eye(1, 8, dtype=np.float32), 30, axis=0)
    partition = clusterer.partition(vectors, weights=[1] * 30)
    assert partition.groups == (tuple(range(30)),)
    assert partition.algorithm == "none: all lessons are alike"


def test_a_row_that_stands_for_many_lessons_is_a_group_of_its_own(clusterer: Clusterer) -> None:
    vectors = np.eye(12, dtype=np.float32)
    partition = clusterer.partition(vectors, weights=[1, 9, *[1] * 10])
    assert (1,) in partition.groups


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([[1.0, 0.0], [np.nan, 0.0]], "row 1 holds a value that is not finite"),
        ([[1.0, 0.0], [np.inf, 0.0]], "row 1 holds a value that is not finite"),
        ([[0.0, 0.0], [1.0, 0.0]], "row 0 has length 0, not 1"),
        ([1.0, 0.0], "two axes"),
    ],
)
def test_rows_that_are_no_unit_vectors_are_refused(clusterer: Clusterer, rows: Sequence[object], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        clusterer.partition(np.array(rows, np.float32), weights=[1] * len(rows))


def test_as_many_weights_as_rows_are_wanted(clusterer: Clusterer) -> None:
    with pytest.raises(ValueError, match="2 rows, but 1 weights"):
        clusterer.partition(np.eye(2, dtype=np.float32), weights=[1])


def test_linkage_says_when_there_are_too_many_rows() -> None:
    vectors = np.repeat(np.eye(2, dtype=np.float32), linkage.LARGEST, axis=0)
    with pytest.raises(UsageError, match="too many for linkage"):
        linkage.load().partition(vectors, weights=[1] * len(vectors))


def test_auto_says_which_algorithm_it_took() -> None:
    auto = registry.load("t2s_local.clusterers", "auto").load()
    few, many = mixture(50)[0], mixture(6000)[0]
    assert auto.partition(few, weights=[1] * 50).algorithm.startswith("average linkage")
    assert auto.partition(many, weights=[1] * 6000).algorithm.startswith("HDBSCAN")


def test_leaves_are_at_least_as_many_as_stable_branches() -> None:
    vectors, _ = mixture(400)
    stable = hdbscan.load(min_cluster_size=5).partition(vectors, weights=[1] * 400)
    leaves = hdbscan.load(min_cluster_size=5, selection="leaf").partition(vectors, weights=[1] * 400)
    assert len(leaves.groups) >= len(stable.groups)
    assert "leaves" in leaves.algorithm


@pytest.mark.parametrize("seed", [0, 1])
def test_the_tree_on_neighbours_agrees_with_exact_hdbscan(seed: int) -> None:
    from hdbscan import HDBSCAN

    vectors, _ = mixture(1500, seed=seed)
    exact = HDBSCAN(min_cluster_size=5, min_samples=1, algorithm="generic").fit(vectors.astype(np.float64)).labels_
    rows, cosines = neighbours(vectors, 32)
    tree = spanning_tree(vectors, rows, np.sqrt(np.maximum(2.0 - 2.0 * cosines, 0.0)))
    ours = stable_clusters(tree, min_cluster_size=5)
    assert agreement(exact, ours) >= 0.99


def test_parts_that_share_no_edge_are_joined_into_one_tree() -> None:
    vectors = unit(np.repeat(np.eye(6, dtype=np.float32), 40, axis=0) + np.float32(0.01) * mixture(240)[0][:, :6])
    rows, cosines = neighbours(vectors, 3)
    tree = spanning_tree(vectors, rows, 1.0 - cosines)
    reached = {0}
    for _ in range(len(tree)):
        reached |= {int(end) for edge in tree for end in edge[:2] if {int(edge[0]), int(edge[1])} & reached}
    assert tree.shape == (239, 3)
    assert reached == set(range(240))


@pytest.mark.parametrize("n_groups", [1, 3, 60])
def test_the_sum_of_a_group_has_the_bits_of_adding_its_rows_one_by_one(n_groups: int) -> None:
    random = np.random.default_rng(0)
    vectors = unit(random.standard_normal((200, 32)).astype(np.float32))
    labels = np.concatenate([np.arange(n_groups), random.integers(0, n_groups, 200 - n_groups)])
    expected = np.zeros((n_groups, 32), np.float32)
    np.add.at(expected, labels, vectors)
    assert np.array_equal(linkage.sums_by_group(vectors, labels), expected)
