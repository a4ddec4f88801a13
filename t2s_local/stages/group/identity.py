"""Stable ids of clusters: a cluster keeps its id from run to run."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet

import msgspec

from t2s_local.values.cluster import Cluster, ClusterId, Clustering
from t2s_local.values.lesson import LessonId
from t2s_local.values.value import Value, digest

KEPT = 0.5
"""Share of its lessons that a cluster must keep to keep its id."""


def inherited_ids(
    clusters: Sequence[Cluster], known: Mapping[ClusterId, Iterable[LessonId]]
) -> dict[ClusterId, ClusterId]:
    """Map the own id of each cluster to its stable id: the id of the earlier cluster that it continues, or its own.

    A cluster continues the earlier cluster with which it shares most lessons, if the shared lessons are at least half
    of the earlier cluster. Each id is used once, for the cluster that shares most. Other clusters keep their own id.

    Args:
        clusters: The clusters of this run.
        known: Ids of earlier clusters, each with its lessons.
    """
    home = {lesson_id: item.id for item in clusters for lesson_id in item.lesson_ids}
    shared: dict[tuple[ClusterId, ClusterId], int] = {}
    sizes: dict[ClusterId, int] = {}
    for old, lessons in known.items():
        members = set(lessons)
        sizes[old] = len(members)
        for lesson_id in members & home.keys():
            shared[old, home[lesson_id]] = shared.get((old, home[lesson_id]), 0) + 1
    inherited: dict[ClusterId, ClusterId] = {}
    given: set[ClusterId] = set()
    for (old, new), count in sorted(shared.items(), key=lambda item: (-item[1], item[0])):
        if new not in inherited and old not in given and count >= KEPT * sizes[old]:
            inherited[new] = old
            given.add(old)
    return {item.id: inherited.get(item.id) or _free(item, given) for item in clusters}


def renamed(clustering: Clustering, ids: Mapping[ClusterId, ClusterId]) -> Clustering:
    """Return *clustering* with the ids of its clusters replaced as in *ids*."""
    clusters = [msgspec.structs.replace(item, id=ids[item.id]) for item in clustering.clusters]
    ordered = tuple(sorted(clusters, key=lambda item: (-item.support, item.id)))
    return msgspec.structs.replace(clustering, clusters=ordered)


def _free(item: Cluster, given: AbstractSet[ClusterId]) -> ClusterId:
    """Return the cluster's own id, or a new one if another cluster inherited that id."""
    return ClusterId(digest("again", *sorted(item.lesson_ids))) if item.id in given else item.id


class Changes(Value, frozen=True, kw_only=True):
    """Ids of clusters by their change since an earlier run, each group sorted."""

    new: tuple[ClusterId, ...]
    changed: tuple[ClusterId, ...]
    """Clusters that have other lessons than before."""
    unchanged: tuple[ClusterId, ...]
    gone: tuple[ClusterId, ...]


def changes(clusters: Iterable[Cluster], known: Mapping[ClusterId, Iterable[LessonId]]) -> Changes:
    """Compare clusters with stable ids with the earlier clusters.

    Args:
        clusters: The clusters of this run.
        known: Ids of earlier clusters, each with its lessons.
    """
    now = {item.id: frozenset(item.lesson_ids) for item in clusters}
    before = {one: frozenset(lessons) for one, lessons in known.items()}
    both = sorted(now.keys() & before.keys())
    return Changes(
        new=tuple(sorted(now.keys() - before.keys())),
        changed=tuple(one for one in both if now[one] != before[one]),
        unchanged=tuple(one for one in both if now[one] == before[one]),
        gone=tuple(sorted(before.keys() - now.keys())),
    )
