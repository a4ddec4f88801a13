"""Decisions of a person, found again in the rules of a run."""

from collections.abc import Iterable, Sequence

import msgspec

from t2s_local.ports.writer import Background
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


NOTHING_REVIEWED = Reviewed()


class KnownDecisions:
    """Decisions by the features of their rules; of two about the same rule the later one counts."""

    def __init__(self, decisions: Iterable[Decision]) -> None:
        """Index *decisions*, in the order they were made."""
        self._decisions = tuple(decisions)
        self._by_key: dict[str, list[int]] = {}
        for at, decision in enumerate(self._decisions):
            for key in keys_of(decision.mark):
                self._by_key.setdefault(key, []).append(at)

    def about(self, lessons: Sequence[Lesson]) -> Decision | None:
        """Return the last decision about the rule that *lessons* make; None where there is none."""
        if not self._decisions or not lessons:
            return None
        found = mark_of(lessons)
        near = sorted({at for key in keys_of(found) for at in self._by_key.get(key, ())}, reverse=True)
        return next((self._decisions[at] for at in near if is_same_rule(self._decisions[at].mark, found)), None)

    def accepted(self, lessons: Iterable[Lesson]) -> frozenset[LessonId]:
        """Return the lessons that by themselves are a rule that was accepted."""
        if not self._decisions:
            return frozenset()
        found = {lesson.id: self.about((lesson,)) for lesson in lessons}
        return frozenset(one for one, decision in found.items() if decision and decision.verdict != "rejected")

    @property
    def digest(self) -> str | None:
        """Digest of the decisions; None where there are none."""
        if not self._decisions:
            return None
        return digest(*(msgspec.json.encode(item).decode() for item in self._decisions))

    def among(self, clusters: Iterable[Cluster], background: Background, *, accepted_alone: bool) -> Reviewed:
        """Return the decisions about *clusters*."""
        found = {item.id: self.about(background.members((item,))) for item in clusters} if self._decisions else {}
        return Reviewed(
            decisions={one: decision for one, decision in found.items() if decision is not None},
            accepted_alone=accepted_alone,
        )


NO_DECISIONS = KnownDecisions(())
