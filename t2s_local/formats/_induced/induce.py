"""Induction of a file's layout: units, roles and results; refused if no reading fits."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from t2s_local.formats._induced.answers import (
    Event,
    Slot,
    are_behind_calls,
    beside_their_calls,
    ids_between,
    result_slots,
)
from t2s_local.formats._induced.doubts import are_swapped, leaves_out, may_be_several, says_twice
from t2s_local.formats._induced.leaves.calls.call_forms import CallWalk, forms
from t2s_local.formats._induced.leaves.leaves import Call, File, Plan, surveyed
from t2s_local.formats._induced.leaves.plans import is_prose, plans
from t2s_local.formats._induced.leaves.prepared import LABEL, prepared
from t2s_local.formats._induced.leaves.trees import Pattern
from t2s_local.formats._induced.partings.partings import partings
from t2s_local.formats._induced.roles import Roles, roles_of
from t2s_local.formats._induced.tellings import slot_of, tellings
from t2s_local.formats._induced.units import Found, Parting, Unit, file_of
from t2s_local.formats._induced.ways import Way, ways
from t2s_local.records.budget import count_search

_PLACES = ("files", "folders", "records")
_MOST_WORK = 20_000
"""Budget of one induction: the most values that are visited."""
_MOST_AGAIN = 4_000
"""Budget of the search for a less odd reading, once one is found."""
_WALKS = 3
"""Visits of each value for one plan of decoding."""
_FEWEST_CALLS = 2
_LEAST_WORK = 100
_MOST_LEAVES = 3_000
_SAMPLE = 12
"""Runs on which a reading is tried before it is applied to all of them."""
_ODDEST = 0.75
"""Average cost of a run from which a reading is refused."""
_NOTHING = 0.05
_LITTLE = 0.2
"""Average cost of a run below which no other way of splitting, choosing or ordering is tried."""
_LEAST_MARGIN = 0.2


class Induced(NamedTuple):
    """Induced runs with the roles of their slots."""

    units: list[Unit]
    runs: list[list[Event]]
    roles: Roles
    results: frozenset[Slot]

    @property
    def n_requests(self) -> int:
        """Number of texts of the user."""
        return sum(self.roles.said.get(slot) == "user" for run in self.runs for slot, _ in run if slot is not None)

    @property
    def n_calls(self) -> int:
        """Number of calls."""
        return sum(slot is None for run in self.runs for slot, _ in run)

    @property
    def certainty(self) -> float:
        """Certainty of the reading, from 0 to 1."""
        return round(max(0.0, 1 - 0.2 * self.roles.cost), 2)

    def reasons(self) -> Iterator[str]:
        """Yield the reasons for the certainty, one clause each."""
        events = [event for run in self.runs for event in run]
        n_results = sum(slot in self.results for slot, _ in events)
        yield f"all of {len(self.runs)} runs found fit one layout"
        yield f"{self.n_calls} calls, {n_results} texts of what they returned"

    def beyond_maps(self) -> str:
        """Return the reason why no map can say how the runs are read."""
        leaves = [leaf for run in self.runs for _, leaf in run]
        if any(isinstance(leaf.value, Call) and leaf.value.text is not None for leaf in leaves):
            return "its calls are written in texts"
        if any((LABEL,) in leaf.rec.marks for leaf in leaves):
            return "its runs are written as texts"
        if any(len({file_of(leaf.rec).file for _, leaf in run}) > 1 for run in self.runs):
            return "its runs are spread over several files"
        return "its values say by their order and place what they are, not by names"


def induced(files: Sequence[File], *, is_cut: bool) -> Induced | None:
    """Return the runs of some files under the first reading that fits all of them; None if there is none.

    Args:
        files: Files that one program wrote.
        is_cut: Whether the files continue beyond the part that was read.
    """
    tree = prepared(files)
    left = [_MOST_WORK]
    try:
        return _searched(tree, left, is_cut=is_cut)
    finally:
        count_search(_MOST_WORK - left[0])


def _searched(tree: list[File], left: list[int], *, is_cut: bool) -> Induced | None:
    """Return the least odd reading that is found before the work is spent; None if there is none."""
    survey = surveyed(tree, Plan())
    cost = _WALKS * survey.n_values
    untried = plans(tree, survey)
    best: Induced | None = None
    while left[0] >= cost and (plan := next(untried, None)) is not None:
        left[0] -= cost
        seen = surveyed(tree, plan)
        prose = frozenset(pattern for pattern, texts in seen.texts.items() if is_prose(texts))
        for calls in forms(seen):
            walk = CallWalk(calls, prose, plan)
            found = Found(list(islice(walk.group(tree), _MOST_LEAVES + 1)), walk.recs)
            left[0] -= len(found.recs) + len(found.leaves)
            if len(found.leaves) > _MOST_LEAVES:
                return None
            result = _first(found, left, is_cut=is_cut)
            if result is not None and (best is None or result.roles.cost < best.roles.cost - _LITTLE):
                left[0] = left[0] if best else min(left[0], _MOST_AGAIN)
                best = result
            if best is not None and best.roles.cost < _LITTLE:
                return best
    return best


def _first(found: Found, left: list[int], *, is_cut: bool) -> Induced | None:
    """Return the least odd reading of the first way of splitting the leaves into runs that has one."""
    if sum(isinstance(leaf.value, Call) for leaf in found.leaves) < _FEWEST_CALLS:
        return None
    for parting in partings(found):
        left[0] -= len(found.recs) + len(found.leaves)
        if (best := _least_odd(found, parting, left, is_cut=is_cut)) is not None or left[0] < 0:
            return best
    return None


def _least_odd(found: Found, parting: Parting, left: list[int], *, is_cut: bool) -> Induced | None:
    """Return the least odd reading over all choices and orders of the leaves of some runs; None if none fits."""
    best: Induced | None = None
    for way in ways(found, parting):
        left[0] -= 2 * sum(map(len, way.runs))
        if left[0] < 0:
            break
        fitting = _best(way, left, is_cut=is_cut)
        if fitting is None or (parting.name in _PLACES and may_be_several(fitting.units, fitting.n_requests)):
            continue
        if best is None or fitting.roles.cost < best.roles.cost - _LITTLE:
            best = fitting
        if best.roles.cost < _LITTLE:
            break
    return best


def _best(way: Way, left: list[int], *, is_cut: bool) -> Induced | None:
    """Return the reading with the lowest cost, over all choices of marks that distinguish records."""
    best: Induced | None = None
    for fields in tellings(way):
        left[0] -= _LEAST_WORK + sum(map(len, way.runs))
        if left[0] < 0:
            break
        found = _fitting(way, fields, is_cut=is_cut)
        if found is not None and (best is None or found.roles.cost < best.roles.cost - _NOTHING):
            best = found
        if best is not None and best.roles.cost < _NOTHING:
            break
    return best


def _fitting(way: Way, fields: tuple[Pattern, ...], *, is_cut: bool) -> Induced | None:
    """Return the runs under one choice of marks; None if they do not all fit."""
    runs = [
        [
            (None if isinstance(leaf.value, Call) else slot_of(leaf, unit, fields, is_first=place == 0), leaf)
            for place, leaf in enumerate(run)
        ]
        for unit, run in zip(way.units, way.runs, strict=True)
    ]
    ids = ids_between(runs, None)
    if ids is not None and not are_behind_calls(runs, ids):
        return None
    moved = [] if ids is None else [[beside_their_calls(run, ids) for run in runs]]
    for ordered in (runs, *moved):
        for results in result_slots(ordered[:_SAMPLE]):
            if (roles := _roles(way.units, ordered, results, is_cut=is_cut)) is not None:
                return Induced(way.units, ordered, roles, results)
    return None


def _roles(units: list[Unit], runs: list[list[Event]], results: frozenset[Slot], *, is_cut: bool) -> Roles | None:
    """Return roles that fit a sample of the runs and then all of them; None if there are none."""
    for some in (runs[:_SAMPLE], runs):
        roles = roles_of(some, results, is_cut=is_cut and len(some) == len(runs))
        if roles is None or roles.cost > _ODDEST or roles.margin < _LEAST_MARGIN:
            return None
        if len(some) == len(runs):
            is_whole = _are_whole(runs, results, roles)
            is_doubtful = are_swapped(runs, results) or leaves_out(units, runs, is_whole=is_whole) or says_twice(runs)
            return None if is_doubtful else roles
    return None


def _are_whole(runs: list[list[Event]], results: frozenset[Slot], roles: Roles) -> bool:
    """Return whether every run ends with words of the agent and has all its calls answered."""
    for run in runs:
        last = run[-1][0] if run else None
        if last is None or roles.said.get(last) != "agent":
            return False
        n_calls = sum(slot is None for slot, _ in run)
        answers = {id(leaf.rec) for slot, leaf in run if slot in results}
        if n_calls != len(answers):
            return False
    return True
