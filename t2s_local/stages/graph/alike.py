"""Labels that say the same: average linkage at cosine distance .15, each family on its own."""

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
"""Mean cosine distance up to which labels are one node (GraphMind, arXiv 2605.17617)."""
_NEIGHBOURS = 32
_LARGEST = 2_000
"""Labels whose pairwise distances are held at once; more of one family are joined in portions, in their order."""


class Named(NamedTuple):
    """A label of one kind and family."""

    kind: NodeKind
    family: str
    label: str


def representatives(counts: Mapping[Named, int], embedder: Embedder) -> dict[Named, str]:
    """Return for every label the one that stands for it: the most frequent of those that say the same.

    Args:
        counts: How often each label occurs.
        embedder: Places the labels.
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

    Rows that average linkage joins there are joined by neighbours nearer than that, so that only rows which hang
    together by such neighbours are compared pair by pair.

    Args:
        vectors: Shape ``(n, d)``, float32, unit rows.

    Returns:
        The number of its group for each row.
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
    """Return for every row the part of the graph of near neighbours that it lies in."""
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
