"""Rank skills by similarity, usefulness and recent adoption, as SkeMex (arXiv 2606.09365) reads its memory."""

import math
from collections.abc import Collection, Sequence

from t2s_local.stages.govern.rounds import WINDOW
from t2s_local.stages.govern.skemex import START, Branch
from t2s_local.stages.govern.standing import trial_of
from t2s_local.values.event import USED, Event
from t2s_local.values.value import Value

BRANCHES: tuple[Branch, ...] = ("general", "task", "action", "meta")
LEAST_SIMILAR = 0.2
"""Least cosine of the task and a skill that is returned."""
MOST = 6
A_BRANCH = 2
"""Number of skills returned for each branch, before the remaining places are filled from all branches."""
_SIMILARITY, _UTILITY, _RECENT = 0.4, 0.4, 0.2
_MATURE = 1.10
_LONGEST, _UNIT = 20.0, 4.0
"""Largest time constant of forgetting, and the constant without a success, in windows."""


class Adoption(Value, frozen=True, kw_only=True):
    """Uses of a skill that helped or hurt."""

    windows_ago: int
    """Number of windows of 30 runs since the last use that helped or hurt; 0 for the present window."""
    n_successes: int


class ValuedSkill(Value, frozen=True, kw_only=True):
    """A skill with the values by which it is ranked."""

    name: str
    cosine: float
    """Cosine of the task and the description."""
    utility: float = START
    adoption: Adoption | None = None
    """None if the skill was never adopted."""
    is_mature: bool = False
    branch: Branch = "task"
    category: str = ""
    tool: str = ""
    """Tool that a skill of the branch ``action`` is about; empty if not stated."""

    @property
    def recency(self) -> float:
        """Recency of the last adoption, in [0, 1]; skills with more successes are forgotten more slowly."""
        if self.adoption is None:
            return 0.0
        slow = min(_LONGEST, _UNIT * (1 + math.sqrt(self.adoption.n_successes)))
        return math.exp(-self.adoption.windows_ago / slow)

    @property
    def score(self) -> float:
        """Score in [0, 1]."""
        return value_score(self.cosine, self.utility, self.recency, is_mature=self.is_mature)


def value_score(cosine: float, utility: float, recency: float, *, is_mature: bool = False) -> float:
    """Return .4·similarity + .4·usefulness + .2·recency, times 1.10 for a mature skill, at most 1."""
    score = _SIMILARITY * max(0.0, cosine) + _UTILITY * utility + _RECENT * recency
    return min(1.0, score * _MATURE) if is_mature else score


class Adoptions:
    """Counts the adoptions of skills in the events of an evidence log, in windows of 30 runs with a known outcome."""

    def __init__(self) -> None:
        """Begin the first window."""
        self._runs: set[str] = set()
        self._now = 0
        self._last: dict[str, int] = {}
        self._successes: dict[str, int] = {}

    def add(self, event: Event) -> None:
        """Add one event, in the order of the log."""
        if event.kind != USED or event.outcome is None:
            return
        run = event.run or event.at
        if run not in self._runs and len(self._runs) == WINDOW:
            self._runs, self._now = set(), self._now + 1
        self._runs.add(run)
        if sign := trial_of(event):
            self._last[event.skill] = self._now
            self._successes[event.skill] = self._successes.get(event.skill, 0) + (sign > 0)

    def of(self, skill: str) -> Adoption | None:
        """Return the adoptions of a skill; None if it was never adopted."""
        if skill not in self._last:
            return None
        return Adoption(windows_ago=self._now - self._last[skill], n_successes=self._successes[skill])


def by_value(
    skills: Sequence[ValuedSkill], *, category: str | None = None, tools: Collection[str] | None = None
) -> tuple[ValuedSkill, ...]:
    """Return up to six skills to read, the best first: the two best of each branch, then the best of the rest.

    Args:
        skills: Skills of the library.
        category: Category of the task, whose skills come first in the branch ``task``; None if unknown.
        tools: Tools that the agent has: skills about other tools are left out; None if unknown.
    """
    near = [
        one for one in skills if one.cosine >= LEAST_SIMILAR and (tools is None or not one.tool or one.tool in tools)
    ]
    ranked = sorted(near, key=lambda one: (-one.score, one.name))
    chosen: list[ValuedSkill] = []
    for branch in dict.fromkeys(one.branch for one in ranked):
        own = [one for one in ranked if one.branch == branch]
        if branch == "task" and category:
            own.sort(key=lambda one: one.category != category)
        chosen += own[:A_BRANCH]
    rest = [one for one in ranked if one not in chosen]
    kept = [*sorted(chosen, key=lambda one: (-one.score, one.name)), *rest][:MOST]
    return tuple(sorted(kept, key=lambda one: (-one.score, one.name)))
