"""The layout of a file, induced: how it is parted, who says what, what answers what; refused where no way fits."""

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
from t2s_local.formats._induced.doubts import leaves_out, may_be_several, says_twice
from t2s_local.formats._induced.leaves.call_forms import CallWalk, forms
from t2s_local.formats._induced.leaves.leaves import Call, File, Plan, surveyed
from t2s_local.formats._induced.leaves.plans import is_prose, plans
from t2s_local.formats._induced.leaves.prepared import prepared
from t2s_local.formats._induced.leaves.trees import Pattern
from t2s_local.formats._induced.roles import Roles, roles_of
from t2s_local.formats._induced.tellings import slot_of, tellings
from t2s_local.formats._induced.units import Found, Unit, partings
from t2s_local.formats._induced.ways import Way, ways

_PLACES = ("files", "folders", "records")
_MOST_WORK = 20_000
"""Values that are looked at in all ways together."""
_WALKS = 3
"""Times that all values are looked at to find a way of taking them apart."""
_FEWEST_CALLS = 2
_LEAST_WORK = 100
_MOST_LEAVES = 3_000
_SAMPLE = 12
"""Runs that a way is tried on before it is held to all of them."""
_ODDEST = 1.0
"""Cost of a run from which a way does not fit."""
_NOTHING = 0.05
_LEAST_MARGIN = 0.2


class Induced(NamedTuple):
    """Runs of a file, and how its leaves were understood."""

    units: list[Unit]
    runs: list[list[Event]]
    roles: Roles
    results: frozenset[Slot]

    @property
    def n_requests(self) -> int:
        """How often a user says something."""
        return sum(self.roles.said.get(slot) == "user" for run in self.runs for slot, _ in run if slot is not None)

    @property
    def certainty(self) -> float:
        """From 0 to 1."""
        return round(max(0.0, 1 - 0.2 * self.roles.cost), 2)

    def reasons(self) -> Iterator[str]:
        """Yield what was understood, one clause each."""
        events = [event for run in self.runs for event in run]
        n_calls = sum(slot is None for slot, _ in events)
        n_results = sum(slot in self.results for slot, _ in events)
        yield f"all of {len(self.runs)} runs found fit one layout"
        yield f"{n_calls} calls, {n_results} texts of what they returned"


def induced(files: Sequence[File], *, is_cut: bool) -> Induced | None:
    """Return the runs of some files by the first way that all of them fit; None where there is none.

    Args:
        files: Files that one program wrote.
        is_cut: Whether more follows.
    """
    tree = prepared(files)
    survey = surveyed(tree, Plan())
    left = [_MOST_WORK]
    n_values = survey.n_values
    for plan in plans(tree, survey):
        left[0] -= _WALKS * n_values
        if left[0] < 0:
            return None
        seen = surveyed(tree, plan)
        prose = frozenset(pattern for pattern, texts in seen.texts.items() if is_prose(texts))
        for calls in forms(seen):
            walk = CallWalk(calls, prose, plan)
            found = Found(list(islice(walk.group(tree), _MOST_LEAVES + 1)), walk.recs)
            left[0] -= len(found.recs) + len(found.leaves)
            if len(found.leaves) > _MOST_LEAVES:
                return None
            if (result := _first(found, left, is_cut=is_cut)) is not None:
                return result
    return None


def _first(found: Found, left: list[int], *, is_cut: bool) -> Induced | None:
    if sum(isinstance(leaf.value, Call) for leaf in found.leaves) < _FEWEST_CALLS:
        return None
    for parting in partings(found):
        left[0] -= len(found.recs) + len(found.leaves)
        for way in ways(found, parting):
            left[0] -= 2 * sum(map(len, way.runs))
            if left[0] < 0:
                return None
            fitting = _best(way, left, is_cut=is_cut)
            if fitting is not None and not (
                parting.name in _PLACES and may_be_several(fitting.units, fitting.n_requests)
            ):
                return fitting
    return None


def _best(way: Way, left: list[int], *, is_cut: bool) -> Induced | None:
    """Return the least odd runs by one way, whatever marks tell its records apart."""
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
    """Return the runs by one way, where all of them fit it."""
    runs = [
        [(None if isinstance(leaf.value, Call) else slot_of(leaf, unit, fields), leaf) for leaf in run]
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
    """Return the roles by which runs are whole, first some of them and then all; None where there are none."""
    for some in (runs[:_SAMPLE], runs):
        roles = roles_of(some, results, is_cut=is_cut and len(some) == len(runs))
        if roles is None or roles.cost > _ODDEST or roles.margin < _LEAST_MARGIN:
            return None
        if len(some) == len(runs):
            return None if leaves_out(units, runs) or says_twice(runs) else roles
    return None
