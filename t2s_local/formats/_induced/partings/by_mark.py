"""Runs split by a mark that their records share, or by records that only begin a run."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from t2s_local.formats._induced.leaves.leaves import IN_FILE, IN_FOLDER, Call, Leaf, Mark, Rec
from t2s_local.formats._induced.leaves.trees import KEY, Pattern
from t2s_local.formats._induced.units import Found, Parting, Unit, ancestor, are_ids, below, patterns_of

_MOST_FIELDS = 12
_MOSTLY = 0.9


def by_mark(found: Found) -> Iterator[Parting]:
    """Split records by a mark that several of them share, with the record about each run if there is one."""
    for pattern in patterns_of(found):
        recs = [rec for rec in found.recs if rec.pattern == pattern]
        fields = Counter(at for rec in recs for at in rec.marks)
        for at, count in fields.most_common(_MOST_FIELDS):
            if at != (KEY,) and count >= _MOSTLY * len(recs) and (units := _grouped(found, pattern, at)):
                yield Parting("mark", units)


def _grouped(found: Found, pattern: Pattern, at: Pattern) -> list[Unit]:
    recs = [rec for rec in found.recs if rec.pattern == pattern]
    marks = [rec.marks.get(at) for rec in recs]
    known = [mark for mark in dict.fromkeys(marks) if mark is not None]
    able = str if pattern == IN_FILE else int | str
    is_id = all(isinstance(mark, able) and any(map(str.isdigit, str(mark))) for mark in known)
    if len(known) < 2 or not is_id or (pattern == IN_FILE and _are_in_several_folders(recs, at)):
        return []
    heads = {mark: rec for rec in found.recs if rec.pattern != pattern for mark in rec.marks.values() if mark in known}
    changes = sum(one != other for one, other in pairwise(marks))
    is_apart = changes + 1 == len(known)
    is_said = heads.keys() >= set(known)
    if not is_said and (len(known) * 2 > len(recs) or (is_apart and not all(isinstance(mark, str) for mark in known))):
        return []
    inside: dict[Mark, list[Leaf]] = {mark: [] for mark in known}
    about = {id(rec): mark for mark, rec in heads.items()}
    for leaf in found.leaves:
        own = ancestor(leaf.rec, pattern)
        mark = own.marks.get(at) if own is not None else about.get(id(leaf.rec))
        if mark in inside and mark is not None:
            inside[mark].append(leaf)
    first = {mark: next(rec for rec in recs if rec.marks.get(at) == mark) for mark in known}
    return [Unit(inside[mark], (heads[mark],) if mark in heads else (), first[mark].parent) for mark in known]


def _are_in_several_folders(files: list[Rec], at: Pattern) -> bool:
    """Return whether files of one mark are in different folders, so that they are copies rather than parts of a run."""
    folders: dict[Mark | None, Rec | None] = {}
    return any(folders.setdefault(one.marks.get(at), one.parent) is not one.parent for one in files)


def by_header(found: Found) -> Iterator[Parting]:
    """Split a list at records with an id that other records lack."""
    for pattern in patterns_of(found):
        if pattern in (IN_FILE, IN_FOLDER):
            continue
        recs = [rec for rec in found.recs if rec.pattern == pattern]
        held = dict(below(found, recs))
        own = next((at for at in recs[0].marks if are_ids([rec for rec in recs if at in rec.marks], at)), None)
        starts = [place for place, rec in enumerate(recs) if own in rec.marks]
        calls = [leaf for start in starts for leaf in held[recs[start]] if isinstance(leaf.value, Call)]
        if len(starts) < 2 or calls or own is None:
            continue
        stops = [*starts[1:], len(recs)]
        yield Parting(
            "header",
            [
                Unit([leaf for rec in recs[start:stop] for leaf in held[rec]], (recs[start],), recs[start].parent)
                for start, stop in zip(starts, stops, strict=True)
            ],
        )
