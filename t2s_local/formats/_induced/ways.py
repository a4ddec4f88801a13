"""Choice and order of the leaves of runs."""

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

from t2s_local.formats._induced.answers import Event, ids_between
from t2s_local.formats._induced.heads import headed, main_pattern
from t2s_local.formats._induced.leaves.leaves import Call, Leaf
from t2s_local.formats._induced.leaves.trees import Pattern
from t2s_local.formats._induced.orders import in_order, orders
from t2s_local.formats._induced.units import Found, Parting, Unit

_FEWEST_TIMES = 3
"""Occurrences in a run from which a text is a refrain."""
_MOST_OWN = 3
_DROPPED = 3
_LONGEST_LABEL = 60
_SHORTEST_TITLE = 12


class Way(NamedTuple):
    """Runs with one choice and order of their leaves."""

    runs: list[list[Leaf]]
    units: list[Unit]


def ways(found: Found, parting: Parting) -> Iterator[Way]:
    """Yield the possible choices and orders of the leaves of runs."""
    units = [unit for unit in parting.units if any(isinstance(leaf.value, Call) for leaf in unit.leaves)]
    if not units or len(units) * 10 < len(parting.units) * 9:
        return
    main = main_pattern(units)
    if not main:
        return
    plain, ended = headed(found, units, main), headed(found, units, main, has_last=True)
    for headed_units in (plain, ended) if plain != ended else (plain,):
        yield from _ways(headed_units, main)


def _ways(units: list[Unit], main: Pattern) -> Iterator[Way]:
    tools = [{leaf.value.tool for leaf in unit.leaves if isinstance(leaf.value, Call)} for unit in units]
    seen: list[int] = []
    for lists in ({main}, {main, *_linked(units, main)}, None):
        chosen = [
            [
                leaf
                for leaf in without_catalogue(unit.leaves, names)
                if (top := unit.top(leaf)) is None or lists is None or top.pattern in lists
            ]
            for unit, names in zip(units, tools, strict=True)
        ]
        chosen = _without_refrains(chosen)
        if sum(map(len, chosen)) in seen:
            continue
        seen.append(sum(map(len, chosen)))
        for order in orders(units, chosen, main):
            ordered = [in_order(unit, leaves, order) for unit, leaves in zip(units, chosen, strict=True)]
            for arranged in _arranged(units, ordered):
                yield Way(arranged, units)


def without_catalogue(leaves: list[Leaf], tools: set[str | None]) -> list[Leaf]:
    """Return leaves without descriptions of tools: leaves before the first call whose record names a called tool."""
    first = next((place for place, leaf in enumerate(leaves) if isinstance(leaf.value, Call)), 0)
    return [leaf for leaf in leaves[:first] if tools.isdisjoint(map(str, leaf.rec.marks.values()))] + leaves[first:]


def _without_refrains(runs: list[list[Leaf]]) -> list[list[Leaf]]:
    """Return leaves without the repetitions of a text that every record of a run has and that differs between runs.

    A text that is the same in all runs, or in a single run, is no statement of its goal: it may be anything.
    """
    texts: dict[tuple[Pattern, Pattern], list[list[str]]] = {}
    for number, run in enumerate(runs):
        for leaf in run:
            if isinstance(leaf.value, str):
                held = texts.setdefault((leaf.rec.pattern, leaf.at), [[] for _ in runs])
                held[number].append(leaf.value)
    refrains = {
        at
        for at, held in texts.items()
        if all(len(set(own)) == 1 for own in held)
        and sum(len(own) >= _FEWEST_TIMES for own in held) * 2 > len(held)
        and len({own[0] for own in held}) * 2 > max(2, len(held))
    }
    made = []
    for run in runs:
        told: set[tuple[Pattern, Pattern]] = set()
        kept = []
        for leaf in run:
            at = (leaf.rec.pattern, leaf.at)
            if at not in refrains or isinstance(leaf.value, Call) or at not in told:
                kept.append(leaf)
            told.add(at)
        made.append(kept)
    return made


def _linked(units: list[Unit], main: Pattern) -> set[Pattern]:
    """Return the patterns of records that refer to the calls by their ids."""
    found: dict[Pattern, list[list[Event]]] = {}
    for number, unit in enumerate(units):
        for leaf in unit.leaves:
            if (top := unit.top(leaf)) is not None:
                runs = found.setdefault(top.pattern, [[] for _ in units])
                runs[number].append((None if isinstance(leaf.value, Call) else (top.pattern, leaf.at, ()), leaf))
    calls = found.get(main, [[] for _ in units])
    return {
        pattern
        for pattern, runs in found.items()
        if pattern != main
        and ids_between([one + other for one, other in zip(calls, runs, strict=True)], None) is not None
    }


