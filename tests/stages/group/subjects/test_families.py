"""Clusters on one subject come together, and no family grows without bound."""

from collections.abc import Sequence

import numpy as np
import pytest

from t2s_local.stages.group.dedupe import Unique, dedupe
from t2s_local.stages.group.subjects.families import LARGEST, families
from t2s_local.values.cluster import Cluster, ClusterId, Clustering
from t2s_local.values.value import digest
from t2s_local.vectors.matrix import unit
from tests.build import lesson


def planted(
    subjects: Sequence[int], *, seed: int = 0
) -> tuple[Clustering, Unique, "np.ndarray[tuple[int, int], np.dtype[np.float32]]"]:
    """One cluster of three lessons for each entry of *subjects*; those of one subject lie near one axis."""
    rng = np.random.default_rng(seed)
    rows = np.eye(48)[np.repeat(np.array(subjects, np.int64), 3)] + 0.05 * rng.normal(size=(3 * len(subjects), 48))
    apart = np.repeat(0.08 * rng.normal(size=(len(subjects), 48)), 3, axis=0)
    lessons = [lesson(f"case {number}", f"do {number}") for number in range(3 * len(subjects))]
    unique = dedupe(lessons, unit((rows + apart).astype(np.float32)), near=1.5)
    vectors = unit((rows + apart).astype(np.float32))[list(unique.rows)]
    clusters = []
    for at in range(len(subjects)):
        ids = tuple(item.id for item in lessons[3 * at : 3 * at + 3])
        identity = ClusterId(digest(*sorted(ids)))
        clusters.append(Cluster(id=identity, lesson_ids=ids, cohesion=0.9, support=3 + at, task_support=3))
    return Clustering(clusters=tuple(clusters), loose=(), algorithm="planted"), unique, vectors


def subjects_of(clustering: Clustering, subjects: Sequence[int], ids: Sequence[str]) -> set[int]:
    place = {item.id: subject for item, subject in zip(clustering.clusters, subjects, strict=True)}
    return {place[ClusterId(one)] for one in ids}


@pytest.mark.parametrize("subjects", [(0, 0, 1, 1, 2), (0, 1, 2, 3), (0, 0, 0, 1, 1, 1, 2, 2)])
def test_clusters_of_one_subject_are_one_family(subjects: tuple[int, ...]) -> None:
    clustering, unique, vectors = planted(subjects)
    found = families(clustering, unique, vectors)
    assert len(found) == len(set(subjects))
    for family in found:
        assert len(subjects_of(clustering, subjects, [item.id for item in family.clusters])) == 1


def test_every_cluster_is_in_one_family() -> None:
    clustering, unique, vectors = planted([0, 0, 1, 2, 2, 2, 3])
    found = families(clustering, unique, vectors)
    inside = [item.id for family in found for item in family.clusters]
    assert sorted(inside) == sorted(item.id for item in clustering.clusters)


def test_a_family_has_at_most_the_largest_number_of_clusters() -> None:
    clustering, unique, vectors = planted([0] * 20 + [1] * 3 + [2])
    found = families(clustering, unique, vectors)
    assert max(len(family.clusters) for family in found) <= LARGEST
    assert sum(len(family.clusters) for family in found) == 24


def test_strong_clusters_come_first_and_the_order_of_clusters_does_not_show() -> None:
    clustering, unique, vectors = planted([0, 1, 1, 2, 0])
    backwards = Clustering(clusters=clustering.clusters[::-1], loose=(), algorithm="planted")
    found = families(clustering, unique, vectors)
    assert found == families(backwards, unique, vectors)
    for family in found:
        assert [item.support for item in family.clusters] == sorted(
            (item.support for item in family.clusters), reverse=True
        )


@pytest.mark.parametrize("n", [0, 1])
def test_no_clusters_and_one_cluster_are_handled(n: int) -> None:
    clustering, unique, vectors = planted(range(n))
    assert len(families(clustering, unique, vectors)) == n


def test_a_family_has_no_name_yet() -> None:
    clustering, unique, vectors = planted([0, 1])
    assert all(family.name is None and family.candidates == () for family in families(clustering, unique, vectors))
