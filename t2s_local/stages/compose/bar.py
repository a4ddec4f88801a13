"""Conditions for a rule to enter a skill, and the reasons that keep a rule out."""

from typing import NamedTuple

import msgspec

from t2s_local.ports.writer import Background
from t2s_local.stages.compose.backing import SAID_SUPPORT, is_backed, is_said, is_told, messages_of, needed
from t2s_local.stages.compose.independence import balanced, is_balanced
from t2s_local.stages.review.review import NOTHING_REVIEWED, Reviewed, rejection
from t2s_local.text.text import counted
from t2s_local.values.cluster import Cluster, ClusterId, Family
from t2s_local.values.lesson import Lesson, supporting_runs

LEAST_SUPPORT = 2
"""Least support of an inferred rule in a skill, whatever the settings say: one run proves nothing."""
ONE_SOURCE = "most of its runs are of one conversation: stays a candidate"
NO_REMEDY = "no remedy that two runs used and that worked: stays a candidate"
NO_SUCCESS = "no_success: none of its runs succeeded: stays a candidate"
REJECTED = "rejected by a person"
UNREVIEWED = "waits for a person to accept it"
TO_REVIEW = "your consent: `t2s review` asks for it"
"""Phrase for the missing consent to an unreviewed rule, if only reviewed rules enter a skill."""
TOLD = "its failure is told by a rule over many runs: stays a candidate"


class Shortfall(NamedTuple):
    """Reason why a rule is in no skill."""

    reason: str
    """Phrase under which the rule is counted."""
    lacks: tuple[str, ...]
    """Phrases for all that the rule lacks, the most important first; at least one."""


class Weighed(NamedTuple):
    """A family of clusters, divided into the rules that may enter a skill and the other rules."""

    family: Family
    """The family with the rules that may be in the family's skill."""
    left: dict[ClusterId, Shortfall]
    """All other rules of the family, each with the reason why it is in no skill."""


class Bar:
    """Conditions of one run: support, a remedy that succeeded, independent sources."""

    def __init__(self, known: Background, least: int, reviewed: Reviewed = NOTHING_REVIEWED) -> None:
        """Keep the lessons of the run, the support that a rule needs, and the decisions of a person.

        Args:
            known: The lessons and the known facts about their trajectories.
            least: Trajectories a rule needs, unless a user or a program states it.
            reviewed: Decisions of a person.
        """
        self._reviewed = reviewed
        self.needed = least
        self._known = known
        self._messages = messages_of(known.lessons.values())

    def weighed(self, family: Family) -> Weighed:
        """Divide *family* into the rules that may be in one skill, the best supported first, and the other rules.

        If no rule has enough support for a skill of its own, no rule of the family may be in a skill.
        """
        accepted = [item for item in family.clusters if self._reviewed.is_accepted(item)]
        others = sorted((item for item in family.clusters if self._may_enter(item)), key=_by_support)
        said = [item for item in others if is_said(self._members(item))]
        inferred = balanced([item for item in others if item not in said], self._known)
        together = [*accepted, *said, *inferred]
        kept = sorted(together, key=_by_support) if any(map(self.has_support, together)) else []
        left = {item.id: self.shortfall(item) for item in family.clusters if item not in kept}
        return Weighed(msgspec.structs.replace(family, clusters=tuple(kept)), left)

    def has_support(self, cluster: Cluster) -> bool:
        """Return whether enough runs support *cluster* for a skill of its own."""
        return self._reviewed.is_accepted(cluster) or self._n_missing(cluster) <= 0

    def is_granted(self, cluster: Cluster) -> bool:
        """Return whether *cluster* is in a skill only because a person accepted it."""
        stands = self._may_stand(cluster) and self._is_worth_telling(cluster) and self._n_missing(cluster) <= 0
        return self._reviewed.is_accepted(cluster) and (self._reviewed.was_lacking(cluster) or not stands)

    def shortfall(self, cluster: Cluster) -> Shortfall:
        """Return the reason why *cluster* is in no skill."""
        decision = self._reviewed.decisions.get(cluster.id)
        if decision is not None and decision.verdict == "rejected":
            return Shortfall(REJECTED, (rejection(decision),))
        if self._reviewed.accepted_alone:
            return Shortfall(UNREVIEWED, (TO_REVIEW,))
        checks = (self._unbacked, self._repeated, self._leaning, self._weak)
        found = [check(cluster) for check in (checks if self._may_stand(cluster) else (self._weak,))]
        lacking = [shortfall for shortfall in found if shortfall is not None]
        if not lacking:
            reason = f"no rule of its subject has support {self.needed}: stays a candidate"
            return Shortfall(reason, ("another rule of its subject with enough support",))
        lacks = tuple(lack for shortfall in lacking for lack in shortfall.lacks)
        return Shortfall(lacking[0].reason, lacks)

    def _may_enter(self, cluster: Cluster) -> bool:
        is_open = cluster.id not in self._reviewed.decisions and not self._reviewed.accepted_alone
        return is_open and self._may_stand(cluster) and self._is_worth_telling(cluster)

    def _may_stand(self, cluster: Cluster) -> bool:
        """Return whether *cluster* has the least support for any skill, whatever the settings say."""
        least = SAID_SUPPORT if is_said(self._members(cluster)) else LEAST_SUPPORT
        return cluster.support >= least

    def _is_worth_telling(self, cluster: Cluster) -> bool:
        lessons = self._members(cluster)
        return is_backed(lessons, self._known.outcomes) and not is_told(lessons, self._messages)

    def _members(self, cluster: Cluster) -> tuple[Lesson, ...]:
        return self._known.members((cluster,))

    def _n_missing(self, cluster: Cluster) -> int:
        return needed(self._members(cluster), self.needed) - cluster.support

    def _unbacked(self, cluster: Cluster) -> Shortfall | None:
        """Return the shortfall of a rule whose remedy fewer than two runs used, or without success."""
        if is_backed(self._members(cluster), self._known.outcomes):
            return None
        runs = supporting_runs(self._members(cluster))
        has_lost = bool(runs) and not {None, "success"}.intersection(self._known.outcomes.get(run) for run in runs)
        reason = NO_SUCCESS if has_lost else NO_REMEDY
        return Shortfall(reason, ("a remedy that two runs used and that worked",))

    def _repeated(self, cluster: Cluster) -> Shortfall | None:
        """Return the shortfall of a rule about a failure that another rule states."""
        if not is_told(self._members(cluster), self._messages):
            return None
        return Shortfall(TOLD, ("a failure of its own: another rule tells of this one",))

    def _leaning(self, cluster: Cluster) -> Shortfall | None:
        """Return the shortfall of a rule with most of its runs from one conversation."""
        if is_said(self._members(cluster)) or is_balanced([cluster], self._known):
            return None
        return Shortfall(ONE_SOURCE, ("runs of another conversation",))

    def _weak(self, cluster: Cluster) -> Shortfall | None:
        """Return the shortfall of a rule with too few runs."""
        missing = self._n_missing(cluster)
        if missing <= 0:
            return None
        lack = f"{counted(missing, 'more run')} that {'shows' if missing == 1 else 'show'} it"
        if cluster.support < LEAST_SUPPORT:
            return Shortfall("support 1: stays a candidate", (lack,))
        return Shortfall(f"no rule of its subject has support {self.needed}: stays a candidate", (lack,))


def _by_support(cluster: Cluster) -> tuple[int, int, str]:
    return -cluster.support, -cluster.task_support, cluster.id
