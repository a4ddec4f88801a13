"""Ways to split the leaves of some files into runs."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise, permutations
from typing import NamedTuple

from t2s_local.formats._induced.leaves.leaves import IN_FILE, IN_FOLDER, Call, Leaf, Mark, Rec
from t2s_local.formats._induced.leaves.trees import KEY, Pattern
from t2s_local.formats._induced.spans import bounds_of

_MOST_FIELDS = 6
_MOSTLY = 0.9
_MOST_INDEXES = 4


class Unit(NamedTuple):
    """Leaves that may form a run."""

    leaves: list[Leaf]
    heads: tuple[Rec, ...]
    """Records about the whole run."""
    root: Rec | None = None
    """The record that contains the run; None if the records of several runs are mixed."""

    def top(self, leaf: Leaf) -> Rec | None:
        """Return the outermost record of the run around a leaf; None if the leaf is in a record about the whole run."""
        rec = leaf.rec
        if rec in self.heads:
            return None
        while rec.parent is not None and rec.parent not in self.heads and rec.parent is not self.root:
            rec = rec.parent
        return rec


class Parting(NamedTuple):
    """A way to split files into runs."""

    name: str
    units: list[Unit]


class Found(NamedTuple):
    """Leaves and records of some files."""

    leaves: list[Leaf]
    recs: list[Rec]


def partings(found: Found) -> Iterator[Parting]:
    """Yield the ways to split the files, those with the best evidence first; each file as one run comes late."""
    strong: dict[Pattern, Parting] = {}
    weak: dict[Pattern, Parting] = {}
    named: list[Parting] = []
    for pattern in _patterns(found):
        recs = [rec for rec in found.recs if rec.pattern == pattern]
        units = [Unit(inside, (rec,), rec) for rec, inside in _below(found, recs) if inside]
        is_place = pattern in (IN_FOLDER, IN_FILE)
        (strong if not is_place and _are_runs(found, pattern, recs) else weak)[pattern] = Parting("records", units)
        if pattern in strong and len(recs) > 1 and any(_names(recs, at) for at in recs[0].marks):
            named.append(strong[pattern])
    named.sort(
        key=lambda parting: not any(_names(_roots(parting), at) for at in _roots(parting)[0].marks if at != (KEY,))
    )
    yield from _by_index(found)
    yield from named
    yield from _by_mark(found)
    yield from (parting for parting in strong.values() if parting not in named)
    yield from _by_header(found)
    if IN_FILE in weak:
        weak[IN_FILE] = Parting("files", list(_files(found)))
    folders = list(_folders(found))
    places = (IN_FOLDER, IN_FILE) if folders else (IN_FILE,)
    yield from (Parting("folders", folders) if place == IN_FOLDER else weak[place] for place in places if place in weak)
    weak = {pattern: parting for pattern, parting in weak.items() if pattern not in (IN_FILE, IN_FOLDER)}
    yield from (parting for parting in weak.values() if len(parting.units) > 1)


def _roots(parting: Parting) -> list[Rec]:
    return [unit.root for unit in parting.units if unit.root is not None]


def _folders(found: Found) -> Iterator[Unit]:
    """Yield the folders that are one run each: one file per step, or one file of steps and others about the run."""
    held = dict(_below(found, [rec for rec in found.recs if rec.pattern == IN_FILE]))
    acting = {rec for rec, leaves in held.items() if any(isinstance(leaf.value, Call) for leaf in leaves)}
    for folder in [rec for rec in found.recs if rec.pattern == IN_FOLDER]:
        files = [rec for rec in held if rec.parent is folder]
        makes = Counter(_make(rec.file or "") for rec in files)
        common, count = makes.most_common(1)[0] if makes else ("", 0)
        steps = [rec for rec in files if _make(rec.file or "") == common] if count > 1 and "#" in common else []
        if not steps and len(own := [rec for rec in files if rec in acting]) == 1 and len(files) > 1:
            steps = own
        about = [rec for rec in files if rec not in steps]
        if steps and not acting & set(about):
            yield Unit([leaf for rec in (*about, *steps) for leaf in held[rec]], (folder, *about), folder)


def _files(found: Found) -> Iterator[Unit]:
    """Yield each file with calls as a run, with a record about it in another file, if one names the file."""
    recs = [rec for rec in found.recs if rec.pattern == IN_FILE]
    held = dict(_below(found, recs))
    acting = {rec for rec in recs if any(isinstance(leaf.value, Call) for leaf in held[rec])}
    others = [rec for rec in found.recs if rec.pattern[: len(IN_FILE)] == IN_FILE and file_of(rec) not in acting]
    named = {mark: rec for rec in others for mark in rec.marks.values() if isinstance(mark, str)}
    told: set[Rec] = set()
    units: list[Unit] = []
    by_rec: dict[Rec, list[Leaf]] = defaultdict(list)
    for leaf in found.leaves:
        by_rec[leaf.rec].append(leaf)
    for rec in [rec for rec in recs if rec in acting]:
        name = (rec.file or "").rpartition("/")[2]
        about = next((named[one] for one in (rec.file, name, name.partition(".")[0]) if one in named), None)
        told |= {file_of(about)} if about is not None else set()
        first = [] if about is None else by_rec[about]
        units.append(Unit([*first, *held[rec]], (rec,) if about is None else (rec, about), rec))
    idle = [Unit(held[rec], (rec,), rec) for rec in recs if rec not in acting and rec not in told and held[rec]]
    yield from (*units, *idle)


def _make(name: str) -> str:
    """Return the name of a file without its folder, with ``#`` for each number in it."""
    return re.sub(r"\d+", "#", name.rpartition("/")[2])


