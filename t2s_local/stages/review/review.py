"""Find the decisions of a person that apply to the rules of a run."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from t2s_local.stages.review.marks import is_same_rule, keys_of, mark_of
from t2s_local.values.cluster import Cluster, ClusterId
from t2s_local.values.decision import Decision
from t2s_local.values.lesson import Lesson, LessonId
from t2s_local.values.value import digest


class Reviewed(msgspec.Struct, frozen=True, kw_only=True):
    """Decisions of a person about the rules (clusters) of a run."""

    decisions: dict[ClusterId, Decision] = msgspec.field(default_factory=dict)
    accepted_alone: bool = False
    """Whether only accepted rules may enter a skill."""

    def is_rejected(self, cluster: Cluster) -> bool:
        """Return whether *cluster* was rejected."""
        found = self.decisions.get(cluster.id)
        return found is not None and found.verdict == "rejected"

    def is_accepted(self, cluster: Cluster) -> bool:
        """Return whether *cluster* was accepted or pinned, so that it enters a skill even with too little support."""
        found = self.decisions.get(cluster.id)
        return found is not None and found.verdict != "rejected"

    def was_lacking(self, cluster: Cluster) -> bool:
        """Return whether *cluster* lacked a condition for entering a skill when a person judged it."""
        found = self.decisions.get(cluster.id)
        return found is not None and found.was_lacking


class Apart(NamedTuple):
    """Judged lessons that grouping must not put into one rule with lessons that have other remedies."""

    lessons: frozenset[LessonId]
    with_unclear: bool
    """Whether, if a rule is split, lessons without commands join the lessons in *lessons* and not the other lessons."""


NOTHING_REVIEWED = Reviewed()


class KnownDecisions:
    """Decisions, indexed by the features of their rules; of two decisions about a rule, the later counts."""

    def __init__(self, decisions: Iterable[Decision]) -> None:
        """Index *decisions*, oldest first; decisions about versions of skills are left out."""
        marked = [(decision, decision.mark) for decision in decisions if decision.mark is not None]
        self._decisions = tuple(decision for decision, _ in marked)
        self._marks = tuple(mark for _, mark in marked)
        self._by_key: dict[str, list[int]] = {}
        for at, mark in enumerate(self._marks):
            for key in keys_of(mark):
                self._by_key.setdefault(key, []).append(at)

    def about(self, lessons: Sequence[Lesson]) -> Decision | None:
        """Return the last decision about the rule formed by *lessons*; None if there is none."""
        if not self._decisions or not lessons:
            return None
        found = mark_of(lessons)
        near = sorted({at for key in keys_of(found) for at in self._by_key.get(key, ())}, reverse=True)
        return next((self._decisions[at] for at in near if is_same_rule(self._marks[at], found)), None)

    def each(self, lessons: Iterable[Lesson]) -> dict[LessonId, Decision]:
        """Return the decision about each lesson that, as a rule by itself, matches a judged rule."""
        if not self._decisions:
            return {}
        found = ((lesson.id, self.about((lesson,))) for lesson in lessons)
        return {one: decision for one, decision in found if decision is not None}

    @property
    def digest(self) -> str | None:
        """Digest of the decisions; None if there are none."""
        if not self._decisions:
            return None
        return digest(*(msgspec.json.encode(item).decode() for item in self._decisions))

    def among(
        self, clusters: Iterable[Cluster], judged: Mapping[LessonId, Decision], *, accepted_alone: bool
    ) -> Reviewed:
        """Return the decisions about *clusters*: for each cluster, the last decision about any of its lessons.

        Args:
            clusters: The rules of a run; no cluster contains both rejected lessons and lessons with other remedies.
            judged: Decisions about the lessons, as returned by :meth:`each`.
            accepted_alone: Whether only accepted rules may enter a skill.
        """
        found: dict[ClusterId, Decision] = {}
        for item in clusters:
            about = {judged[one] for one in item.lesson_ids if one in judged}
            if about:
                found[item.id] = max(about, key=self._decisions.index)
        return Reviewed(decisions=found, accepted_alone=accepted_alone)


def rejected_lessons(judged: Mapping[LessonId, Decision]) -> frozenset[LessonId]:
    """Return the lessons among those *judged* that were rejected."""
    return frozenset(one for one, decision in judged.items() if decision.verdict == "rejected")


def accepted_lessons(judged: Mapping[LessonId, Decision]) -> frozenset[LessonId]:
    """Return the lessons among those *judged* that were accepted or pinned."""
    return frozenset(judged) - rejected_lessons(judged)


def rejection(decision: Decision) -> str:
    """Return a phrase that says when and why a person rejected a rule; the phrase completes "the rule lacks"."""
    why = "" if decision.reason is None else f": {decision.reason}"
    return f"your consent: you rejected it on {decision.at[:10]}{why}"


def lessons_apart(judged: Mapping[LessonId, Decision]) -> tuple[Apart, ...]:
    """Return the two sets of lessons among those *judged* that must not share a rule with lessons of other remedies.

    The first set contains the rejected lessons, the second the accepted lessons of rules that lacked a condition for
    entering a skill when they were judged.
    """
    lacking = frozenset(one for one in accepted_lessons(judged) if judged[one].was_lacking)
    return Apart(rejected_lessons(judged), with_unclear=True), Apart(lacking, with_unclear=False)


NO_DECISIONS = KnownDecisions(())
