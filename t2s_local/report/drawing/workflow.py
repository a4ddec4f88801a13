"""Lay out the workflow graph in layers: a node is to the right of the nodes it follows, except in cycles."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from t2s_local.report.drawing.values import GraphEdgeView, GraphNodeView, GraphView
from t2s_local.stages.graph.drawing import heaviest
from t2s_local.text.text import clip, counted
from t2s_local.values.work_graph import GraphEdge, GraphNode, WorkGraph

EDGES = 40
"""Number of edges that are drawn at most: more edges would cross too often to be readable."""
_COLUMN, _ROW, _WIDE, _HIGH, _EDGE = 270, 42, 210, 28, 12
_LOOP = 56
"""Distance in pixels that an edge to an earlier layer extends beyond its ends."""
_LABEL = 30
_SWEEPS = 8
_THICKEST = 7.0


def workflow_of(graph: WorkGraph) -> GraphView | None:
    """Return the layout of the heaviest edges of a graph; None if it has no edge."""
    part = heaviest(graph, EDGES)
    if not part.edges:
        return None
    places = _places(part.nodes, part.edges)
    most = max(edge.n_runs for edge in part.edges)
    labels = {node.id: node.label for node in part.nodes}
    return GraphView(
        width=max(x for x, _ in places.values()) + _WIDE + _LOOP,
        height=max(y for _, y in places.values()) + _HIGH + _EDGE,
        nodes=tuple(_node(node, places[node.id]) for node in part.nodes),
        edges=tuple(_edge(edge, places, labels, most) for edge in part.edges),
        n_edges_cut=len(graph.edges) - len(part.edges),
    )


def _places(nodes: Sequence[GraphNode], edges: Sequence[GraphEdge]) -> dict[str, tuple[int, int]]:
    layers = _layers(nodes, edges)
    near: dict[str, list[str]] = defaultdict(list)
    for edge in edges:
        near[edge.source].append(edge.target)
        near[edge.target].append(edge.source)
    columns: dict[int, list[str]] = defaultdict(list)
    for node in nodes:
        columns[layers[node.id]].append(node.id)
    rows = {one: float(at) for column in columns.values() for at, one in enumerate(column)}
    for _ in range(_SWEEPS):
        for layer in sorted(columns):
            column = columns[layer]
            middle = {one: sum(rows[other] for other in near[one]) / max(len(near[one]), 1) for one in column}
            column.sort(key=lambda one: (middle[one], one))
            rows |= {one: float(at) for at, one in enumerate(column)}
    return {one: (_LOOP + layers[one] * _COLUMN, _EDGE + int(rows[one]) * _ROW) for one in rows}


def _layers(nodes: Sequence[GraphNode], edges: Sequence[GraphEdge]) -> dict[str, int]:
    """Return the layer of each node, right of all nodes with edges to it; edges that close a cycle are ignored."""
    after: dict[str, set[str]] = defaultdict(set)
    for edge in edges:
        if edge.source != edge.target and not _leads(edge.target, edge.source, after):
            after[edge.source].add(edge.target)
    layers = {node.id: 0 for node in nodes}
    for _ in nodes:
        moved = {
            target: layers[source] + 1
            for source in layers
            for target in after[source]
            if layers[target] <= layers[source]
        }
        if not moved:
            break
        layers |= moved
    return layers


def _leads(start: str, end: str, after: Mapping[str, set[str]]) -> bool:
    seen, waiting = {start}, [start]
    while waiting:
        one = waiting.pop()
        if one == end:
            return True
        waiting += sorted(after.get(one, set()) - seen)
        seen |= after.get(one, set())
    return False


def _node(node: GraphNode, place: tuple[int, int]) -> GraphNodeView:
    return GraphNodeView(
        x=place[0],
        y=place[1],
        width=_WIDE,
        kind=node.kind,
        label=clip(node.label, _LABEL),
        says=f"{node.label} ({counted(node.n_runs, 'run')})",
    )


def _edge(
    edge: GraphEdge, places: Mapping[str, tuple[int, int]], labels: Mapping[str, str], most: int
) -> GraphEdgeView:
    (x1, y1), (x2, y2) = places[edge.source], places[edge.target]
    start, end = (x1 + _WIDE, y1 + _HIGH // 2), (x2, y2 + _HIGH // 2)
    reach = (end[0] - start[0]) // 2 if end[0] > start[0] else _LOOP
    return GraphEdgeView(
        path=f"M{start[0]} {start[1]}C{start[0] + reach} {start[1]} {end[0] - reach} {end[1]} {end[0]} {end[1]}",
        width=max(1, round(_THICKEST * edge.n_runs / most)),
        says=f"{labels[edge.source]} → {labels[edge.target]} ({counted(edge.n_runs, 'run')})",
        is_resolving=edge.relation == "resolves",
    )
