"""Compare runs that follow an order of calls which a skill asks for with runs that do not; find names never seen."""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from t2s_local.stages.deepen.prohibitions import Count, Defiance, prohibition_of, said_calls
from t2s_local.stages.deepen.units import Unit
from t2s_local.text.order import precedences
from t2s_local.values.skill import loads_skill
from t2s_local.values.trajectory import Trajectory, TrajectoryId
from t2s_local.values.value import Value

_LONGEST = 20_000
"""Largest number of characters of a call or result that are searched for names."""


class Practice(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of runs with a known outcome that called ``then``: runs that called ``first`` before it, and others."""

    first: str
    """Tool that the skill wants called before ``then``."""
    then: str
    did: tuple[TrajectoryId, ...]
    n_did_succeed: int
    n_other: int
    n_other_succeed: int

    def is_refuted(self, least: int) -> bool:
        """Return whether runs in the wanted order succeeded no more often than others; False with too few of either."""
        if len(self.did) < least or self.n_other < least:
            return False
        return self.n_did_succeed * self.n_other <= self.n_other_succeed * len(self.did)

    def in_words(self) -> str:
        """Return a clause with the numbers of runs and successes, with and without the wanted order."""
        return (
            f"of {len(self.did)} runs that called `{self.first}` before `{self.then}` {self.n_did_succeed} succeeded,"
            f" of {self.n_other} that did not {self.n_other_succeed}"
        )


class Use(Value, frozen=True, kw_only=True):
    """Facts that runs show about the pieces of skills, in addition to the rules learned from the runs."""

    practice: dict[int, Practice]
    """Number of a piece to the runs that did and did not follow its order of calls."""
    defiances: dict[int, Defiance]
    """Number of a piece that forbids an action to the runs that took the action, and the others."""
    unseen: tuple[int, ...]
    """Numbers of pieces that name tools or commands, none of which occurs in a run."""
    users: dict[str, tuple[TrajectoryId, ...]]
    """Name of a skill to the runs in which the skill was in use."""


class _Tally(msgspec.Struct):
    first: str
    then: str
    did: list[TrajectoryId] = msgspec.field(default_factory=list)
    n_did_succeed: int = 0
    n_other: int = 0
    n_other_succeed: int = 0

    def add(self, run: Trajectory, calls: Sequence[str]) -> None:
        if self.then not in calls or run.outcome is None:
            return
        has_succeeded = run.outcome == "success"
        if self.first in calls[: calls.index(self.then)]:
            self.did.append(run.id)
            self.n_did_succeed += has_succeeded
        else:
            self.n_other += 1
            self.n_other_succeed += has_succeeded


def use_of(units: Sequence[Unit], runs: Iterable[Trajectory], *, tools: frozenset[str], skills: Sequence[str]) -> Use:
    """Return the use of pieces and skills in *runs*, which are read once, one at a time.

    Args:
        units: Pieces of skills.
        runs: Every run, in any order.
        tools: Names of the tools that were called.
        skills: Names of the skills.
    """
    tallies = {at: tally for at, unit in enumerate(units) if (tally := _tally(unit, tools)) is not None}
    forbidden = {
        at: Count(found) for at, unit in enumerate(units) if (found := prohibition_of(unit, tools)) is not None
    }
    open_names = {name for unit in units for name in unit.names}
    users: dict[str, list[TrajectoryId]] = {name: [] for name in skills}
    for run in runs:
        calls = [step.tool or "" for step in run.steps if step.kind == "tool_call"]
        for tally in tallies.values():
            tally.add(run, calls)
        said = said_calls(run) if forbidden else []
        for count in forbidden.values():
            count.add(run, said)
        open_names -= set(calls)
        texts = [step.text[:_LONGEST] for step in run.steps if step.kind in ("tool_call", "tool_result")]
        open_names -= {name for name in open_names if any(name in text for text in texts)}
        for name in skills:
            if any(loads_skill(step, name) for step in run.steps):
                users[name].append(run.id)
    return Use(
        practice={at: _practice(tally) for at, tally in tallies.items()},
        defiances={at: count.result() for at, count in forbidden.items()},
        unseen=tuple(at for at, unit in enumerate(units) if unit.names and unit.names <= open_names),
        users={name: tuple(sorted(found)) for name, found in users.items() if found},
    )


def _practice(tally: _Tally) -> Practice:
    return Practice(
        first=tally.first,
        then=tally.then,
        did=tuple(sorted(tally.did)),
        n_did_succeed=tally.n_did_succeed,
        n_other=tally.n_other,
        n_other_succeed=tally.n_other_succeed,
    )


def _tally(unit: Unit, tools: frozenset[str]) -> _Tally | None:
    """Return an empty count for a piece that wants exactly one tool before another; None for every other piece."""
    found = list(_orders(unit, tools))
    return _Tally(first=found[0][0], then=found[0][1]) if len(found) == 1 else None


def _orders(unit: Unit, tools: frozenset[str]) -> Iterator[tuple[str, str]]:
    for item in precedences(unit.text, content=lambda part: frozenset(name for name in tools if name in part)):
        if item.relation == "order" and len(item.first) == len(item.second) == 1:
            yield min(item.first), min(item.second)
