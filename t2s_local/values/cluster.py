"""Lessons that say the same thing, and clusters on one subject."""

from typing import NewType

from t2s_local.values.lesson import LessonId
from t2s_local.values.value import Value

ClusterId = NewType("ClusterId", str)


class Cluster(Value, frozen=True, kw_only=True):
    """Lessons that say the same thing."""

    id: ClusterId
    lesson_ids: tuple[LessonId, ...]
    """Sorted; the medoid first."""
    cohesion: float
    """Mean pairwise cosine of the members, in [-1, 1]; 1.0 for a single lesson."""
    support: int
    """Number of distinct trajectories behind the members."""
    task_support: int
    """Number of distinct tasks behind the members."""
    stability: float | None = None
    """How alike it stays when a fifth of the lessons is left out: a mean Jaccard index, in [0, 1].

    None for a single lesson, and where lessons are too many for every cluster to be looked at.
    """


class Candidate(Value, frozen=True, kw_only=True):
    """A rule that is in no skill, and what it lacks to be in one."""

    cluster_id: ClusterId
    lacks: tuple[str, ...]
    """What is missing, in a phrase each, the gravest first; at least one."""


class Contradiction(Value, frozen=True, kw_only=True, order=True):
    """Two lessons that order opposite things in one situation."""

    affirmed: LessonId
    forbidden: LessonId
    """The lesson that forbids what the other one orders; of two orders either one."""
    similarity: float
    """Cosine of the two lessons, in [-1, 1]."""


class Clustering(Value, frozen=True, kw_only=True):
    """A partition: every lesson is in one cluster or in ``loose``, never in both."""

    clusters: tuple[Cluster, ...]
    loose: tuple[LessonId, ...]
    """Lessons the clusterer called noise. Named, so that no ``-1`` travels through the code."""
    algorithm: str
    """The algorithm that was used, with its settings, in words."""
    contradictions: tuple[Contradiction, ...] = ()
    """Pairs that order opposite things in one situation; sorted."""


class Family(Value, frozen=True, kw_only=True):
    """Clusters on one subject: what one skill is written from."""

    id: str
    clusters: tuple[Cluster, ...]
    """By support, largest first."""
    candidates: tuple[str, ...] = ()
    """Names the skill could have, best first: gerunds or noun phrases of the subject, spelt as the format wants."""
    name: str | None = None
    """The name an earlier run gave to this subject; kept when set."""
