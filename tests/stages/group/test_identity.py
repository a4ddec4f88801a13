"""Ids stay with their clusters when the input grows."""

from t2s_local.stages.group.identity import changes, inherited_ids, renamed
from t2s_local.values.cluster import Cluster, ClusterId, Clustering
from t2s_local.values.lesson import LessonId


def clustering(*groups: tuple[str, str]) -> Clustering:
    clusters = [
        Cluster(
            id=ClusterId(name),
            lesson_ids=tuple(LessonId(one) for one in members),
            cohesion=1.0,
            support=len(members),
            task_support=1,
        )
        for name, members in groups
    ]
    return Clustering(clusters=tuple(clusters), loose=(), algorithm="test")


def with_known_ids(found: Clustering, known: dict[ClusterId, list[LessonId]]) -> Clustering:
    return renamed(found, inherited_ids(found.clusters, known))


def ids(found: Clustering) -> dict[str, str]:
    return {"".join(sorted(item.lesson_ids)): item.id for item in found.clusters}


def test_a_cluster_that_grew_keeps_its_id() -> None:
    found = with_known_ids(
        clustering(("new", "abcx"), ("other", "yz")), {ClusterId("old"): [LessonId(one) for one in "abc"]}
    )
    assert ids(found) == {"abcx": "old", "yz": "other"}


def test_of_two_parts_the_larger_keeps_the_id() -> None:
    known = {ClusterId("old"): [LessonId(one) for one in "abcde"]}
    found = with_known_ids(clustering(("one", "ab"), ("two", "cde")), known)
    assert ids(found) == {"ab": "one", "cde": "old"}


def test_less_than_half_of_a_cluster_does_not_keep_its_id() -> None:
    known = {ClusterId("old"): [LessonId(one) for one in "abcdefgh"]}
    assert ids(with_known_ids(clustering(("one", "abc")), known)) == {"abc": "one"}


def test_of_two_that_became_one_the_larger_gives_the_id() -> None:
    known = {ClusterId("p"): [LessonId("a")], ClusterId("q"): [LessonId("b"), LessonId("c")]}
    assert ids(with_known_ids(clustering(("one", "abc")), known)) == {"abc": "q"}


def test_no_two_clusters_have_one_id_when_one_was_born_with_the_lessons_of_another() -> None:
    born = clustering(("x", "ab")).clusters[0].id
    known = {born: [LessonId(one) for one in "abcde"]}
    found = with_known_ids(clustering(("other", "cde"), (born, "ab")), known)
    assert ids(found)["cde"] == born
    assert len({item.id for item in found.clusters}) == 2


def test_what_became_of_each_cluster_is_told() -> None:
    before = {
        ClusterId(name): [LessonId(one) for one in members]
        for name, members in (("same", "ab"), ("grew", "cd"), ("gone", "ef"))
    }
    found = changes(clustering(("same", "ab"), ("grew", "cdx"), ("new", "yz")).clusters, before)
    assert (found.new, found.changed, found.unchanged, found.gone) == (("new",), ("grew",), ("same",), ("gone",))
