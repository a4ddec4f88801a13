"""Drawings of the graph: what labels hold stays text."""

import pytest

from t2s_local.embedders.hashing import load
from t2s_local.stages.graph.drawing import dot, heaviest, mermaid
from t2s_local.stages.graph.graph import build, join_labels
from t2s_local.values.work_graph import WorkGraph
from tests.stages.graph.ways import abcd, calls, walks


def made(*tools: str) -> WorkGraph:
    return build(join_labels(walks(calls(*tools)), load(None)))


def test_a_flowchart_has_a_line_a_node_and_a_line_an_edge() -> None:
    graph = build(join_labels(walks(*abcd()), load(None)))
    lines = mermaid(heaviest(graph, 0)).splitlines()
    assert lines[0] == "flowchart LR"
    assert '  n0["a"]:::action' in lines
    assert sum("-->" in line for line in lines) == len(graph.edges) == 6


@pytest.mark.parametrize("label", ['say "end"', "a[b](c){d}", "end", "x --> y", "%% note", "<b>`c`</b>", "a;b|c\\"])
def test_no_label_ends_its_quotation(label: str) -> None:
    drawn = mermaid(heaviest(made(label), 0))
    line = next(line for line in drawn.splitlines() if ":::action" in line)
    assert line.count('"') == 2
    assert not set("<>`{};|\\") & set(line.split('"')[1].replace("#", "").replace(";", ""))
    described = next(line for line in dot(heaviest(made(label), 0)).splitlines() if "shape=box" in line)
    assert described.replace("\\\\", "").replace('\\"', "").count('"') == 2


def test_the_heaviest_edges_are_drawn_with_their_nodes_alone() -> None:
    graph = build(join_labels(walks(*abcd()), load(None)))
    part = heaviest(graph, 1)
    assert len(part.edges) == 1
    assert {node.id for node in part.nodes} == {part.edges[0].source, part.edges[0].target}
    assert len(heaviest(graph, 0).nodes) == len(graph.nodes)
