"""Protocol of a writer, and the evidence from which it writes."""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Protocol

import msgspec

from t2s_local.ports.format import Harness
from t2s_local.values.cluster import Cluster, ClusterId, Family
from t2s_local.values.decision import RuleText
from t2s_local.values.lesson import Lesson, LessonId, supporting_runs
from t2s_local.values.skill import Skill, Wording
from t2s_local.values.trajectory import TrajectoryId
from t2s_local.values.value import Value

NO_RISKS: Mapping[ClusterId, str] = MappingProxyType({})
PLAIN_WORDING = Wording()
"""A wording without any text of the writer's own: the skill uses the words of the lessons."""


class Requests(Value, frozen=True, kw_only=True):
    """Common features of the tasks whose runs support a skill; empty if the tasks are few or have little in common."""

    things: tuple[str, ...] = ()
    """Nouns that many of the tasks use, in the plural, the most frequent first."""
    subject: str | None = None
    """Noun that at least a fifth of the tasks use, for the name of the skill; None if there is none."""
    actions: tuple[str, ...] = ()
    """Verbs that many of the tasks use."""
    measures: tuple[str, ...] = ()
    """Quantities that many of the tasks ask for if most tasks ask a question, such as ``average``."""
    reported: tuple[str, ...] = ()
    """Usual parts of a report that many of the tasks have, such as ``a traceback``, if they are work on code."""
    examples: tuple[str, ...] = ()
    """Short typical tasks without details of a single task; each is worded differently from the examples before it."""
    objects: tuple[str, ...] = ()
    """Nouns for the objects of the tools in the skill's runs, in the plural."""
    languages: tuple[str, ...] = ()
    """Programming languages of the code that the skill's rules are about, in lower case."""
    is_built: bool = False
    """Whether the skill's rules are about installing, building or testing the code in *languages*."""
    projects: tuple[str, ...] = ()
    """Projects of the skill's runs if there are several, the project with the most runs first."""


NO_REQUESTS = Requests()


class Background(msgspec.Struct, frozen=True, kw_only=True):
    """The lessons of a run and the known facts about their trajectories."""

    lessons: dict[LessonId, Lesson]
    """Every lesson of the run, including absorbed lessons."""
    outcomes: dict[TrajectoryId, str | None]
    """Outcome of every trajectory of the run."""
    tasks: dict[TrajectoryId, str | None]
    """Task text of every trajectory of the run."""
    origins: dict[TrajectoryId, str] = msgspec.field(default_factory=dict)
    """Conversation to which a trajectory belongs; a trajectory without an entry is a conversation of its own."""
    projects: dict[TrajectoryId, str] = msgspec.field(default_factory=dict)
    """Name of the project of each trajectory; no entry if the recording does not state the project."""
    tools: dict[TrajectoryId, tuple[str, ...]] = msgspec.field(default_factory=dict)
    """Names of the tools that each trajectory called; no entry if it called none."""
    days: dict[TrajectoryId, str] = msgspec.field(default_factory=dict)
    """Day on which each trajectory ended, ``YYYY-MM-DD``; no entry if the recording has no times."""

    harnesses: dict[TrajectoryId, Harness] = msgspec.field(default_factory=dict)
    """Harness of each trajectory; no entry if the recording names no harness with tools of its own."""

    def members(self, clusters: Iterable[Cluster]) -> tuple[Lesson, ...]:
        """Return the lessons of *clusters*, each once, in their order."""
        ids = dict.fromkeys(lesson_id for cluster in clusters for lesson_id in cluster.lesson_ids)
        return tuple(self.lessons[lesson_id] for lesson_id in ids if lesson_id in self.lessons)

    def project(self, clusters: Iterable[Cluster]) -> str | None:
        """Return the project of *clusters*; None if their runs belong to several projects.

        Also None if fewer than half of the runs have a known project.
        """
        runs = supporting_runs(self.members(clusters))
        known = [self.projects[run] for run in runs if run in self.projects]
        return known[0] if len(set(known)) == 1 and 2 * len(known) >= len(runs) else None


class RuleBackground(Background, frozen=True, kw_only=True):
    """The lessons of a run after grouping, with the known facts about their trajectories and their rules."""

    labels: dict[ClusterId, tuple[str, ...]]
    """Terms that distinguish each cluster from the others, the most distinctive first."""
    bound: frozenset[ClusterId] = frozenset()
    """Rules about how the tools or the environment of one harness behave, which are true in that harness only."""
    accepted: frozenset[ClusterId] = frozenset()
    """Clusters that a person accepted: their rules are in the body of SKILL.md even if their support is low."""
    words: dict[ClusterId, RuleText] = msgspec.field(default_factory=dict)
    """Text of the rules that a person rewrote or pinned, by cluster: the skill uses exactly this text."""
    addresses: frozenset[str] = frozenset()
    """Addresses that remain links, because a person or a successful agent named them before any tool result did."""

    def harness(self, clusters: Iterable[Cluster]) -> str | None:
        """Return the harness that *clusters* are about; None if their runs are of several harnesses, or of a project.

        Also None unless most of the support belongs to rules about how the harness behaves.
        """
        found = tuple(clusters)
        runs = supporting_runs(self.members(found))
        names = {None if run not in self.harnesses else self.harnesses[run].name for run in runs}
        held = sum(cluster.support for cluster in found if cluster.id in self.bound)
        is_most = 2 * held > sum(cluster.support for cluster in found)
        return names.pop() if len(names) == 1 and is_most and self.project(found) is None else None


class Evidence(RuleBackground, frozen=True, kw_only=True):
    """All the evidence, apart from the family itself, from which a writer may write."""

    granted: frozenset[ClusterId] = frozenset()
    """Accepted clusters that no skill would contain otherwise: names and descriptions do not mention them."""
    requests: dict[str, Requests] = msgspec.field(default_factory=dict)
    """Common features of the tasks behind each family, by the family's id."""


class Writer(Protocol):
    """Writes one skill from the clusters of one subject."""

    name: str
    version: str
    """Version that changes whenever the writer's texts may change; part of the key of stored texts."""

    def word(self, families: Iterable[Family], evidence: Evidence) -> Iterator[tuple[Family, Wording]]:
        """Yield *families*, in any order, each with the writer's own texts for it, which may be empty.

        Args:
            families: Families as they will be written; read one by one as the writer can process them.
            evidence: The lessons and the known facts about their trajectories.

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
        risks: Mapping[ClusterId, str] = NO_RISKS,
    ) -> Skill:
        """Write the skill.

        Args:
            family: The clusters, by support; each has at least 2, the first at least *min_support*.
            evidence: The lessons and the known facts about their trajectories.
            taken: Names that other skills have.
            min_support: Least support, at least 2, of a rule in the body; other rules are put into ``references/``.
            wording: The writer's own texts, from :meth:`word`.
            risks: Accepted clusters that `t2s scan` reports, with the risk of each; their rules mention the risk.
        """

    def rule(self, cluster: Cluster, evidence: Evidence) -> str:
        """Return the section, in Markdown with its heading, that a skill of *cluster* alone would have for its rule."""
