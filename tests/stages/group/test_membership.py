"""Soft membership: strengths that sum to one, highest where a lesson lies."""

import numpy as np
import pytest

from t2s_local.stages.group.membership import memberships
from t2s_local.values.cluster import Cluster, ClusterId
from t2s_local.values.lesson import LessonId
from t2s_local.vectors.matrix import unit

IDS = [LessonId(name) for name in "abcdefgh"]
ROWS = unit(
    np.array([[9, 1, 0], [9, 0, 1], [1, 9, 0], [0, 9, 1], [0, 1, 9], [1, 0, 9], [5, 5, 0], [1, 1, 1]], np.float32)
)


def cluster(name: str, members: str) -> Cluster:
    ids = tuple(LessonId(one) for one in members)
    return Cluster(id=ClusterId(name), lesson_ids=ids, cohesion=1.0, support=2, task_support=2)


CLUSTERS = [cluster("x", "ab"), cluster("y", "cd"), cluster("z", "ef")]


def test_a_member_belongs_most_to_its_own_cluster_and_strengths_sum_to_one() -> None:
    found = memberships(IDS, ROWS, CLUSTERS)
    for item in CLUSTERS:
        for one in item.lesson_ids:
            assert found[one][0].cluster == item.id
            assert found[one][0].strength > 0.9
    for parts in found.values():
        assert sum(part.strength for part in parts) == pytest.approx(1.0, abs=0.002)
        assert [part.strength for part in parts] == sorted((part.strength for part in parts), reverse=True)


def test_a_loose_lesson_between_two_clusters_belongs_to_both_alike() -> None:
    parts = memberships(IDS, ROWS, CLUSTERS)[LessonId("g")]
    assert {part.cluster for part in parts[:2]} == {"x", "y"}
    assert parts[0].strength == pytest.approx(parts[1].strength, abs=0.02)
    assert parts[2].strength < parts[1].strength / 2


def test_a_lesson_as_far_from_all_belongs_a_third_to_each() -> None:
    assert [part.strength for part in memberships(IDS, ROWS, CLUSTERS)[LessonId("h")]] == pytest.approx(
        [0.333] * 3, abs=0.01
    )


def test_the_order_of_the_clusters_does_not_show() -> None:
    assert memberships(IDS, ROWS, CLUSTERS) == memberships(IDS, ROWS, CLUSTERS[::-1])


def test_without_clusters_nothing_belongs_anywhere() -> None:
    assert memberships(IDS, ROWS, []) == dict.fromkeys(IDS, ())
