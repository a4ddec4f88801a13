"""Join labels that say the same: average linkage at cosine distance .15, within each kind and family of labels."""

from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from t2s_local.ports.grouping import Embedder
from t2s_local.values.work_graph import NodeKind
from t2s_local.vectors.neighbours import neighbours, threads_for

if TYPE_CHECKING:
    from t2s_local.vectors.matrix import FloatMatrix, IntMatrix

FARTHEST = 0.15
"""Largest mean cosine distance of labels that become one node (GraphMind, arXiv 2605.17617)."""
_NEIGHBOURS = 32
_LARGEST = 2_000
"""Largest number of labels whose pairwise distances are in memory at once; more are joined in portions, in order."""


class Named(NamedTuple):
    """A label of one kind and family."""

    kind: NodeKind
    family: str
    label: str


def representatives(counts: Mapping[Named, int], embedder: Embedder) -> dict[Named, str]:
    """Return the representative of every label: the most frequent label among labels that say the same.

    Args:
        counts: Number of occurrences of each label.
        embedder: Turns labels into vectors.
    """
    families = defaultdict[tuple[NodeKind, str], list[Named]](list)
    for named in sorted(counts):
        families[named.kind, named.family].append(named)
    found = dict[Named, str]()
    for members in families.values():
        groups = joined(embedder.embed([named.label for named in members])) if len(members) > 1 else [0]
        chosen = dict[int, Named]()
        for group, named in zip(groups, members, strict=True):
            if group not in chosen or counts[named] > counts[chosen[group]]:
                chosen[group] = named
        found |= {named: chosen[group].label for group, named in zip(groups, members, strict=True)}
    return found


def joined(vectors: "FloatMatrix") -> list[int]:
    """Group unit rows by average linkage, cut at a mean cosine distance of ``FARTHEST``.

    Rows in one such group are always connected by a chain of neighbours nearer than ``FARTHEST``, so only rows with
    such a chain between them are compared pair by pair.

    Args:
        vectors: Shape ``(n, d)``, float32, unit rows.

    Returns:
        The group number of each row.
    """
    parts = _connected(vectors)
    groups, n_groups = np.empty(len(vectors), np.int64), 0
    for part in range(int(parts.max()) + 1):
        rows = np.flatnonzero(parts == part)
        for start in range(0, len(rows), _LARGEST):
            portion = rows[start : start + _LARGEST]
            labels = _linked(vectors[portion])
            groups[portion] = n_groups + labels
            n_groups += int(labels.max()) + 1
    return list(map(int, groups))


def _connected(vectors: "FloatMatrix") -> "IntMatrix":
    """Return, for every row, the number of its connected component in the graph of near neighbours."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    n = len(vectors)
    rows, cosines = neighbours(vectors, _NEIGHBOURS)
    near = cosines >= 1.0 - FARTHEST - 1e-6
    starts = np.repeat(np.arange(n), near.sum(axis=1))
    graph = csr_array((np.ones(len(starts), np.int8), (starts, rows[near])), shape=(n, n))
    return connected_components(graph, directed=False)[1].astype(np.int64)


def _linked(vectors: "FloatMatrix") -> "IntMatrix":
    from scipy.cluster.hierarchy import fcluster, linkage

    n = len(vectors)
    if n == 1:
        return np.zeros(1, np.int64)
    with threads_for(n):
        distances = np.clip(1.0 - (vectors @ vectors.T)[np.triu_indices(n, 1)], 0.0, 2.0)
    tree = linkage(distances.astype(np.float64), "average")
    labels: IntMatrix = fcluster(tree, FARTHEST + 1e-6, criterion="distance").astype(np.int64) - 1
    return labels
