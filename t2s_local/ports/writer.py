"""Protocol of a writer, and the evidence it draws on."""

from collections.abc import Iterable, Iterator
from typing import Protocol

import msgspec

from t2s_local.values.cluster import Cluster, ClusterId, Family
from t2s_local.values.decision import RuleText
from t2s_local.values.lesson import Lesson, LessonId
from t2s_local.values.skill import Skill, Wording
from t2s_local.values.trajectory import TrajectoryId
from t2s_local.values.value import Value

PLAIN_WORDING = Wording()
"""No words of a writer's own: those of the lessons are taken."""


class Requests(Value, frozen=True, kw_only=True):
    """Requests shared by the tasks behind a skill; empty where the tasks are few or share nothing."""

    things: tuple[str, ...] = ()
    """Nouns that many of them speak of, in the plural, the most frequent first."""
    subject: str | None = None
    """The noun that a fifth of them or more speak of, for a name; None where there is none."""
    actions: tuple[str, ...] = ()
    """Verbs that many of them speak of."""
    examples: tuple[str, ...] = ()
    """Short tasks like the others, without anything that is their own; each has other words than those before it."""
    objects: tuple[str, ...] = ()
    """Nouns that the tools of its runs work on, in the plural."""
    languages: tuple[str, ...] = ()
    """Programming languages of the code that its rules are about, in lower case."""
    is_built: bool = False
    """Whether its rules are about how that code is installed, built or tested."""
    projects: tuple[str, ...] = ()
    """Projects that its runs worked on where they are several, those of most runs first."""


NO_REQUESTS = Requests()


class Background(msgspec.Struct, frozen=True, kw_only=True):
    """The lessons of a run and what is known of their trajectories."""

    lessons: dict[LessonId, Lesson]
    """Every lesson of the run, absorbed ones included."""
    outcomes: dict[TrajectoryId, str | None]
    """Outcome of every trajectory of the run."""
    tasks: dict[TrajectoryId, str | None]
    """Task text of every trajectory of the run."""
    origins: dict[TrajectoryId, str] = msgspec.field(default_factory=dict)
    """The conversation each trajectory belongs to; a trajectory that is not here is one of its own."""
    projects: dict[TrajectoryId, str] = msgspec.field(default_factory=dict)
    """Name of the project each trajectory worked in; only those whose recording tells it."""
    tools: dict[TrajectoryId, tuple[str, ...]] = msgspec.field(default_factory=dict)
    """Names of the tools each trajectory called; only those that called any."""
    days: dict[TrajectoryId, str] = msgspec.field(default_factory=dict)
    """Day on which each trajectory ended, ``YYYY-MM-DD``; only those whose recording has times."""

    def members(self, clusters: Iterable[Cluster]) -> tuple[Lesson, ...]:
        """Return the lessons of *clusters*, each once, in their order."""
        ids = dict.fromkeys(lesson_id for cluster in clusters for lesson_id in cluster.lesson_ids)
        return tuple(self.lessons[lesson_id] for lesson_id in ids if lesson_id in self.lessons)

    def project(self, clusters: Iterable[Cluster]) -> str | None:
        """Name the project of *clusters*; None where their runs are of several, or where fewer than half tell theirs.

        A rule that runs of two projects show is one of no single project.
        """
        runs = {run for lesson in self.members(clusters) for run in lesson.supporters}
        known = [self.projects[run] for run in runs if run in self.projects]
        return known[0] if len(set(known)) == 1 and 2 * len(known) >= len(runs) else None


class Evidence(Background, frozen=True, kw_only=True):
    """Everything a writer may draw on beside the family itself."""

    labels: dict[ClusterId, tuple[str, ...]]
    """Terms that tell each cluster from the rest, most telling first."""
    accepted: frozenset[ClusterId] = frozenset()
    """Clusters that a person accepted: their rules stand in the body, whatever their support."""
    granted: frozenset[ClusterId] = frozenset()
    """Accepted clusters that nothing but a person's word brings in: no name and no description speaks of them."""
    risks: dict[ClusterId, str] = msgspec.field(default_factory=dict)
    """Accepted clusters that `t2s scan` finds risky, and what each does; their rules say so."""
    requests: dict[str, Requests] = msgspec.field(default_factory=dict)
    """What the tasks behind each family ask for, by its id."""
    words: dict[ClusterId, RuleText] = msgspec.field(default_factory=dict)
    """Clusters whose rule a person put in words of their own, or pinned: these words and no others are used."""
    addresses: frozenset[str] = frozenset()
    """Addresses that stay links: a person named them, or an agent whose work paid, before any tool result did."""


class Writer(Protocol):
    """Writes one skill from the clusters of one subject."""

    name: str
    version: str
    """Changes whenever its words may: part of the key they are stored under."""

    def word(self, families: Iterable[Family], evidence: Evidence) -> Iterator[tuple[Family, Wording]]:
        """Find words for *families*, many at a time, in any order; for some or all it may have none of its own.

        Args:
            families: As they will be written; drawn as there is room for them.
            evidence: The lessons and what is known of their trajectories.

        Raises:
            ModelError: a model cannot be run.
        """

    def write(
        self,
        family: Family,
        evidence: Evidence,
        *,
        taken: frozenset[str],
        min_support: int,
        wording: Wording = PLAIN_WORDING,
    ) -> Skill:
        """Write the skill.

        Args:
            family: The clusters, by support; each has at least 2, the first at least *min_support*.
            evidence: The lessons and what is known of their trajectories.
            taken: Names other skills have.
            min_support: Support a rule needs to stand in the body; the others go to ``references/``. At least 2.
            wording: From :meth:`word`.
        """
