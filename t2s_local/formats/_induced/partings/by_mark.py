"""Runs split by a mark that their records share."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from t2s_local.formats._induced.leaves.leaves import IN_FILE, Leaf, Mark, Rec
from t2s_local.formats._induced.leaves.trees import KEY, Pattern
from t2s_local.formats._induced.units import Found, Parting, Unit, ancestor, patterns_of

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
    n_numbered = sum(any(map(str.isdigit, str(mark))) for mark in known)
    is_id = all(isinstance(mark, able) for mark in known) and n_numbered * 2 > len(known)
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
