"""Clusters of lessons that give the same advice, and families of clusters on the same subject."""

from typing import NewType

from t2s_local.values.lesson import LessonId
from t2s_local.values.value import Value

ClusterId = NewType("ClusterId", str)


class Cluster(Value, frozen=True, kw_only=True):
    """A group of lessons that give the same advice."""

    id: ClusterId
    lesson_ids: tuple[LessonId, ...]
    """Ids of the lessons: the medoid (the most central lesson) first, the others sorted."""
    cohesion: float
    """Mean pairwise cosine of the members, in [-1, 1]; 1.0 for a single lesson."""
    support: int
    """Number of distinct trajectories behind the members."""
    task_support: int
    """Number of distinct tasks behind the members."""
    stability: float | None = None
    """Mean Jaccard index, in [0, 1], between the cluster and its counterpart when a fifth of the lessons is left out.

    None for a single lesson, and if there are too many lessons to compute the index.
    """


class Candidate(Value, frozen=True, kw_only=True):
    """A rule that no skill contains, and the reasons why no skill does."""

    cluster_id: ClusterId
    lacks: tuple[str, ...]
    """The conditions that the rule does not meet, one phrase each, the gravest first; at least one."""


class Contradiction(Value, frozen=True, kw_only=True, order=True):
    """Two lessons that order opposite actions in one situation."""

    affirmed: LessonId
    forbidden: LessonId
    """The lesson that forbids the action that *affirmed* orders; if both order actions, either of the two lessons."""
    similarity: float
    """Cosine of the two lessons, in [-1, 1]."""


class Clustering(Value, frozen=True, kw_only=True):
    """A partition of the lessons: every lesson is in exactly one cluster, or in ``loose``."""

    clusters: tuple[Cluster, ...]
    loose: tuple[LessonId, ...]
    """Lessons that the clusterer labelled as noise: listed here, so that no code has to know the label ``-1``."""
    algorithm: str
    """Name of the algorithm with its settings, in words."""
    contradictions: tuple[Contradiction, ...] = ()
    """Pairs of lessons that order opposite actions in one situation; sorted."""


class Family(Value, frozen=True, kw_only=True):
    """Clusters on one subject, from which a writer writes one skill."""

    id: str
    clusters: tuple[Cluster, ...]
    """Sorted by support, largest first."""
    candidates: tuple[str, ...] = ()
    """Possible names of the skill, best first: gerunds or noun phrases about the subject, valid as skill names."""
    name: str | None = None
    """Name that an earlier run used for this subject, which the skill keeps; None for a new subject."""
