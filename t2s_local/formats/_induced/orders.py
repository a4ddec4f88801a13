"""Order of the records of a run: as stored, by a number or time, or by references between records."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Literal, NamedTuple

from t2s_local.formats._induced.leaves.leaves import Call, Leaf, Mark, Rec
from t2s_local.formats._induced.leaves.trees import KEY, Pattern
from t2s_local.formats._induced.units import Unit

_DAY = 10
"""Characters of a date; a time is longer."""
_EPOCH = 1e9


class Order(NamedTuple):
    """A way to order records."""

    kind: Literal["as it lies", "mark", "chain", "next", "lifted"]
    at: Pattern = ()
    """The mark with the number or time, or with the id of the record."""
    other: Pattern = ()
    """The mark with the id of the record before or after."""


def orders(units: list[Unit], runs: list[list[Leaf]], main: Pattern) -> Iterator[Order]:
    """Yield possible orders of the records of some runs, first those that differ from the stored order."""
    tops = [_tops(unit, run, main) for unit, run in zip(units, runs, strict=True)]
    stated = [order for order in (*_chains(tops), *_counted(tops)) if _is_new(order, tops)]
    mixed = [_tops(unit, run, None) for unit, run in zip(units, runs, strict=True)]
    if list(map(len, mixed)) != list(map(len, tops)):
        stated = [order for order in _counted(mixed) if _is_new(order, mixed)] + stated
    yield from stated
    yield Order("as it lies")
    yield Order("lifted")


def _tops(unit: Unit, run: list[Leaf], main: Pattern | None) -> list[Rec]:
    """Return the outermost records of a run: those of the pattern *main*, or of all patterns if it is None."""
    tops = [top for leaf in run if (top := unit.top(leaf)) is not None]
    found = {id(top): top for top in tops if main is None or top.pattern == main}
    return list(found.values())


def _shared(tops: list[list[Rec]]) -> list[Pattern]:
    """Return the marks that all records have, with different values within each run."""
    every = [rec for recs in tops for rec in recs]
    if not every:
        return []
    return [
        at
        for at in every[0].marks
        if at != (KEY,)
        and all(at in rec.marks for rec in every)
        and all(len({rec.marks[at] for rec in recs}) == len(recs) for recs in tops)
    ]


def _counted(tops: list[list[Rec]]) -> Iterator[Order]:
    for at in _shared(tops):
        is_count = all(_is_count([rec.marks[at] for rec in recs]) for recs in tops)
        if is_count or all(_is_time(rec.marks[at]) for recs in tops for rec in recs):
            yield Order("mark", at)


def _is_count(marks: list[Mark]) -> bool:
    """Return whether marks are consecutive whole numbers, in any order."""
    numbers = sorted(mark for mark in marks if isinstance(mark, int) and not isinstance(mark, bool))
    return len(numbers) == len(marks) and all(b - a == 1 for a, b in pairwise(numbers))


def _is_time(mark: Mark) -> bool:
    """Return whether a mark is a time: an ISO 8601 text, or a number of seconds (or fractions) since 1970."""
    if isinstance(mark, str):
        return mark[:4].isdigit() and mark[4:5] == "-" and mark[7:8] == "-" and len(mark) > _DAY
    return mark > _EPOCH


def _chains(tops: list[list[Rec]]) -> Iterator[Order]:
    every = [rec for recs in tops for rec in recs]
    for name in _shared(tops):
        names = {rec.marks[name] for rec in every}
        for other in dict.fromkeys(at for rec in every for at in rec.marks if at != name):
            known = [mark for rec in every if (mark := rec.marks.get(other)) in names]
            if len(every) > len(tops) * 2 and len(known) >= len(every) - len(tops) and len(set(known)) == len(known):
                yield Order("chain", name, other)
                yield Order("next", name, other)


def _is_new(order: Order, tops: list[list[Rec]]) -> bool:
    return any([id(rec) for rec in _sorted(recs, order)] != [id(rec) for rec in recs] for recs in tops)


def _sorted(recs: list[Rec], order: Order) -> list[Rec]:
    if order.kind == "mark":
        return sorted(recs, key=lambda rec: _key(rec.marks[order.at]))
    if order.kind not in ("chain", "next"):
        return recs
    by_name = {rec.marks[order.at]: rec for rec in recs}
    following = {mark: rec for rec in recs if (mark := rec.marks.get(order.other)) in by_name}
    start = next((rec for rec in recs if rec.marks.get(order.other) not in by_name), None)
    made: list[Rec] = []
    while start is not None and len(made) < len(recs):
        made.append(start)
        start = following.get(start.marks[order.at])
    if len(made) < len(recs):
        return recs
    return made if order.kind == "chain" else made[::-1]


def _key(mark: Mark) -> tuple[float, str]:
    return (0.0, mark) if isinstance(mark, str) else (float(mark), "")


def in_order(unit: Unit, leaves: list[Leaf], order: Order) -> list[Leaf]:
    """Return the leaves of a run in an order; the leaves of a record keep their order."""
    if order.kind == "as it lies":
        return leaves
    if order.kind == "lifted":
        return _lifted(leaves)
    tops = {id(top): top for leaf in leaves if (top := unit.top(leaf)) is not None and order.at in top.marks}
    rank = {id(rec): place for place, rec in enumerate(_sorted(list(tops.values()), order))}
    spots = [place for place, leaf in enumerate(leaves) if (top := unit.top(leaf)) is not None and id(top) in rank]
    moved = sorted((leaves[place] for place in spots), key=lambda leaf: rank[id(unit.top(leaf))])
    made = list(leaves)
    for place, leaf in zip(spots, moved, strict=True):
        made[place] = leaf
    return made


def _lifted(leaves: list[Leaf]) -> list[Leaf]:
    """Return leaves with the texts of each record before its calls, because observations and thoughts come first."""
    made: list[Leaf] = []
    start = 0
    while start < len(leaves):
        stop = start
        while stop < len(leaves) and leaves[stop].rec is leaves[start].rec:
            stop += 1
        made += sorted(leaves[start:stop], key=lambda leaf: isinstance(leaf.value, Call))
        start = stop
    return made
