"""Drawings: whole numbers within their frame, the same for the same input, and readable."""

from typing import TYPE_CHECKING

import numpy as np

from t2s_local.report.drawing.lesson_map import HEIGHT, WIDTH, places, radii
from t2s_local.report.drawing.trends import PARTS, calendar_of, trend_of
from t2s_local.report.drawing.workflow import EDGES, workflow_of
from t2s_local.values.trajectory import TrajectoryId
from t2s_local.values.work_graph import GraphEdge, GraphNode, WorkGraph
from t2s_local.vectors.matrix import unit

if TYPE_CHECKING:
    from t2s_local.vectors.matrix import FloatMatrix


def vectors(n: int) -> "FloatMatrix":
    return unit(np.random.default_rng(3).normal(size=(n, 16)).astype(np.float32))


def test_circles_lie_within_the_map_and_hardly_cover_each_other() -> None:
    supports = [40, 9, *[3] * 20, *[1] * 60]
    sizes = radii(supports)
    found = np.array(places(vectors(len(supports)), sizes), float)
    assert ((found >= 0) & (found <= [WIDTH, HEIGHT])).all()
    far = np.sqrt(((found[:, None] - found[None]) ** 2).sum(axis=2)) + np.eye(len(found)) * 1e6
    covered = far < (sizes[:, None] + sizes[None]) * 0.8
    assert covered.sum() == 0


def test_a_larger_support_has_a_larger_circle() -> None:
    sizes = radii([100, 25, 4, 1])
    assert list(sizes) == sorted(sizes, reverse=True)
    assert len(set(map(float, sizes))) == 4


def test_the_map_does_not_depend_on_chance_and_stands_for_lessons_that_are_all_the_same() -> None:
    rows = vectors(30)
    assert places(rows, radii([2] * 30)) == places(rows.copy(), radii([2] * 30))
    same = np.repeat(rows[:1], 5, axis=0)
    found = places(same, radii([2] * 5))
    assert len(set(found)) == 5


def test_maps_of_few_lessons_are_drawn() -> None:
    for n in (0, 1, 2, 3):
        assert len(places(vectors(n), radii([1] * n))) == n


def test_days_are_divided_evenly_and_every_run_is_counted() -> None:
    days = {TrajectoryId(f"r{at}"): f"2025-{1 + at // 28:02}-{1 + at % 28:02}" for at in range(100)}
    calendar = calendar_of([*days.items(), (TrajectoryId("x"), None), (TrajectoryId("y"), "soon")])
    assert (calendar.first, calendar.last, calendar.n_parts) == ("2025-01-01", "2025-04-16", PARTS)
    trend = trend_of([*days, TrajectoryId("x"), TrajectoryId("y")], calendar, {TrajectoryId("r0"): "success"})
    assert sum(trend.success) == 1
    assert (sum(trend.unknown), sum(trend.failure), trend.n_undated) == (99, 0, 2)


def test_runs_of_one_day_are_one_part() -> None:
    calendar = calendar_of([(TrajectoryId("a"), "2025-01-01")])
    assert (calendar.n_parts, trend_of([TrajectoryId("a")], calendar, {}).unknown) == (1, (1,))


def node(name: str) -> GraphNode:
    return GraphNode(id=name, kind="action", label=name, labels=(name,), frequency=1, n_runs=1)


def edge(source: str, target: str) -> GraphEdge:
    return GraphEdge(source=source, target=target, relation="leads to", weight=1.0, n_runs=1)


def test_what_follows_stands_to_the_right_and_circles_end() -> None:
    edges = tuple(edge(*pair) for pair in ("ab", "bc", "ca", "bd", "dd"))
    drawn = workflow_of(WorkGraph(n_runs=1, nodes=tuple(map(node, "abcd")), edges=edges))
    assert drawn is not None
    at = {item.label: (item.x, item.y) for item in drawn.nodes}
    assert at["a"][0] < at["b"][0] < at["c"][0] == at["d"][0]
    assert len(set(at.values())) == 4
    assert len(drawn.edges) == 5
    assert all(0 <= x <= drawn.width and 0 <= y <= drawn.height for x, y in at.values())


def test_of_many_edges_the_heaviest_are_drawn_and_the_others_counted() -> None:
    names = [f"n{at}" for at in range(EDGES + 10)]
    edges = tuple(edge("start", name) for name in names)
    drawn = workflow_of(WorkGraph(n_runs=1, nodes=tuple(map(node, ["start", *names])), edges=edges))
    assert drawn is not None
    assert (len(drawn.edges), drawn.n_edges_cut) == (EDGES, 10)
    assert workflow_of(WorkGraph(n_runs=0, nodes=(), edges=())) is None