def _arranged(units: list[Unit], runs: list[list[Leaf]]) -> Iterator[list[list[Leaf]]]:
    """Yield the runs with texts about the whole run in the stored order, and then moved before or behind the steps."""
    said = [
        {str(leaf.value).strip() for leaf in run if unit.top(leaf) is not None}
        for unit, run in zip(units, runs, strict=True)
    ]
    runs = [
        [leaf for leaf in run if unit.top(leaf) is not None or not _is_told(leaf, told)]
        for unit, run, told in zip(units, runs, said, strict=True)
    ]
    runs = [_once(run) for run in runs]
    yield runs
    own = list(
        dict.fromkeys(leaf.at for unit, run in zip(units, runs, strict=True) for leaf in run if unit.top(leaf) is None)
    )
    if not 0 < len(own) <= _MOST_OWN or all(
        unit.top(leaf) is None for unit, run in zip(units, runs, strict=True) for leaf in run
    ):
        return
    late = _said_late(units, runs)
    labels = _labels(units, runs)
    for places in product((0, 2, _DROPPED), repeat=len(own)):
        rank = dict(zip(own, places, strict=True))
        if any(place == _DROPPED and at not in labels for at, place in rank.items()):
            continue
        if any(rank[at] == 0 and at in late for at in own):
            continue
        yield [_placed(unit, run, rank) for unit, run in zip(units, runs, strict=True)]


def _said_late(units: list[Unit], runs: list[list[Leaf]]) -> set[Pattern]:
    """Return the keys of texts about the whole run that follow its first call, if a leaf precedes that call."""
    late: set[Pattern] = set()
    for unit, run in zip(units, runs, strict=True):
        first = next((place for place, leaf in enumerate(run) if isinstance(leaf.value, Call)), 0)
        late |= {leaf.at for leaf in run[first:] if first and unit.top(leaf) is None}
    return late


def _labels(units: list[Unit], runs: list[list[Leaf]]) -> set[Pattern]:
    """Return the keys of texts about the whole run of which most recur in other runs, like words for an outcome."""
    texts: dict[Pattern, list[str]] = {}
    for unit, run in zip(units, runs, strict=True):
        own = {leaf.at: leaf.value.strip() for leaf in run if unit.top(leaf) is None and isinstance(leaf.value, str)}
        for at, text in own.items():
            texts.setdefault(at, []).append(text)
    return {at for at, held in texts.items() if len(set(held)) < len(held) and max(map(len, held)) <= _LONGEST_LABEL}


def _placed(unit: Unit, run: list[Leaf], rank: dict[Pattern, int]) -> list[Leaf]:
    """Return leaves with the texts about the whole run moved before or behind all other leaves."""
    kept = [leaf for leaf in run if unit.top(leaf) is not None or rank[leaf.at] != _DROPPED]
    return sorted(kept, key=lambda leaf: rank[leaf.at] if unit.top(leaf) is None else 1)


def _once(run: list[Leaf]) -> list[Leaf]:
    """Return leaves without repetitions of the text right before, and without empty texts beside other texts."""
    full = {(id(leaf.rec), leaf.at[:-1]) for leaf in run if isinstance(leaf.value, str) and leaf.value.strip()}
    made: list[Leaf] = []
    if any(other.value == run[0].value and other.rec is not run[0].rec for other in run[1:_MOST_OWN]):
        run = run[1:]
    for leaf in run:
        is_empty = isinstance(leaf.value, str) and not leaf.value.strip()
        if is_empty and (len(leaf.at) < 2 or (id(leaf.rec), leaf.at[:-1]) in full):
            continue
        is_new = not made or isinstance(leaf.value, Call) or leaf.value != made[-1].value
        if is_new or (leaf.rec.pattern, leaf.at) == (made[-1].rec.pattern, made[-1].at):
            made.append(leaf)
    return made


def _is_told(leaf: Leaf, told: set[str]) -> bool:
    text = str(leaf.value).strip()
    return isinstance(leaf.value, str) and any(
        text == one or (len(text) > _SHORTEST_TITLE and text in one) for one in told
    )
