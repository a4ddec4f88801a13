"""Runs in one list, split by an index beside it."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise, permutations

from t2s_local.formats._induced.leaves.leaves import IN_FILE, IN_FOLDER, Rec
from t2s_local.formats._induced.leaves.trees import Pattern
from t2s_local.formats._induced.partings.by_members import by_members
from t2s_local.formats._induced.partings.spans import bounds_of
from t2s_local.formats._induced.units import Found, Parting, Unit, below, file_of, patterns_of

_MOST_FIELDS = 6
_MOST_INDEXES = 4


def by_index(found: Found) -> Iterator[Parting]:
    """Split a list by an index beside it or in another file, with first and last places or with numbers of items."""
    tops: dict[Pattern, dict[Rec, list[Rec]]] = defaultdict(lambda: defaultdict(list))
    for rec in found.recs:
        if rec.parent is not None:
            tops[rec.pattern][file_of(rec)].append(rec)
    with_calls = set(patterns_of(found))
    for pattern in sorted(with_calls - {IN_FOLDER}):
        if (units := by_members(found, pattern)) is not None:
            yield Parting("index", units)
    for pattern in with_calls - {IN_FILE, IN_FOLDER}:
        for other in [other for other in tops if other not in with_calls][:_MOST_INDEXES]:
            units = [
                unit
                for place, recs in tops[pattern].items()
                if 0 < len(entries := _entries(tops[pattern], tops[other], place)) < len(recs)
                and (bounds := _bounds(entries, len(recs))) is not None
                for unit in _spans(found, entries, bounds, recs)
            ]
            if len({unit.root for unit in units}) == len(tops[pattern]) and len(units) > 1:
                yield Parting("index", units)


def _entries(lists: dict[Rec, list[Rec]], indexes: dict[Rec, list[Rec]], place: Rec) -> list[Rec]:
    """Return the entries of the index in the file *place*, or of the only index for the only list."""
    are_single = len(lists) == len(indexes) == 1
    return next(iter(indexes.values())) if are_single else indexes.get(place, [])


def _bounds(entries: list[Rec], length: int) -> list[tuple[int, int]] | None:
    fields = [at for at, mark in entries[0].marks.items() if isinstance(mark, int) and not isinstance(mark, bool)]
    numbers = {
        at: [mark for one in entries if isinstance(mark := one.marks.get(at), int)] for at in fields[:_MOST_FIELDS]
    }
    whole = {at: found for at, found in numbers.items() if len(found) == len(entries)}
    for first, last in permutations(whole, 2):
        if (found := bounds_of(list(zip(whole[first], whole[last], strict=True)), length)) is not None:
            return found
    for counts in whole.values():
        if sum(counts) == length and min(counts) > 0:
            ends = [sum(counts[: place + 1]) for place in range(len(counts))]
            return list(zip([0, *ends], ends, strict=False))
    for starts in whole.values():
        steps = [b - a for a, b in pairwise([*starts, length + starts[0]])]
        if starts[0] in (0, 1) and len(starts) > 1 and min(steps) > 1 and len(set(steps)) > 1:
            return [(start - starts[0], start - starts[0] + step) for start, step in zip(starts, steps, strict=True)]
    return None


def _spans(found: Found, entries: list[Rec], bounds: list[tuple[int, int]], recs: list[Rec]) -> Iterator[Unit]:
    held = dict(below(found, recs))
    about = dict(below(found, entries))
    for entry, (first, stop) in zip(entries, bounds, strict=True):
        inside = [leaf for rec in recs[first:stop] for leaf in held[rec]]
        yield Unit([*about[entry], *inside], (entry,), file_of(recs[0]))
