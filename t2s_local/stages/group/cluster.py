"""Clusters: groups of lessons that say the same, with their support."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from t2s_local.ports.grouping import Clusterer
from t2s_local.stages.group.claims import Claim, agree, parted
from t2s_local.stages.group.dedupe import Unique
from t2s_local.stages.group.directives import contradictions, opponents
from t2s_local.stages.group.merge import joined
from t2s_local.stages.group.stability import stability
from t2s_local.stages.group.statements import Statement, Statements
from t2s_local.values.cluster import Cluster, ClusterId, Clustering
from t2s_local.values.lesson import Lesson, LessonId, supporting_runs, supporting_tasks
from t2s_local.values.value import digest

if TYPE_CHECKING:
    from t2s_local.vectors.matrix import FloatMatrix, IntMatrix

Rows = tuple[int, ...]

ALONE = 2
"""Least number of trajectories for a lesson that resembles no other lesson to form a cluster; else it is loose."""


def cluster(
    unique: Unique,
    vectors: "FloatMatrix",
    *,
    lessons: Mapping[LessonId, Lesson],
    clusterer: Clusterer,
    accepted: frozenset[LessonId] = frozenset(),
    statements: Statements | None = None,
) -> Clustering:
    """Group lessons, separate contradicting lessons, and count the support of each group.

    Args:
        unique: Result of :func:`t2s_local.stages.group.dedupe.dedupe`.
        vectors: The rows of ``unique.kept``, in that order.
        lessons: Every lesson by id, including absorbed lessons, which count for support.
        clusterer: Method of grouping.
        accepted: Lessons that each form a cluster even if no other lesson says the same and they have few runs.
        statements: Store of parsed lessons; None for a new store.

    Returns:
        Clusters by support, then id. A group that contains a contradiction is divided into lessons that recommend an
        action and lessons that forbid it. A single lesson is loose, unless it has two trajectories, quotes a user, or
        was accepted by a person.
    """
    partition = clusterer.partition(vectors, weights=unique.weights)
    read = statements or Statements()
    said = [read.of(lesson) for lesson in unique.kept]
    against = opponents([one.stance for one in said], vectors)

    def regroup(chosen: "IntMatrix") -> list[Rows]:
        found = clusterer.partition(vectors[chosen], weights=[unique.weights[row] for row in chosen.tolist()])
        return _rules([tuple(chosen[list(group)].tolist()) for group in found.groups], said, vectors, against)

    groups = _rules(partition.groups, said, vectors, against)
    held = stability(groups, len(vectors), regroup)
    groups, left = _with_the_same(groups, partition.loose, unique.kept, said, against)
    clusters: list[Cluster] = []
    loose: list[LessonId] = []
    for rows, stable in [*zip(groups, held, strict=True), *(((row,), None) for row in left)]:
        group = _cluster(rows, unique, vectors, lessons, stability=stable)
        is_enough = group.support >= ALONE or unique.kept[rows[0]].is_said
        if len(rows) > 1 or is_enough or group.lesson_ids[0] in accepted:
            clusters.append(group)
        else:
            loose.append(group.lesson_ids[0])
    return Clustering(
        clusters=tuple(sorted(clusters, key=lambda item: (-item.support, item.id))),
        loose=tuple(sorted(loose)),
        algorithm=partition.algorithm,
        contradictions=contradictions(
            unique.kept, vectors, supports=[len(_tasks(kept.id, unique, lessons)) for kept in unique.kept]
        ),
    )


def _rules(
    groups: Iterable[Rows],
    said: Sequence[Statement],
    vectors: "FloatMatrix",
    against: Mapping[int, Mapping[int, float]],
) -> list[Rows]:
    """Split groups that contradict themselves or state several rules, and join groups that state the same rule."""
    claims = [one.claim for one in said]
    sides = [side for group in groups for side in _sides(group, against, said)]
    return joined([rule for side in sides for rule in parted(side, claims)], said, vectors, against)


def _with_the_same(
    groups: Sequence[Rows],
    loose: Iterable[int],
    lessons: Sequence[Lesson],
    said: Sequence[Statement],
    against: Mapping[int, Mapping[int, float]],
) -> tuple[list[Rows], list[int]]:
    """Add ungrouped rows to the group of the same failure: a clusterer leaves out some of many similar rows.

    Returns:
        The groups, and the rows that remain ungrouped.
    """
    found = [list(group) for group in groups]
    homes: dict[tuple[str, ...], list[int]] = {}
    for place, group in enumerate(groups):
        homes.setdefault(_kind_of_failure(lessons[group[0]]), []).append(place)
    left: list[int] = []
    for row in loose:
        near = () if row in against else homes.get(_kind_of_failure(lessons[row]), ())
        home = next((place for place in near if _is_same_failure(said[found[place][0]].claim, said[row].claim)), None)
        (left if home is None else found[home]).append(row)
    return [tuple(rows) for rows in found], left


def _kind_of_failure(lesson: Lesson) -> tuple[str, ...]:
    return lesson.pattern, *lesson.tools


def _is_same_failure(one: Claim, other: Claim) -> bool:
    is_quoted = one.message is not None and other.message is not None and not one.is_exact and not one.is_wish
    return is_quoted and one.key == other.key and agree(one, other, is_near=False)


def _sides(
    group: tuple[int, ...], against: Mapping[int, Mapping[int, float]], said: Sequence[Statement]
) -> Iterable[tuple[int, ...]]:
    """Split a group into lessons that recommend an action and lessons that only forbid the action."""
    members = frozenset(group)
    forbidding = {row for row in group if not members.isdisjoint(against.get(row, ()))}
    if not forbidding:
        return (group,)
    stances = {row: said[row].stance for row in members - forbidding}
    forbidding |= {row for row, found in stances.items() if found.forbidden and not found.affirmed}
    return (tuple(row for row in group if row not in forbidding), tuple(sorted(forbidding)))


def _cluster(
    rows: Rows,
    unique: Unique,
    vectors: "FloatMatrix",
    lessons: Mapping[LessonId, Lesson],
    *,
    stability: float | None,
) -> Cluster:
    ids = [unique.kept[row].id for row in rows]
    behind = [lessons[one] for kept in ids for one in (kept, *unique.absorbed.get(kept, ()))]
    members = vectors[list(rows)].astype(np.float64)
    total = members.sum(axis=0)
    runs = [_support(kept, unique, lessons) for kept in ids]
    medoid = ids[int(np.argmax(members @ (np.asarray(runs) @ members)))]
    return Cluster(
        id=ClusterId(digest(*sorted(ids))),
        lesson_ids=(medoid, *sorted(one for one in ids if one != medoid)),
        cohesion=_cohesion(total, len(ids)),
        support=len(supporting_runs(behind)),
        task_support=len(supporting_tasks(behind)),
        stability=stability,
    )


def _support(kept: LessonId, unique: Unique, lessons: Mapping[LessonId, Lesson]) -> int:
    """Return the number of trajectories behind one lesson and the lessons it absorbed: its weight for the medoid."""
    behind = (kept, *unique.absorbed.get(kept, ()))
    return len(supporting_runs(lessons[one] for one in behind))


def _tasks(kept: LessonId, unique: Unique, lessons: Mapping[LessonId, Lesson]) -> frozenset[str]:
    """Return the tasks behind one lesson and behind the lessons it absorbed that have exactly the same advice."""
    behind = (kept, *unique.absorbed.get(kept, ()))
    return frozenset(task for one in behind if lessons[one].do == lessons[kept].do for task in lessons[one].task_ids)


def _cohesion(total: "np.ndarray[tuple[int], np.dtype[np.float64]]", n: int) -> float:
    """Return the mean cosine of all pairs of *n* unit rows whose sum is *total*."""
    if n == 1:
        return 1.0
    return min(1.0, round((float(total @ total) - n) / (n * (n - 1)), 6))
