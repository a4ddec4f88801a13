"""Build the graph of the work from walks, and let outcomes of runs strengthen or weaken its edges."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import msgspec

from t2s_local.ports.grouping import Embedder
from t2s_local.stages.graph.alike import Named, representatives
from t2s_local.stages.graph.walks import without_repeats
from t2s_local.text.text import squeeze
from t2s_local.values.trajectory import TrajectoryId
from t2s_local.values.work_graph import GraphEdge, GraphNode, NodeKind, Relation, Walk, WalkEvent, WorkGraph

LONGEST_ID = 100
"""Largest number of characters of a label in the id of its node."""
DECAY, REINFORCEMENT, GOOD = 0.9, 0.2, 4
"""Factor on every weight at feedback, total gain of the edges of a good path, and least rating of a good path.

GraphMind (arXiv 2605.17617) publishes no values. A recorded success has the rating 5 of 5, a failure 1."""
_RATING = {"success": 5, "failure": 1}


class Joined(NamedTuple):
    """Walks in which labels that say the same were replaced by one label."""

    walks: tuple[Walk, ...]
    members: dict[str, tuple[str, ...]]
    """Id of each node to the sorted original labels of the node."""


def node_id(kind: NodeKind, label: str) -> str:
    """Return the id of a node; equal labels of two kinds have two ids."""
    return f"{kind}:{squeeze(label)[:LONGEST_ID]}"


def join_labels(walks: Sequence[Walk], embedder: Embedder) -> Joined:
    """Replace labels that say the same by the most frequent of them.

    A label that occurs in two families is replaced as in the family in which it is more frequent.
    """
    counts = Counter(_named(event) for walk in walks for event in walk.events)
    chosen = dict[tuple[NodeKind, str], str]()
    for named, label in sorted(representatives(counts, embedder).items(), key=lambda item: (-counts[item[0]], item)):
        chosen.setdefault((named.kind, named.label), label)
    members = defaultdict[str, set[str]](set)
    for (kind, own), label in chosen.items():
        members[node_id(kind, label)].add(own)

    def renamed(event: WalkEvent) -> WalkEvent:
        return msgspec.structs.replace(event, label=chosen[event.kind, event.label])

    joined = (msgspec.structs.replace(walk, events=tuple(without_repeats(map(renamed, walk.events)))) for walk in walks)
    return Joined(tuple(joined), {node: tuple(sorted(labels)) for node, labels in members.items()})


def build(joined: Joined) -> WorkGraph:
    """Return a graph of all walks: nodes with their number of occurrences, edges with their number of transitions."""
    labels = dict[str, tuple[NodeKind, str]]()
    frequencies, weights = Counter[str](), Counter[tuple[str, str]]()
    at = defaultdict[str, set[TrajectoryId]](set)
    along = defaultdict[tuple[str, str], set[TrajectoryId]](set)
    for walk in joined.walks:
        nodes = path_of(walk)
        for node, event in zip(nodes, walk.events, strict=True):
            labels.setdefault(node, (event.kind, event.label))
            at[node].add(walk.run)
        for pair in pairwise(nodes):
            along[pair].add(walk.run)
        frequencies.update(nodes)
        weights.update(pairwise(nodes))
    return WorkGraph(
        n_runs=len(joined.walks),
        nodes=tuple(
            GraphNode(
                id=node,
                kind=labels[node][0],
                label=labels[node][1],
                labels=joined.members.get(node, (labels[node][1],)),
                frequency=count,
                n_runs=len(at[node]),
            )
            for node, count in sorted(frequencies.items(), key=lambda item: (-item[1], item[0]))
        ),
        edges=tuple(
            GraphEdge(
                source=pair[0],
                target=pair[1],
                relation=_relation(labels[pair[0]][0], labels[pair[1]][0]),
                weight=float(count),
                n_runs=len(along[pair]),
            )
            for pair, count in sorted(weights.items(), key=lambda item: (-item[1], item[0]))
        ),
    )


def path_of(walk: Walk) -> list[str]:
    """Return the ids of the nodes of *walk*, in order."""
    return [node_id(event.kind, event.label) for event in walk.events]


def with_feedback(graph: WorkGraph, walks: Sequence[Walk]) -> WorkGraph:
    """Return *graph* with weights updated once by the outcomes of *walks*; without an outcome it is unchanged.

    Every weight decays once; then the edges of each good path share a fixed gain, so that short paths gain more on
    each edge.
    """
    rated = [(walk, _RATING[walk.outcome]) for walk in walks if walk.outcome in _RATING]
    if not rated:
        return graph
    return reinforced(graph, [path_of(walk) for walk, rating in rated if rating >= GOOD])


def reinforced(graph: WorkGraph, paths: Sequence[Sequence[str]]) -> WorkGraph:
    """Return *graph* after every weight has decayed and the edges of *paths* have gained weight.

    Args:
        graph: The graph.
        paths: For each run rated ``GOOD`` or better, its node ids in order.
    """
    gains = defaultdict[tuple[str, str], float](float)
    for path in paths:
        edges = list(pairwise(path))
        for edge in edges:
            gains[edge] += REINFORCEMENT / len(edges)
    edges_now = (
        msgspec.structs.replace(edge, weight=DECAY * edge.weight + gains.get((edge.source, edge.target), 0.0))
        for edge in graph.edges
    )
    ordered = sorted(edges_now, key=lambda edge: (-edge.weight, edge.source, edge.target))
    return msgspec.structs.replace(graph, edges=tuple(ordered))


def outgoing(graph: WorkGraph) -> Mapping[str, list[GraphEdge]]:
    """Return the edges from each node, the heaviest first."""
    found = defaultdict[str, list[GraphEdge]](list)
    for edge in graph.edges:
        found[edge.source].append(edge)
    return found


def _relation(source: NodeKind, target: NodeKind) -> Relation:
    if target == "resolution":
        return "resolves"
    return "causes" if target == "observation" and source != "observation" else "leads to"


def _named(event: WalkEvent) -> Named:
    return Named(event.kind, event.family, event.label)
