"""HDBSCAN's tree on a neighbour graph: minimum spanning tree, bridges between its parts, stable clusters."""

from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from t2s_local.vectors import FloatMatrix, IntMatrix

Selection = Literal["eom", "leaf"]
_REPRESENTATIVES = 16
"""Rows that stand for a part of the graph when the nearest other part is sought."""
_TINY = 1e-9
"""Added to every distance, since a sparse graph drops edges of length zero."""


def spanning_tree(vectors: "FloatMatrix", rows: "IntMatrix", distances: "FloatMatrix") -> "NDArray[np.float64]":
    """The shortest tree through all rows along the edges of a neighbour graph.

    Args:
        vectors: Shape ``(n, d)``: where the rows lie.
        rows: Shape ``(n, k)``: neighbours of each row.
        distances: Shape ``(n, k)``: how far they are.

    Returns:
        Shape ``(n - 1, 3)``: two rows and their distance, shortest first. Parts of the graph that hang together by
        no edge are joined by their nearest representatives.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components, minimum_spanning_tree

    n, k = rows.shape
    first = np.repeat(np.arange(n), k)
    second, lengths = rows.ravel(), distances.ravel().astype(np.float64) + _TINY
    low, high = np.minimum(first, second), np.maximum(first, second)
    once = np.unique(low * n + high, return_index=True)[1]
    graph = coo_array((lengths[once], (low[once], high[once])), shape=(n, n)).tocsr()
    tree = minimum_spanning_tree(graph).tocoo()
    edges = np.column_stack([*tree.coords, tree.data - _TINY])
    n_parts, parts = connected_components(graph, directed=False)
    if n_parts > 1:
        edges = np.vstack([edges, _bridges(vectors, parts.astype(np.int64), n_parts)])
    edges[:, :2].sort(axis=1)
    return edges[np.lexsort((edges[:, 1], edges[:, 0], edges[:, 2]))]


def _bridges(vectors: "FloatMatrix", parts: "IntMatrix", n_parts: int) -> "NDArray[np.float64]":
    """Edges that join all parts (Boruvka 1926): in each round every part is joined to the nearest other one."""
    chosen = _representatives(parts)
    points, owner = vectors[chosen], parts[chosen].astype(np.int64)
    found: list[tuple[float, float, float]] = []
    while n_parts > 1:
        best = _nearest_outside(points, owner)
        edges = {tuple(sorted((row, other))): distance for row, other, distance in best}
        root = np.arange(owner.max() + 1)
        for (row, other), distance in sorted(edges.items(), key=lambda edge: (edge[1], edge[0])):
            one, two = _root(root, owner[row]), _root(root, owner[other])
            if one != two:
                root[max(one, two)] = min(one, two)
                n_parts -= 1
                found.append((float(chosen[row]), float(chosen[other]), distance))
        owner = np.array([_root(root, part) for part in owner])
    return np.array(found)


def _root(root: "IntMatrix", part: int) -> int:
    while root[part] != part:
        part = int(root[part])
    return part


def _representatives(parts: "IntMatrix") -> "IntMatrix":
    """Up to 16 rows of each part, evenly spaced."""
    order = np.argsort(parts, kind="stable")
    sizes = np.bincount(parts)
    starts = np.cumsum(sizes) - sizes
    picks = [
        start + np.unique(np.linspace(0, size - 1, min(size, _REPRESENTATIVES)).astype(np.int64))
        for start, size in zip(starts, sizes, strict=True)
    ]
    return np.sort(order[np.concatenate(picks)])


def _nearest_outside(points: "FloatMatrix", owner: "IntMatrix") -> list[tuple[int, int, float]]:
    """For each part the closest pair of one of its points and one outside it."""
    best: dict[int, tuple[float, int, int]] = {}
    for start in range(0, len(points), 1024):
        cosines = points[start : start + 1024] @ points.T
        cosines[owner[start : start + 1024, None] == owner[None, :]] = -np.inf
        nearest = cosines.argmax(axis=1)
        for at, other in enumerate(nearest.tolist()):
            distance = float(np.sqrt(max(0.0, 2.0 - 2.0 * float(cosines[at, other]))))
            part = int(owner[start + at])
            best[part] = min(best.get(part, (np.inf, 0, 0)), (distance, start + at, other))
    return [(row, other, distance) for distance, row, other in best.values()]


def stable_clusters(
    tree: "NDArray[np.float64]",
    *,
    min_cluster_size: int,
    max_cluster_size: int = 0,
    selection: Selection = "eom",
    epsilon: float = 0.0,
) -> "IntMatrix":
    """Label rows by the most stable branches of *tree* (Campello et al. 2013), -1 for rows in none.

    Args:
        tree: What :func:`spanning_tree` returns.
        min_cluster_size: Smallest branch that counts.
        max_cluster_size: A larger branch is taken apart; 0 for any size.
        selection: ``eom`` by excess of mass, ``leaf`` for the finest branches.
        epsilon: Branches that part below this distance stay together.
    """
    from hdbscan._hdbscan_linkage import label
    from hdbscan.hdbscan_ import _tree_to_labels

    hierarchy = label(np.ascontiguousarray(tree))
    labels = _tree_to_labels(
        None,
        hierarchy,
        min_cluster_size,
        selection,
        cluster_selection_epsilon=epsilon,
        max_cluster_size=max_cluster_size,
    )[0]
    return np.asarray(labels, dtype=np.int64)
