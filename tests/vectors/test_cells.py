"""The search for neighbours in cells, and the merges of the tree, against their exact counterparts."""

from typing import TYPE_CHECKING

import numpy as np
import pytest

from t2s_local.clusterers.hdbscan import merges, spanning_tree
from t2s_local.vectors.cells import nearest_in_cells
from t2s_local.vectors.matrix import unit
from t2s_local.vectors.neighbours import EXACT_BELOW, neighbours

if TYPE_CHECKING:
    from t2s_local.vectors.matrix import FloatMatrix

N = 4_000


def groups(n: int, *, spread: float, seed: int = 0) -> "FloatMatrix":
    """Rows around as many centres as a fiftieth of them, in 64 dimensions."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(n // 50, 64))
    rows = unit(centres.astype(np.float32))[rng.integers(0, len(centres), n)]
    return unit(rows + np.float32(spread / 8.0) * rng.normal(size=rows.shape).astype(np.float32))


def test_nearly_all_neighbours_are_found_in_cells() -> None:
    vectors = groups(N, spread=0.7)
    assert len(vectors) <= EXACT_BELOW
    exact, _ = neighbours(vectors, 16)
    found, cosines = nearest_in_cells(vectors, 16, n_threads=1)
    shared = [len(set(one) & set(other)) / 16 for one, other in zip(exact.tolist(), found.tolist(), strict=True)]
    assert np.mean(shared) >= 0.95
    assert np.allclose(cosines[:, 3], np.einsum("nd,nd->n", vectors, vectors[found[:, 3]]), atol=1e-5)
    assert (np.diff(cosines, axis=1) <= 0).all()
    assert (found != np.arange(N)[:, None]).all()


def test_the_number_of_threads_does_not_show() -> None:
    vectors = groups(N, spread=0.7)
    one, two = (nearest_in_cells(vectors, 8, n_threads=n_threads) for n_threads in (1, 2))
    assert (one[0] == two[0]).all()
    assert (one[1] == two[1]).all()


@pytest.mark.parametrize("n_kinds", [1, 3])
def test_rows_that_are_equal_by_the_thousand_take_no_longer(n_kinds: int) -> None:
    vectors = np.eye(8, dtype=np.float32)[np.arange(N) % n_kinds]
    found, cosines = nearest_in_cells(vectors, 16, n_threads=1)
    assert (found % n_kinds == (np.arange(N) % n_kinds)[:, None]).all()
    assert cosines.min() == 1.0


def test_above_some_thousand_rows_neighbours_come_from_cells() -> None:
    vectors = groups(EXACT_BELOW + 1, spread=0.5)
    assert (neighbours(vectors, 4)[0] == nearest_in_cells(vectors, 4, n_threads=1)[0]).all()


@pytest.mark.parametrize("n", [2, 3, 50, 1_000])
def test_the_merges_are_those_of_hdbscan(n: int) -> None:
    from hdbscan._hdbscan_linkage import label

    vectors = groups(max(n, 100), spread=0.7)[:n]
    rows, cosines = neighbours(vectors, 8)
    tree = spanning_tree(vectors, rows, np.sqrt(np.maximum(2.0 - 2.0 * cosines, 0.0)))
    assert (merges(tree) == label(np.ascontiguousarray(tree))).all()