def _patterns(found: Found) -> list[Pattern]:
    """Return the patterns of records that contain calls, the outer ones first."""
    patterns: dict[Pattern, None] = {}
    for leaf in found.leaves:
        rec: Rec | None = leaf.rec if isinstance(leaf.value, Call) else None
        while rec is not None and rec.parent is not None:
            patterns[rec.pattern] = None
            rec = rec.parent
    return sorted(patterns, key=len)


def ancestor(rec: Rec | None, pattern: Pattern) -> Rec | None:
    """Return the outermost record of a pattern among *rec* and the records around it; None if there is none."""
    found = None
    while rec is not None:
        found = rec if rec.pattern == pattern else found
        rec = rec.parent
    return found


def _below(found: Found, recs: list[Rec]) -> list[tuple[Rec, list[Leaf]]]:
    held: dict[Rec, list[Leaf]] = {rec: [] for rec in recs}
    for leaf in found.leaves:
        rec = ancestor(leaf.rec, recs[0].pattern)
        if rec in held and rec is not None:
            held[rec].append(leaf)
    return list(held.items())


def _are_runs(found: Found, pattern: Pattern, recs: list[Rec]) -> bool:
    """Return whether records describe runs: each has an id of its own, or at least two varying marks."""
    own = {leaf.rec for leaf in found.leaves}
    if not any(rec.marks or rec in own for rec in recs):
        return len(pattern) == len(IN_FILE) + 1 and len(recs) > 1
    if any((KEY,) in rec.marks for rec in recs) and not _are_numbered([str(rec.marks.get((KEY,), "")) for rec in recs]):
        return True
    n_shared = Counter(at for rec in recs for at in rec.marks)
    shared = [at for at, count in n_shared.items() if count >= _MOSTLY * len(recs) and at != (KEY,)]
    varied = [at for at in shared if len({rec.marks.get(at) for rec in recs}) > 1 or len(recs) == 1]
    return any(_names(recs, at) for at in shared) or len([at for at in varied if not _counts(recs, at)]) > 1


def _are_numbered(keys: list[str]) -> bool:
    """Return whether keys are only a count: the same words with consecutive numbers."""
    numbers = [int(found[0]) for key in keys if (found := re.search(r"\d{1,9}", key)) is not None]
    return len({_make(key) for key in keys}) == 1 and all(b - a == 1 for a, b in pairwise(numbers))


