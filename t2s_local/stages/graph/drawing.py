"""Draw the heaviest part of a graph as Mermaid or DOT text; labels are escaped, since recordings may contain markup."""

from typing import NamedTuple

from t2s_local.text.text import clip, counted
from t2s_local.values.work_graph import GraphEdge, GraphNode, NodeKind, WorkGraph

_LONGEST = 60
"""Largest number of characters of a label that are drawn."""
_SHAPES: dict[NodeKind, tuple[str, str]] = {
    "observation": ('(["', '"])'),
    "action": ('["', '"]'),
    "resolution": ('{{"', '"}}'),
}
_STYLES = (
    "classDef observation fill:#fff4d6,stroke:#b8860b,color:#222",
    "classDef action fill:#eef3fb,stroke:#4a6fa5,color:#222",
    "classDef resolution fill:#e3f4e6,stroke:#3c8a4a,color:#222",
)
_DOT_SHAPES: dict[NodeKind, str] = {"observation": "ellipse", "action": "box", "resolution": "hexagon"}
_ENTITIES = {ord(mark): f"#{ord(mark)};" for mark in "#\"'`<>&\\[](){}|;%"}


class Part(NamedTuple):
    """The part of a graph that is drawn."""

    nodes: tuple[GraphNode, ...]
    edges: tuple[GraphEdge, ...]


def heaviest(graph: WorkGraph, most: int) -> Part:
    """Return the *most* heaviest edges with their nodes; if *most* is 0, all edges and all nodes.

    Up to a quarter of the edges are the heaviest ``resolves`` edges with two runs or more. Each run has only one such
    edge, so they would never be among the heaviest.
    """
    resolving = [edge for edge in graph.edges if edge.relation == "resolves" and edge.n_runs > 1][: most // 4]
    others = [edge for edge in graph.edges if edge not in resolving][: most - len(resolving)]
    chosen = {(edge.source, edge.target) for edge in (*resolving, *others)}
    edges = tuple(edge for edge in graph.edges if not most or (edge.source, edge.target) in chosen)
    ends = {end for edge in edges for end in (edge.source, edge.target)}
    return Part(tuple(node for node in graph.nodes if node.id in ends or not most), edges)


def mermaid(part: Part) -> str:
    """Return *part* as a Mermaid flowchart; the label of an edge is its number of runs."""
    names = {node.id: f"n{at}" for at, node in enumerate(part.nodes)}
    lines = ["flowchart LR"]
    for node in part.nodes:
        opening, closing = _SHAPES[node.kind]
        lines.append(f"  {names[node.id]}{opening}{_escaped(node.label)}{closing}:::{node.kind}")
    for edge in part.edges:
        lines.append(f'  {names[edge.source]} -->|"{_taken(edge)}"| {names[edge.target]}')
    lines += [f"  {style}" for style in _STYLES]
    return "\n".join(lines) + "\n"


def dot(part: Part) -> str:
    """Return *part* in DOT, the language of Graphviz."""
    names = {node.id: f"n{at}" for at, node in enumerate(part.nodes)}
    lines = ["digraph work {", "  rankdir=LR;", '  node [fontname="sans-serif"];']
    for node in part.nodes:
        lines.append(f"  {names[node.id]} [shape={_DOT_SHAPES[node.kind]}, label={_quoted(node.label)}];")
    for edge in part.edges:
        lines.append(f"  {names[edge.source]} -> {names[edge.target]} [label={_quoted(_taken(edge))}];")
    return "\n".join([*lines, "}"]) + "\n"


def _taken(edge: GraphEdge) -> str:
    return counted(edge.n_runs, "run")


def _escaped(label: str) -> str:
    """Return *label* escaped, so that Mermaid reads it as plain text."""
    return clip(label, _LONGEST).translate(_ENTITIES)


def _quoted(label: str) -> str:
    return '"' + clip(label, _LONGEST).replace("\\", "\\\\").replace('"', '\\"') + '"'
