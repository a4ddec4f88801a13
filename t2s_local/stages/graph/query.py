"""Find paths from a symptom to actions: the nearest observations, then a few hops along edges, scored by weight."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from t2s_local.ports.grouping import Embedder
from t2s_local.stages.graph.graph import outgoing
from t2s_local.stages.graph.labels import words_label
from t2s_local.values.value import Value
from t2s_local.values.work_graph import GraphEdge, GraphNode, NodeKind, WorkGraph

ROOTS, HOPS = 3, 2
"""Number of observations at which a query begins, and of edges it follows from each; chosen here (decision 0801)."""
_LEAST_COSINE = 0.2
"""Least cosine of a text and an observation near it; texts about different matters have lower cosines."""


class FoundWay(Value, frozen=True, kw_only=True):
    """A path from an observation to an action."""

    nodes: tuple[str, ...]
    """Ids of the nodes, from the observation (the root) on."""
    kind: NodeKind
    """Kind of the last node."""
    says: str
    """Label of the last node."""
    score: float
    """Cosine of the root times the share of each followed edge among the edges of its node, in [0, 1].

    Shares are computed from the logarithms of the edge weights.
    """
    n_runs: int
    """Smallest number of runs on any edge of the path."""


class Finder:
    """Finds paths in one graph, whose observations are embedded once."""

    def __init__(self, graph: WorkGraph, embedder: Embedder) -> None:
        """Embed the observations of *graph*."""
        self._embedder = embedder
        self._observations = [node for node in graph.nodes if node.kind == "observation"]
        self._vectors = embedder.embed([node.label for node in self._observations]) if self._observations else None
        self._edges, self._nodes = outgoing(graph), {node.id: node for node in graph.nodes}

    def ways(self, text: str, *, roots: int = ROOTS, hops: int = HOPS) -> list[FoundWay]:
        """Return the best path to each action or resolution near *text*: resolutions first, then by falling score.

        Args:
            text: A task or an error, in any words.
            roots: Number of nearest observations at which paths begin.
            hops: Largest number of edges in a path.
        """
        best = dict[str, FoundWay]()
        for node, cosine in self.nearest(text, most=roots):
            for way in _from(node.id, cosine, self._edges, self._nodes, hops):
                if way.nodes[-1] not in best or _order(way) < _order(best[way.nodes[-1]]):
                    best[way.nodes[-1]] = way
        return sorted(best.values(), key=_order)

    def nearest(self, text: str, *, most: int) -> list[tuple[GraphNode, float]]:
        """Return at most *most* observations nearest to *text*, with cosines of .2 or more, the nearest first."""
        if self._vectors is None:
            return []
        cosines = self._vectors @ self._embedder.embed([words_label(text)])[0]
        order = np.lexsort((np.arange(len(cosines)), -cosines))[:most]
        return [(self._observations[at], float(cosines[at])) for at in order if cosines[at] >= _LEAST_COSINE]


def _from(
    root: str, cosine: float, edges: Mapping[str, list[GraphEdge]], nodes: Mapping[str, GraphNode], hops: int
) -> list[FoundWay]:
    """Return the paths of up to *hops* edges from *root* that end in an action or a resolution."""
    found = list[FoundWay]()
    frontier = [_Path((root,), cosine, None)]
    for _ in range(hops):
        frontier = [longer for path in frontier for longer in _longer(path, edges.get(path.nodes[-1], []))]
        found += [
            FoundWay(nodes=path.nodes, kind=end.kind, says=end.label, score=path.score, n_runs=path.n_runs or 0)
            for path in frontier
            if (end := nodes[path.nodes[-1]]).kind != "observation"
        ]
    return found


class _Path(NamedTuple):
    nodes: tuple[str, ...]
    score: float
    n_runs: int | None
    """Smallest number of runs on any edge of the path; None if it has no edge."""


def _longer(path: _Path, following: Sequence[GraphEdge]) -> Iterator[_Path]:
    total = sum(math.log1p(edge.weight) for edge in following)
    for edge in following:
        if edge.target not in path.nodes:
            n_runs = edge.n_runs if path.n_runs is None else min(path.n_runs, edge.n_runs)
            yield _Path((*path.nodes, edge.target), path.score * math.log1p(edge.weight) / total, n_runs)


def _order(way: FoundWay) -> tuple[bool, float, tuple[str, ...]]:
    return way.kind != "resolution", -way.score, way.nodes
