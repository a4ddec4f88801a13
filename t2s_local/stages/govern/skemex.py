"""Rules of SkeMex (arXiv 2606.09365): a learned usefulness for each skill, and a cap for each branch of skills."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Literal

import msgspec

from t2s_local.stages.govern.ratchet import Governed
from t2s_local.stages.govern.rounds import WINDOW
from t2s_local.stages.govern.standing import TOLERANCE, trial_of
from t2s_local.values.decision import Proposal, ProposalKind
from t2s_local.values.event import ASIDE, USED, Event
from t2s_local.values.value import Value

Branch = Literal["general", "task", "action", "meta"]
CAPS: Mapping[str, int] = {"general": 12, "task": 8, "action": 5, "meta": 5}
"""Largest number of skills in a branch: for ``task`` in each category, for ``action`` for each tool."""
SAME = 0.80
"""Least cosine from which on two skills of a branch are joined."""
START = 0.5
WEAK = 0.3
MATURE = 0.75
MATURE_USES = 15
_ALPHA = 0.2
_ENOUGH = 3
"""Number of runs of a category from which on their moving average is the baseline; before that it is 0.5."""
_SCORES = {"success": 1.0, "partial": 0.5, "failure": 0.0}


class Placed(Value, frozen=True, kw_only=True):
    """A skill with the branch and group that its front matter states."""

    skill: Governed
    branch: Branch = "task"
    group: str = ""
    """Category of a task skill, tool of an action skill; empty if not stated."""
    is_high_risk: bool = False


class Utility(Value, frozen=True, kw_only=True):
    """Usefulness of a skill, learned from the runs that adopted it."""

    value: float = START
    n_adopted: int = 0


class _Baseline(msgspec.Struct):
    average: float = START
    n: int = 0

    @property
    def value(self) -> float:
        return self.average if self.n >= _ENOUGH else START

    def add(self, score: float) -> None:
        self.average = (1 - _ALPHA) * self.average + _ALPHA * score
        self.n += 1


class Utilities:
    """Learns the usefulness of skills from the events of an evidence log, in windows of 30 runs."""

    def __init__(self, high_risk: Iterable[str] = (), *, window: int = WINDOW) -> None:
        """Begin without events.

        Args:
            high_risk: Names of skills whose failures lower their usefulness more.
            window: Number of runs in a window.
        """
        self._high_risk = frozenset(high_risk)
        self._window = window
        self._known: dict[str, Utility] = {}
        self._baselines: dict[str, _Baseline] = defaultdict(_Baseline)
        self._runs: dict[str, tuple[str, float]] = {}
        self._adopted: list[tuple[str, str, int]] = []

    def add(self, event: Event) -> None:
        """Add one event; the first event of a new run ends a full window."""
        score = _SCORES.get(event.outcome or "") if event.kind == USED else None
        if score is None:
            return
        run = event.run or event.at
        if run not in self._runs and len(self._runs) == self._window:
            self.learn()
        self._runs[run] = (event.category or "", score)
        if sign := trial_of(event):
            self._adopted.append((event.skill, run, sign))

    def learn(self) -> None:
        """End the window: update the baselines with its runs, then each skill's usefulness with its mean credit."""
        for category, score in self._runs.values():
            self._baselines[category].add(score)
        self._adopted.sort(key=lambda one: one[0])
        for skill, uses in groupby(self._adopted, key=lambda one: one[0]):
            before = self._known.get(skill, Utility())
            credits = [self._credit(skill, run, sign, before.value) for _, run, sign in uses]
            n_adopted = before.n_adopted + len(credits)
            value = before.value + rate(n_adopted) * sum(credits) / len(credits)
            self._known[skill] = Utility(value=min(1.0, max(0.0, value)), n_adopted=n_adopted)
        self._runs, self._adopted = {}, []

    def all(self) -> dict[str, Utility]:
        """Return the usefulness of every skill by name, after learning from the last window even if it is not full."""
        self.learn()
        return dict(sorted(self._known.items()))

    def _credit(self, skill: str, run: str, sign: int, utility: float) -> float:
        category, score = self._runs[run]
        base = self._baselines[category].value
        if sign > 0:
            return score - base
        return -(0.10 + 0.5 * max(0.0, base - score)) - (0.10 * utility if skill in self._high_risk else 0.0)


def rate(n_adopted: int) -> float:
    """Return the learning rate of a skill adopted *n_adopted* times: .05 at 0, .2 at 5, and .05 again from 25 on."""
    if n_adopted <= 5:
        return 0.05 + 0.15 * n_adopted / 5
    if n_adopted >= 25:
        return 0.05
    return 0.05 + 0.075 * (1 + math.cos(math.pi * (n_adopted - 5) / 20))


def skemex(
    skills: Sequence[Placed], known: Mapping[str, Utility], *, leaving: frozenset[str] = frozenset()
) -> Iterator[Proposal]:
    """Yield a proposal for each skill that is weak, over the cap of its branch, or newly mature.

    Args:
        skills: The skills of the library.
        known: Usefulness of the skills, by name.
        leaving: Names of skills that leave anyway, such as a skill that is joined with another skill.
    """
    present = [
        one for one in skills if one.skill.is_there and one.skill.state not in ASIDE and one.skill.name not in leaving
    ]
    weak = {one.skill.name for one in present if _of(known, one).value < WEAK - TOLERANCE}
    mature = {one.skill.name for one in present if one.skill.name not in weak and _is_mature(_of(known, one))}
    over = {one.skill.name for one in _over([one for one in present if one.skill.name not in weak], known, mature)}
    for one in present:
        name, utility = one.skill.name, _of(known, one)
        said = f"usefulness {utility.value:.2f} after {utility.n_adopted} adoptions"
        if name in weak:
            yield _proposal("deprecate", one.skill, said)
        elif name in over:
            place = " ".join(filter(None, (one.branch, one.group)))
            yield _proposal("archive", one.skill, f"{CAPS[one.branch]} skills fit into {place}; {said}")
        elif name in mature and one.skill.state != "mature":
            yield _proposal("mature", one.skill, said)


def _over(present: Sequence[Placed], known: Mapping[str, Utility], mature: set[str]) -> Iterator[Placed]:
    """Yield the skills over the cap of their branch; mature, useful and often adopted skills are kept first."""

    def place(one: Placed) -> tuple[str, str]:
        return one.branch, one.group if one.branch in ("task", "action") else ""

    for (branch, _), group in groupby(sorted(present, key=lambda one: (place(one), one.skill.name)), key=place):
        ranked = sorted(
            group,
            key=lambda one: (
                one.skill.name not in mature and one.skill.state != "mature",
                -_of(known, one).value,
                -_of(known, one).n_adopted,
                one.skill.name,
            ),
        )
        yield from ranked[CAPS[branch] :]


def _is_mature(utility: Utility) -> bool:
    return utility.value >= MATURE - TOLERANCE and utility.n_adopted >= MATURE_USES


def _of(known: Mapping[str, Utility], one: Placed) -> Utility:
    return known.get(one.skill.name, Utility())


def _proposal(kind: ProposalKind, one: Governed, reason: str) -> Proposal:
    return Proposal(kind=kind, skill=one.name, digest=one.digest, reason=reason, is_ours=one.is_ours)
