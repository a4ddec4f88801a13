"""Decisions of a person, found again in the rules of a run."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from t2s_local.stages.review.marks import is_same_rule, keys_of, mark_of
from t2s_local.values.cluster import Cluster, ClusterId
from t2s_local.values.decision import Decision
from t2s_local.values.lesson import Lesson, LessonId
from t2s_local.values.value import digest


class Reviewed(msgspec.Struct, frozen=True, kw_only=True):
    """Rules of a run that a person has judged."""

    decisions: dict[ClusterId, Decision] = msgspec.field(default_factory=dict)
    accepted_alone: bool = False
    """Whether only what was accepted may enter a skill."""

    def is_rejected(self, cluster: Cluster) -> bool:
        """Return whether *cluster* was rejected."""
        found = self.decisions.get(cluster.id)
        return found is not None and found.verdict == "rejected"

    def is_accepted(self, cluster: Cluster) -> bool:
        """Return whether *cluster* was accepted, pinned included: it enters a skill whatever it lacks."""
        found = self.decisions.get(cluster.id)
        return found is not None and found.verdict != "rejected"

    def was_lacking(self, cluster: Cluster) -> bool:
        """Return whether *cluster* lacked something when it was judged."""
        found = self.decisions.get(cluster.id)
        return found is not None and found.was_lacking


class Apart(NamedTuple):
    """Lessons that a person judged, which no rule holds beside lessons with other remedies."""

    lessons: frozenset[LessonId]
    with_unclear: bool
    """Whether lessons that name no remedy go with them, and not with the others."""


NOTHING_REVIEWED = Reviewed()


class KnownDecisions:
    """Decisions by the features of their rules; of two about the same rule the later one counts."""

    def __init__(self, decisions: Iterable[Decision]) -> None:
        """Index *decisions*, in the order they were made; those about versions of skills are left out."""
        marked = [(decision, decision.mark) for decision in decisions if decision.mark is not None]
        self._decisions = tuple(decision for decision, _ in marked)
        self._marks = tuple(mark for _, mark in marked)
        self._by_key: dict[str, list[int]] = {}
        for at, mark in enumerate(self._marks):
            for key in keys_of(mark):
                self._by_key.setdefault(key, []).append(at)

    def about(self, lessons: Sequence[Lesson]) -> Decision | None:
        """Return the last decision about the rule that *lessons* make; None where there is none."""
        if not self._decisions or not lessons:
            return None
        found = mark_of(lessons)
        near = sorted({at for key in keys_of(found) for at in self._by_key.get(key, ())}, reverse=True)
        return next((self._decisions[at] for at in near if is_same_rule(self._marks[at], found)), None)

    def each(self, lessons: Iterable[Lesson]) -> dict[LessonId, Decision]:
        """Return the decisions about lessons that by themselves are a rule that was judged."""
        if not self._decisions:
            return {}
        found = ((lesson.id, self.about((lesson,))) for lesson in lessons)
        return {one: decision for one, decision in found if decision is not None}

    @property
    def digest(self) -> str | None:
        """Digest of the decisions; None where there are none."""
        if not self._decisions:
            return None
        return digest(*(msgspec.json.encode(item).decode() for item in self._decisions))

    def among(
        self, clusters: Iterable[Cluster], judged: Mapping[LessonId, Decision], *, accepted_alone: bool
    ) -> Reviewed:
        """Return the decisions about *clusters*: about a cluster the last one that a lesson of it falls under.

        Args:
            clusters: The rules of a run; none holds lessons that were rejected beside those of other remedies.
            judged: Decisions about their lessons, as :meth:`each` returns them.
            accepted_alone: Whether only what was accepted may enter a skill.
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
    """Return the lessons among those *judged* that were accepted, pinned ones included."""
    return frozenset(judged) - rejected_lessons(judged)


def rejection(decision: Decision) -> str:
    """Return the phrase for what a rule lacks that a person rejected."""
    why = "" if decision.reason is None else f": {decision.reason}"
    return f"your consent: you rejected it on {decision.at[:10]}{why}"


def lessons_apart(judged: Mapping[LessonId, Decision]) -> tuple[Apart, ...]:
    """Return the lessons among those *judged* that no rule holds beside lessons with other remedies.

    They are those that were rejected, and those that were accepted though something kept them out of a skill.
    """
    lacking = frozenset(one for one in accepted_lessons(judged) if judged[one].was_lacking)
    return Apart(rejected_lessons(judged), with_unclear=True), Apart(lacking, with_unclear=False)


NO_DECISIONS = KnownDecisions(())
