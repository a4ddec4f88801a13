"""Explanation of the cluster of a lesson: its nearest neighbours, and the words it shares with them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from t2s_local.errors import UsageError
from t2s_local.stages.group.dedupe import Unique
from t2s_local.stages.group.embed import gist, lesson_text
from t2s_local.stages.group.membership import Membership, memberships
from t2s_local.values.cluster import Cluster, ClusterId, Clustering
from t2s_local.values.lesson import Lesson, LessonId, line_of
from t2s_local.values.value import Value

if TYPE_CHECKING:
    from t2s_local.vectors.matrix import FloatMatrix

_NEAREST = 8
_SHARED = 6


class Neighbour(Value, frozen=True, kw_only=True):
    """A lesson near the lesson that is explained."""

    lesson: LessonId
    cosine: float
    cluster: ClusterId | None
    """Cluster of the neighbour; None for a loose lesson."""
    shared: tuple[str, ...]
    """Content words that both lessons share, in the order of the explained lesson."""
    says: str


class Explanation(Value, frozen=True, kw_only=True):
    """Cluster of one lesson, and the reasons for it."""

    lesson: LessonId
    says: str
    cluster: ClusterId | None
    to_cluster: float | None
    """Mean cosine of the lesson to the other members of its cluster; None if there are none."""
    to_next: float | None
    """Mean cosine of the lesson to the members of the nearest other cluster; None if there is none."""
    next_cluster: ClusterId | None
    stability: float | None
    """Stability of the lesson's cluster; None if it was not measured or there is no cluster."""
    memberships: tuple[Membership, ...]
    """Strength with which the lesson belongs to the nearest clusters, strongest first."""
    neighbours: tuple[Neighbour, ...]
    """Nearest lessons, nearest first."""
    absorbed: tuple[LessonId, ...]
    """Lessons that the explained lesson absorbed because they say the same."""
    contradicts: tuple[LessonId, ...]
    """Lessons that say the opposite, sorted."""


def explain(
    name: str, unique: Unique, vectors: "FloatMatrix", clustering: Clustering, lessons: Mapping[LessonId, Lesson]
) -> Explanation:
    """Explain the lesson whose id begins with *name*, or the medoid (most typical lesson) of such a cluster.

    Args:
        name: Start of an id; for an absorbed lesson the lesson that absorbed it is explained.
        unique: The lessons that were grouped.
        vectors: Their rows.
        clustering: The groups.
        lessons: Every lesson by id.

    Raises:
        UsageError: no id begins with *name*, or several ids do.
    """
    found = _find(name, unique, clustering)
    rows = {lesson.id: row for row, lesson in enumerate(unique.kept)}
    home = {one: item.id for item in clustering.clusters for one in item.lesson_ids}
    cosines = vectors @ vectors[rows[found]]
    near = [row for row in np.argsort(-cosines, kind="stable").tolist() if row != rows[found]][:_NEAREST]
    own = home.get(found)
    closeness = {item.id: _mean(cosines, item, rows, found) for item in clustering.clusters}
    others = [item for item in closeness if item != own]
    nearest = max(others, key=lambda item: (closeness[item], item), default=None)
    mine = next((item for item in clustering.clusters if item.id == own), None)
    is_alone = mine is None or len(mine.lesson_ids) < 2
    return Explanation(
        lesson=found,
        says=line_of(lessons[found]),
        cluster=own,
        to_cluster=None if is_alone or own is None else closeness[own],
        to_next=None if nearest is None else closeness[nearest],
        next_cluster=nearest,
        stability=None if mine is None else mine.stability,
        memberships=memberships([item.id for item in unique.kept], vectors, clustering.clusters)[found],
        neighbours=tuple(_neighbour(unique.kept[row], float(cosines[row]), home, lessons[found]) for row in near),
        absorbed=unique.absorbed.get(found, ()),
        contradicts=tuple(
            sorted(
                pair.forbidden if pair.affirmed == found else pair.affirmed
                for pair in clustering.contradictions
                if found in (pair.affirmed, pair.forbidden)
            )
        ),
    )


def _find(name: str, unique: Unique, clustering: Clustering) -> LessonId:
    keepers = {lesson.id: lesson.id for lesson in unique.kept}
    keepers |= {pair.absorbed: pair.kept for pair in unique.duplicates}
    found = [keeper for one, keeper in keepers.items() if one.startswith(name)]
    found += [keepers[item.lesson_ids[0]] for item in clustering.clusters if item.id.startswith(name)]
    if len(found) != 1:
        message = f"{len(found) or 'no'} lessons or clusters begin with {name!r}"
        raise UsageError(message, hint="`t2s cluster --json` lists the ids.")
    return found[0]


def _mean(cosines: "FloatMatrix", item: Cluster, rows: Mapping[LessonId, int], found: LessonId) -> float:
    members = [rows[one] for one in item.lesson_ids if one != found and one in rows]
    return float(cosines[members].mean()) if members else 1.0


def _neighbour(lesson: Lesson, cosine: float, home: Mapping[LessonId, ClusterId], of: Lesson) -> Neighbour:
    theirs = {word.lower() for word in gist(lesson_text(lesson)).split()}
    shared = [word for word in gist(lesson_text(of)).split() if word.lower() in theirs]
    return Neighbour(
        lesson=lesson.id,
        cosine=round(cosine, 4),
        cluster=home.get(lesson.id),
        shared=tuple(shared[:_SHARED]),
        says=line_of(lesson),
    )