def _names(recs: list[Rec], at: Pattern) -> bool:
    """Return whether a mark is an id: a text with digits that differs in each record."""
    marks = [rec.marks.get(at) for rec in recs]
    return len(set(marks)) == len(marks) and all(isinstance(mark, str) and is_id(mark) for mark in marks)


def is_id(mark: str) -> bool:
    """Return whether a text may be an id: it has a digit, no space, and is no time."""
    return any(map(str.isdigit, mark)) and " " not in mark and mark.count(":") < 2


def _counts(recs: list[Rec], at: Pattern) -> bool:
    """Return whether a mark only counts the records."""
    marks = [rec.marks.get(at) for rec in recs]
    return all(isinstance(mark, int) and mark - place == marks[0] for place, mark in enumerate(marks))


def _by_index(found: Found) -> Iterator[Parting]:
    """Split a list by an index beside it, with first and last places or with numbers of items."""
    tops: dict[Pattern, dict[Rec, list[Rec]]] = defaultdict(lambda: defaultdict(list))
    for rec in found.recs:
        if rec.parent is not None:
            tops[rec.pattern][file_of(rec)].append(rec)
    with_calls = set(_patterns(found))
    for pattern in with_calls - {IN_FILE, IN_FOLDER}:
        for other in [other for other in tops if other not in with_calls][:_MOST_INDEXES]:
            units = [
                unit
                for place, recs in tops[pattern].items()
                if 0 < len(entries := tops[other].get(place, [])) < len(recs)
                and (bounds := _bounds(entries, len(recs))) is not None
                for unit in _spans(found, entries, bounds, recs)
            ]
            if len({unit.root for unit in units}) == len(tops[pattern]) and len(units) > 1:
                yield Parting("index", units)


def file_of(rec: Rec) -> Rec:
    """Return the record of the file that contains *rec*."""
    return rec if rec.parent is None or rec.pattern == IN_FILE else file_of(rec.parent)


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
    return None


def _spans(found: Found, entries: list[Rec], bounds: list[tuple[int, int]], recs: list[Rec]) -> Iterator[Unit]:
    held = dict(_below(found, recs))
    about = dict(_below(found, entries))
    for entry, (first, stop) in zip(entries, bounds, strict=True):
        inside = [leaf for rec in recs[first:stop] for leaf in held[rec]]
        yield Unit([*about[entry], *inside], (entry,), file_of(entry))


def _by_mark(found: Found) -> Iterator[Parting]:
    """Split records by a mark that several of them share, with the record about each run if there is one."""
    for pattern in _patterns(found):
        recs = [rec for rec in found.recs if rec.pattern == pattern]
        fields = Counter(at for rec in recs for at in rec.marks)
        for at, count in fields.most_common(_MOST_FIELDS * 2):
            if at != (KEY,) and count >= _MOSTLY * len(recs) and (units := _grouped(found, pattern, at)):
                yield Parting("mark", units)


def _grouped(found: Found, pattern: Pattern, at: Pattern) -> list[Unit]:
    recs = [rec for rec in found.recs if rec.pattern == pattern]
    marks = [rec.marks.get(at) for rec in recs]
    known = [mark for mark in dict.fromkeys(marks) if mark is not None]
    is_id = all(isinstance(mark, int | str) and any(map(str.isdigit, str(mark))) for mark in known)
    if len(known) < 2 or not is_id:
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


def _by_header(found: Found) -> Iterator[Parting]:
    """Split a list at records with an id that other records lack."""
    for pattern in _patterns(found):
        if pattern in (IN_FILE, IN_FOLDER):
            continue
        recs = [rec for rec in found.recs if rec.pattern == pattern]
        held = dict(_below(found, recs))
        own = next((at for at in recs[0].marks if _names([rec for rec in recs if at in rec.marks], at)), None)
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
