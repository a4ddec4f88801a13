"""The id of a cluster, kept from run to run."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet

import msgspec

from t2s_local.values.cluster import Cluster, ClusterId, Clustering
from t2s_local.values.lesson import LessonId
from t2s_local.values.value import Value, digest

KEPT = 0.5
"""Share of its lessons a cluster must keep to keep its id."""


def inherited_ids(
    clusters: Sequence[Cluster], known: Mapping[ClusterId, Iterable[LessonId]]
) -> dict[ClusterId, ClusterId]:
    """Return the id each cluster gets, by its own: that of the earlier cluster it goes on from, where there is one.

    A cluster goes on from the earlier one with which it shares most lessons, if these are at least half of the
    earlier one's; each id is given once, to the cluster that shares most. The others keep their own.

    Args:
        clusters: The clusters as they are now.
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
    """Return *clustering* with the ids that *ids* gives its clusters."""
    clusters = [msgspec.structs.replace(item, id=ids[item.id]) for item in clustering.clusters]
    ordered = tuple(sorted(clusters, key=lambda item: (-item.support, item.id)))
    return msgspec.structs.replace(clustering, clusters=ordered)


def _free(item: Cluster, given: AbstractSet[ClusterId]) -> ClusterId:
    """The cluster's own id, or another one where the cluster that was born with these lessons moved away from them."""
    return ClusterId(digest("again", *sorted(item.lesson_ids))) if item.id in given else item.id


class Changes(Value, frozen=True, kw_only=True):
    """Ids of clusters by what became of them, each sorted."""

    new: tuple[ClusterId, ...]
    changed: tuple[ClusterId, ...]
    """Those that have other lessons than before."""
    unchanged: tuple[ClusterId, ...]
    gone: tuple[ClusterId, ...]


def changes(clusters: Iterable[Cluster], known: Mapping[ClusterId, Iterable[LessonId]]) -> Changes:
    """Compare clusters whose ids stuck with the earlier ones.

    Args:
        clusters: The clusters as they are now.
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
