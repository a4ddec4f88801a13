"""Runs in one list, split by records that only begin or end a run."""

from collections.abc import Iterator
from itertools import pairwise

from t2s_local.formats._induced.leaves.leaves import IN_FILE, IN_FOLDER, Call, Leaf, Rec
from t2s_local.formats._induced.units import Found, Parting, Unit, are_ids, below, patterns_of

_FEWEST = 2


def by_header(found: Found) -> Iterator[Parting]:
    """Split a list at records with an id that other records lack, or at records of one kind that contain no text."""
    for pattern in patterns_of(found):
        if pattern in (IN_FILE, IN_FOLDER):
            continue
        recs = [rec for rec in found.recs if rec.pattern == pattern]
        held = dict(below(found, recs))
        silent = [not held[rec] for rec in recs]
        for starts, heads in (
            _with_ids(recs, held),
            (_first_of_runs(recs, silent), []),
            (_after_ends(recs, silent), []),
        ):
            if len(starts) >= _FEWEST and (starts[0] == 0 or not any(held[rec] for rec in recs[: starts[0]])):
                about = {recs[place] for place in (*starts, *heads)}
                yield Parting("header", [_unit(recs[a:b], about, held) for a, b in pairwise([*starts, len(recs)])])


def _unit(recs: list[Rec], about: set[Rec], held: dict[Rec, list[Leaf]]) -> Unit:
    acting = {leaf.rec for rec in recs for leaf in held[rec] if isinstance(leaf.value, Call)}
    heads = tuple(rec for rec in recs if (rec in about or not held[rec]) and rec not in acting)
    told = [leaf for rec in heads for leaf in held[rec]]
    return Unit([*told, *(leaf for rec in recs if rec not in heads for leaf in held[rec])], heads, recs[0].parent)


def _with_ids(recs: list[Rec], held: dict[Rec, list[Leaf]]) -> tuple[list[int], list[int]]:
    """Return the places of the first record with each id, and of later records that repeat an id; [] if none fit."""
    for at in recs[0].marks:
        places = [place for place, rec in enumerate(recs) if at in rec.marks]
        first = {recs[place].marks[at]: place for place in reversed(places)}
        starts = sorted(first.values())
        ends = [place for place in places if place not in first.values()]
        is_plain = not any(isinstance(leaf.value, Call) for place in places for leaf in held[recs[place]])
        if is_plain and len(ends) <= len(starts) and are_ids([recs[place] for place in starts], at):
            return starts, ends
    return [], []


def _first_of_runs(recs: list[Rec], silent: list[bool]) -> list[int]:
    """Return the places of records like the first, if none of them contains text."""
    return _of_kind(recs, silent, recs[0]) if silent[0] else []


def _after_ends(recs: list[Rec], silent: list[bool]) -> list[int]:
    """Return the places behind records like the last, if none of them contains text."""
    ends = _of_kind(recs, silent, recs[-1]) if silent[-1] and not silent[0] else []
    return [0, *(place + 1 for place in ends[:-1])] if ends else []


def _of_kind(recs: list[Rec], silent: list[bool], like: Rec) -> list[int]:
    """Return the places of records that share a word with *like* which no record with text has; [] without any."""
    for at, mark in like.marks.items():
        places = [place for place, rec in enumerate(recs) if rec.marks.get(at) == mark]
        if isinstance(mark, str) and len(places) >= _FEWEST and all(silent[place] for place in places):
            return places if all(b - a > 1 for a, b in pairwise(places)) else []
    return []
