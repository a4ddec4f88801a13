"""Rules learned from recorded runs, in the form in which an existing skill is compared with them."""

import re
from collections.abc import Iterable, Sequence

import msgspec

from t2s_local.ports.writer import Background
from t2s_local.skills.source import source_of
from t2s_local.stages.compose.backing import is_said
from t2s_local.stages.deepen.units import names_in
from t2s_local.stages.export.short_rules import short_rules
from t2s_local.stages.group.directives import clauses, forbidden_part, without_replaced
from t2s_local.text.commands import heads_of
from t2s_local.text.lesson_words import code_spans, wish_of
from t2s_local.text.messages import masked_messages
from t2s_local.text.text import content, counted, mask
from t2s_local.values.cluster import Cluster, ClusterId
from t2s_local.values.lesson import KEPT, Lesson, line_of, supporting_runs
from t2s_local.values.skill import Skill
from t2s_local.values.trajectory import TrajectoryId

STATED = frozenset({"policy", "lint_rule"})
"""Patterns of rules that a tool or a program states in its own words."""
_FEWEST_KEPT = 3
"""Fewest failed runs that followed a line of a skill for them to speak against the line."""
REQUESTED = "asked_again"
"""Pattern of rules on requests that users of several conversations make after the work was done."""
_COUNT = re.compile(r"\s*\(\d[\d,]* runs?\)")


class FoundRule(msgspec.Struct, frozen=True, kw_only=True):
    """Rule that represents one cluster of lessons."""

    id: ClusterId
    lesson: Lesson
    """The medoid: the most central lesson of the cluster."""
    lessons: tuple[Lesson, ...]
    text: str | None
    """The rule as worded in a skill composed from the runs, on one line; None if no such skill contains the rule."""
    names: frozenset[str]
    """Tools, programs and arguments that the medoid names."""
    called: frozenset[str]
    """Names in *names* of tools that the runs called; empty if the runs only ran commands in a shell."""
    replaced: frozenset[str]
    """Names in *names* that the action only replaces: ``npm install`` in "run `pnpm add` instead of `npm install`"."""
    orders: frozenset[str]
    """Tools, and commands with subcommands, that the rule orders to run."""
    situation: frozenset[str]
    """Content words of the situation in which the rule applies, including words of the quoted message."""
    messages: frozenset[str]
    """Masked messages of the results that the rule is about."""
    runs: tuple[TrajectoryId, ...]
    """Sorted distinct trajectories behind the rule."""
    n_succeeded: int
    n_failed: int
    is_said: bool
    """Whether users stated the rule."""

    @property
    def line(self) -> str:
        """The rule in the words of its medoid."""
        return line_of(self.lesson)

    @property
    def is_wish(self) -> bool:
        """Return whether the rule is a request that users make again and again."""
        return self.lesson.pattern == REQUESTED

    @property
    def is_kept(self) -> bool:
        """Return whether the rule is only a line of a skill that a model saw steps follow."""
        return all(lesson.pattern == KEPT for lesson in self.lessons)

    @property
    def has_failed(self) -> bool:
        """Return whether no composed skill contains the rule, and more of its runs failed than succeeded.

        Fewer than three runs in which a model saw a step follow a line of the skill say nothing against the line.
        """
        is_enough = len(self.runs) >= _FEWEST_KEPT or not self.is_kept
        return self.text is None and self.n_failed > self.n_succeeded and is_enough

    @property
    def n_worked(self) -> int:
        """Number of trajectories in which the action of the rule worked, or its statement was true.

        A statement of a user or a tool counts as true in every run behind the rule, and a remedy of a failure worked
        in every run that shows it. All other rules worked in the runs that did not fail.
        """
        is_shown = self.is_said or self.lesson.pattern in STATED or self.lesson.polarity == "failure"
        return len(self.runs) if is_shown else len(self.runs) - self.n_failed

    def in_words(self) -> str:
        """Return a clause with the number of runs that followed the rule, and how many failed and succeeded."""
        runs = counted(len(self.runs), "run")
        return f"of {runs} that did so {self.n_failed} failed and {self.n_succeeded} succeeded"

    @property
    def order(self) -> tuple[bool, int, str]:
        """Sort key of rules: rules stated by users first, then the largest support, then the id."""
        return not self.is_said, -len(self.runs), self.id


def found_rules(
    skills: Iterable[Skill], clusters: Iterable[Cluster], background: Background, tools: frozenset[str]
) -> tuple[FoundRule, ...]:
    """Return the rule of every cluster that has lessons, whether a skill contains it or not, sorted by ``order``."""
    told = dict(_told(skills))
    made = [
        _rule(cluster, members, told.get(cluster.id), background, tools)
        for cluster in clusters
        if (members := background.members((cluster,)))
    ]
    return tuple(sorted(made, key=lambda rule: rule.order))


def _ordered(do: str, known: frozenset[str]) -> frozenset[str]:
    """Return the tools and the heads of commands in the clauses of an order that forbid nothing."""
    told = " ".join(clause for clause in clauses(do) if forbidden_part(clause) is None)
    heads = {head for span in code_spans(told) for head in heads_of(span)}
    return frozenset(heads | (names_in(told, known) & known))


def _told(skills: Iterable[Skill]) -> Iterable[tuple[ClusterId, str]]:
    """Yield the cluster and the text, without counts, of every rule in the body of each skill."""
    for skill in skills:
        for rule in short_rules(source_of(skill)):
            yield skill.cluster_ids[int(rule.number[1:]) - 1], _COUNT.sub("", rule.text)


def _rule(
    cluster: Cluster, members: Sequence[Lesson], text: str | None, background: Background, tools: frozenset[str]
) -> FoundRule:
    runs = sorted(supporting_runs(members))
    outcomes = [background.outcomes.get(run) for run in runs]
    medoid = members[0]
    known = tools | frozenset(medoid.tools)
    do = wish_of(medoid.do)
    return FoundRule(
        id=cluster.id,
        lesson=medoid,
        lessons=tuple(members),
        text=text,
        names=(names := names_in(line_of(medoid), known)),
        called=names & known,
        replaced=names_in(do, known) - names_in(without_replaced(do), known),
        orders=_ordered(do, known),
        situation=content(mask(medoid.when)),
        messages=frozenset(message for lesson in members for message in masked_messages(lesson)),
        runs=tuple(runs),
        n_succeeded=outcomes.count("success"),
        n_failed=outcomes.count("failure"),
        is_said=is_said(members),
    )
