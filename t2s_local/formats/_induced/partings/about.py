"""Records about runs that lie apart from the runs: in an index, a table or a file of their own."""

from collections import defaultdict
from collections.abc import Iterator

from t2s_local.formats._induced.leaves.leaves import IN_FILE, IN_FOLDER, Call, Leaf, Mark, Rec
from t2s_local.formats._induced.leaves.trees import Pattern
from t2s_local.formats._induced.units import Found, Parting, Unit, file_of, is_id

_MOST_RECORDS = 4000


def with_records_about(found: Found, parting: Parting) -> Parting:
    """Return a parting with the records about its runs: records with a run's id, or a list of one record per run."""
    units = parting.units
    if len(units) < 2 or len(found.recs) > _MOST_RECORDS:
        return parting
    outside = _outside(found, units)
    pairs = _by_id(units, outside) or _by_place(units, outside)
    if not pairs:
        return parting
    held: dict[int, list[Leaf]] = defaultdict(list)
    for leaf in found.leaves:
        held[id(leaf.rec)].append(leaf)
    made = []
    for number, unit in enumerate(units):
        about = pairs.get(number)
        if about is None:
            made.append(unit)
        else:
            made.append(unit._replace(leaves=[*held[id(about)], *unit.leaves], heads=(*unit.heads, about)))
    return Parting(parting.name, made)


def _outside(found: Found, units: list[Unit]) -> dict[Pattern, list[Rec]]:
    """Return the records that are in no run and contain no call, by their pattern."""
    taken = {id(rec) for unit in units for leaf in unit.leaves for rec in _up(leaf.rec)}
    taken |= {id(rec) for unit in units for head in unit.heads for rec in _up(head)}
    roots = {id(unit.root) for unit in units if unit.root is not None and unit.root.pattern != IN_FILE}
    acting = {id(rec) for leaf in found.leaves if isinstance(leaf.value, Call) for rec in _up(leaf.rec)}
    by_pattern: dict[Pattern, list[Rec]] = defaultdict(list)
    for rec in found.recs:
        is_inside = id(rec) in taken or id(rec) in acting or any(id(one) in roots for one in _up(rec))
        if not is_inside and rec.marks and rec.pattern not in (IN_FOLDER, ()):
            by_pattern[rec.pattern].append(rec)
    return by_pattern


def _up(rec: Rec) -> Iterator[Rec]:
    """Yield a record and the records around it."""
    inner: Rec | None = rec
    while inner is not None:
        yield inner
        inner = inner.parent


def _by_id(units: list[Unit], outside: dict[Pattern, list[Rec]]) -> dict[int, Rec]:
    """Return the records that have the id of a run as a mark, one for each run, by the number of the run."""
    owners: dict[Mark, set[int]] = defaultdict(set)
    for number, unit in enumerate(units):
        for mark in _ids(unit):
            owners[mark].add(number)
    for recs in outside.values():
        found: dict[int, Rec] = {}
        for rec in recs:
            numbers = {number for mark in rec.marks.values() for number in owners.get(mark, ())}
            if len(numbers) == 1:
                found.setdefault(next(iter(numbers)), rec)
        if len(found) == len(units) == len(recs):
            return found
    return {}


def _ids(unit: Unit) -> Iterator[str]:
    """Yield the marks of a run that may be its id, and the names of its files."""
    for head in unit.heads:
        yield from (mark for mark in head.marks.values() if isinstance(mark, str) and is_id(mark))
        if head.pattern == IN_FILE:
            yield (head.file or "").rpartition("/")[2].partition(".")[0]


def _by_place(units: list[Unit], outside: dict[Pattern, list[Rec]]) -> dict[int, Rec]:
    """Return the records of the only list that is as long as the list of runs in the same file, in its order."""
    roots = [unit.root for unit in units if unit.root is not None and unit.root.pattern != IN_FILE]
    if len(roots) < len(units) or len({id(one.parent) for one in roots}) > 1:
        return {}
    place = file_of(roots[0])
    able = [recs for recs in outside.values() if len(recs) == len(units) and all(file_of(one) is place for one in recs)]
    able = [recs for recs in able if len({id(one.parent) for one in recs}) == 1]
    return dict(enumerate(able[0])) if len(able) == 1 else {}
