"""The graph of the work: which nodes and edges runs make, and how outcomes bear on them."""

import msgspec
import numpy as np
import pytest

from t2s_local.embedders.hashing import load
from t2s_local.stages.graph.alike import joined
from t2s_local.stages.graph.graph import build, join_labels, node_id, path_of, reinforced, with_feedback
from t2s_local.stages.graph.query import Finder
from t2s_local.values.work_graph import GraphEdge, GraphNode, WorkGraph
from tests.stages.graph.ways import calls, shell, walks

EMBEDDER = load(None)
FULL_1 = shell(
    ("df -h", "/dev/sda1 100% /"),
    ("journalctl --vacuum-size=1G", "Vacuuming done, freed 3.0G"),
    task="disk full on 10.0.0.12 at 2026-01-02T03:04:05Z",
)
FULL_2 = shell(
    ("df -h", "/dev/sda1 100% /"),
    ("journalctl --vacuum-size=1G", "Vacuuming done, freed 3.0G"),
    task="disk full on 10.0.0.99 at 2026-02-03T04:05:06Z",
)


def graph_of(*edges: tuple[str, str, float]) -> WorkGraph:
    names = sorted({end for source, target, _ in edges for end in (source, target)})
    return WorkGraph(
        n_runs=1,
        nodes=tuple(
            GraphNode(id=name, kind="action", label=name, labels=(name,), frequency=1, n_runs=1) for name in names
        ),
        edges=tuple(
            GraphEdge(source=source, target=target, relation="leads to", weight=weight, n_runs=1)
            for source, target, weight in edges
        ),
    )


def test_two_incidents_that_differ_in_host_and_time_are_one_way() -> None:
    made = build(join_labels(walks(FULL_1, FULL_2), EMBEDDER))
    assert [(node.kind, node.label, node.frequency) for node in made.nodes] == [
        ("action", "df -h", 2),
        ("observation", "disk full on <ip> at <time>", 2),
        ("resolution", "journalctl --vacuum-size=1G", 2),
    ]
    assert [(edge.source, edge.relation, edge.target, edge.weight, edge.n_runs) for edge in made.edges] == [
        ("action:df -h", "resolves", "resolution:journalctl --vacuum-size=1G", 2.0, 2),
        ("observation:disk full on <ip> at <time>", "leads to", "action:df -h", 2.0, 2),
    ]


def test_the_order_of_runs_does_not_show() -> None:
    one, other = (build(join_labels(walks(*runs), EMBEDDER)) for runs in ((FULL_1, FULL_2), (FULL_2, FULL_1)))
    assert msgspec.json.encode(one) == msgspec.json.encode(other)


def test_the_resolving_action_is_reached_from_the_symptom_in_two_hops() -> None:
    made = build(join_labels(walks(FULL_1, FULL_2), EMBEDDER))
    finder = Finder(made, EMBEDDER)
    found = finder.ways("disk full on 192.168.7.7 at 2026-05-05T05:05:05Z")
    assert (found[0].kind, found[0].says, len(found[0].nodes)) == ("resolution", "journalctl --vacuum-size=1G", 3)
    assert finder.ways("completely unrelated sourdough starter") == []


def test_a_label_that_is_observed_and_done_is_two_nodes() -> None:
    made = build(join_labels(walks(calls("restart", "restart_again", task="restart")), EMBEDDER))
    assert {"observation:restart", "action:restart"} <= {node.id for node in made.nodes}


@pytest.mark.parametrize(("vector", "n_groups"), [((0.86, 0.5103), 1), ((0.84, 0.5426), 2)])
def test_labels_are_one_node_up_to_a_distance_of_15_hundredths(vector: tuple[float, float], n_groups: int) -> None:
    assert len(set(joined(np.array([(1.0, 0.0), vector], np.float32)))) == n_groups


def test_average_linkage_joins_no_chain_whose_ends_are_far_apart() -> None:
    angles = np.deg2rad(np.arange(0, 180, 20))
    groups = joined(np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32))
    assert len(set(groups)) > 3


def test_feedback_lets_weights_decay_and_strengthens_the_ways_of_good_runs() -> None:
    two = graph_of(("a", "b", 1.0), ("b", "c", 1.0), ("x", "y", 1.0))
    weights = {(edge.source, edge.target): round(edge.weight, 4) for edge in reinforced(two, [["a", "b", "c"]]).edges}
    assert weights == {("a", "b"): 1.0, ("b", "c"): 1.0, ("x", "y"): 0.9}
    four = graph_of(*((one, other, 1.0) for one, other in zip("abcd", "bcde", strict=True)))
    assert {round(edge.weight, 4) for edge in reinforced(four, [list("abcde")]).edges} == {0.95}
    assert {round(edge.weight, 4) for edge in reinforced(four, []).edges} == {0.9}


def test_a_run_that_failed_lets_weights_decay_and_one_without_an_outcome_does_nothing() -> None:
    found = walks(calls("a", "b", outcome="failure"))
    made = build(join_labels(found, EMBEDDER))
    assert {edge.weight for edge in with_feedback(made, found).edges} == {0.9}
    unknown = walks(calls("a", "b"))
    assert with_feedback(made, unknown) is made


def test_ids_of_nodes_have_at_most_a_hundred_characters_of_the_label() -> None:
    assert node_id("action", "x" * 300) == "action:" + "x" * 100
    assert path_of(walks(calls("a"))[0]) == ["observation:Do the work.", "action:a"]


def test_a_secret_in_a_command_is_in_no_label() -> None:
    token = "ghp_" + "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8"
    made = build(join_labels(walks(shell((f"deploy --token {token}", "ok"), task="Deploy it.")), EMBEDDER))
    assert token not in msgspec.json.encode(made).decode()


def test_ten_thousand_different_actions_are_as_many_nodes_at_most() -> None:
    made = build(join_labels(walks(calls(*(f"tool_{at}x" for at in range(10_000)))), EMBEDDER))
    assert sum(node.frequency for node in made.nodes) == 10_001
