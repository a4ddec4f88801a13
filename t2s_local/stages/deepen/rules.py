"""Rules that recorded runs show, as an existing skill is compared with them."""

import re
from collections.abc import Iterable, Sequence

import msgspec

from t2s_local.ports.writer import Background
from t2s_local.skills.source import source_of
from t2s_local.stages.compose.backing import is_said
from t2s_local.stages.deepen.units import names_in
from t2s_local.stages.export.short_rules import short_rules
from t2s_local.text.messages import masked_messages
from t2s_local.text.text import content, counted, mask
from t2s_local.values.cluster import Cluster, ClusterId
from t2s_local.values.lesson import Lesson, line_of
from t2s_local.values.skill import Skill
from t2s_local.values.trajectory import TrajectoryId

STATED = frozenset({"policy", "lint_rule"})
"""Patterns of rules that a tool or a program states in its own words."""
_COUNT = re.compile(r"\s*\(\d[\d,]* runs?\)")


class FoundRule(msgspec.Struct, frozen=True, kw_only=True):
    """Rule that one cluster of lessons comes to."""

    id: ClusterId
    lesson: Lesson
    """The medoid."""
    lessons: tuple[Lesson, ...]
    text: str | None
    """The rule as a skill tells it, on one line; None for one that no skill would have."""
    names: frozenset[str]
    """Tools, programs and arguments it names."""
    situation: frozenset[str]
    """Telling words of when it applies, its message among them."""
    messages: frozenset[str]
    """Messages of results it is about, masked."""
    runs: tuple[TrajectoryId, ...]
    """Distinct trajectories behind it, sorted."""
    n_succeeded: int
    n_failed: int
    is_said: bool
    """Whether it holds the words of users."""

    @property
    def line(self) -> str:
        """The rule in the words of its medoid."""
        return line_of(self.lesson)

    @property
    def has_failed(self) -> bool:
        """Return whether it is told by no skill, and more of its runs failed than succeeded."""
        return self.text is None and self.n_failed > self.n_succeeded

    @property
    def n_worked(self) -> int:
        """Trajectories in which its action worked, or its statement held.

        What a user or a tool says holds in every run behind it, and a way out of a failure worked where it was seen;
        what whole runs did worked where these did not fail.
        """
        is_shown = self.is_said or self.lesson.pattern in STATED or self.lesson.polarity == "failure"
        return len(self.runs) if is_shown else len(self.runs) - self.n_failed

    def in_words(self) -> str:
        """Say how the runs fared that did so."""
        runs = counted(len(self.runs), "run")
        return f"of {runs} that did so {self.n_failed} failed and {self.n_succeeded} succeeded"

    @property
    def order(self) -> tuple[bool, int, str]:
        """Key by which rules enter: words of users first, then by support."""
        return not self.is_said, -len(self.runs), self.id


def found_rules(
    skills: Iterable[Skill], clusters: Iterable[Cluster], background: Background, tools: frozenset[str]
) -> tuple[FoundRule, ...]:
    """Return the rules of a run: those that its skills tell, and all others; in the order they enter."""
    told = dict(_told(skills))
    made = [
        _rule(cluster, members, told.get(cluster.id), background, tools)
        for cluster in clusters
        if (members := background.members((cluster,)))
    ]
    return tuple(sorted(made, key=lambda rule: rule.order))


def _told(skills: Iterable[Skill]) -> Iterable[tuple[ClusterId, str]]:
    """Yield the rules in the body of each skill, without counts."""
    for skill in skills:
        for rule in short_rules(source_of(skill)):
            yield skill.cluster_ids[int(rule.number[1:]) - 1], _COUNT.sub("", rule.text)


def _rule(
    cluster: Cluster, members: Sequence[Lesson], text: str | None, background: Background, tools: frozenset[str]
) -> FoundRule:
    runs = sorted({run for lesson in members for run in lesson.supporters})
    outcomes = [background.outcomes.get(run) for run in runs]
    medoid = members[0]
    return FoundRule(
        id=cluster.id,
        lesson=medoid,
        lessons=tuple(members),
        text=text,
        names=names_in(line_of(medoid), tools | frozenset(medoid.tools)),
        situation=content(mask(medoid.when)),
        messages=frozenset(message for lesson in members for message in masked_messages(lesson)),
        runs=tuple(runs),
        n_succeeded=outcomes.count("success"),
        n_failed=outcomes.count("failure"),
        is_said=is_said(members),
    )
