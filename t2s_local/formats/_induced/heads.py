"""Recognition of records that describe a run as a whole rather than a step of it."""

from collections import Counter, defaultdict

from t2s_local.formats._induced.leaves.leaves import Call, Rec
from t2s_local.formats._induced.leaves.trees import Pattern
from t2s_local.formats._induced.units import Found, Unit

_MOSTLY = 0.9


def main_pattern(units: list[Unit]) -> Pattern:
    """Return the pattern of the outermost records with most calls; empty if these calls are in records about a run."""
    tops = Counter(
        () if (top := unit.top(leaf)) is None else top.pattern
        for unit in units
        for leaf in unit.leaves
        if isinstance(leaf.value, Call)
    )
    return max(tops.items(), key=lambda pair: pair[1])[0] if tops else ()


def headed(found: Found, units: list[Unit], main: Pattern, *, has_last: bool = False) -> list[Unit]:
    """Return the runs with the records about the whole run separated from the steps.

    Such a record is the first of its run and has a mark that no other record of the run has, or it contains no text.
    With *has_last*, the last record of each run may be one, too.
    """
    tops = [_tops(unit, main) for unit in units]
    first = [recs[0] if recs and _is_head(unit, recs) else None for unit, recs in zip(units, tops, strict=True)]
    if sum(rec is not None for rec in first) < _MOSTLY * len(units):
        first = [None for _ in units]
    last = [
        recs[-1] if has_last and recs and _is_head(unit, recs[::-1]) else None
        for unit, recs in zip(units, tops, strict=True)
    ]
    if sum(rec is not None for rec in last) < _MOSTLY * len(units):
        last = [None for _ in units]
    silent = _silent(found, tops, main)
    return [
        unit._replace(heads=(*unit.heads, *(rec for rec in ends if rec is not None), *silent.get(number, [])))
        for number, (unit, *ends) in enumerate(zip(units, first, last, strict=True))
    ]


def _tops(unit: Unit, main: Pattern) -> list[Rec]:
    recs = {id(top): top for leaf in unit.leaves if (top := unit.top(leaf)) is not None and top.pattern == main}
    return list(recs.values())


def _is_head(unit: Unit, recs: list[Rec]) -> bool:
    acting = {id(unit.top(leaf)) for leaf in unit.leaves if isinstance(leaf.value, Call)}
    others = {at for rec in recs[1:] for at in rec.marks}
    return id(recs[0]) not in acting and len(recs) > 1 and bool(recs[0].marks.keys() - others)


def _silent(found: Found, tops: list[list[Rec]], main: Pattern) -> dict[int, list[Rec]]:
    """Return the records without text, by the number of the only run that they can describe."""
    known = {id(rec) for recs in tops for rec in recs}
    idle = [rec for rec in found.recs if rec.pattern == main and id(rec) not in known and rec.marks]
    parents: dict[int, set[int]] = defaultdict(set)
    shared: dict[tuple[Pattern, object], set[int]] = defaultdict(set)
    for number, recs in enumerate(tops):
        for rec in recs[:1]:
            parents[id(rec.parent)].add(number)
            for at, mark in rec.marks.items():
                if all(other.marks.get(at) == mark for other in recs):
                    shared[at, mark].add(number)
    about: dict[int, list[Rec]] = defaultdict(list)
    for rec in idle:
        able = [parents.get(id(rec.parent), set()), *(shared.get(pair, set()) for pair in rec.marks.items())]
        for numbers in able:
            if len(numbers) == 1:
                about[next(iter(numbers))].append(rec)
                break
    return about
