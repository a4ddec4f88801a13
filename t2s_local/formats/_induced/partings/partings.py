"""Ways to split files into runs, those with the best evidence first."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise

from t2s_local.formats._induced.leaves.leaves import IN_FILE, IN_FOLDER, Call, Leaf, Rec
from t2s_local.formats._induced.leaves.trees import KEY, Pattern
from t2s_local.formats._induced.partings.about import with_records_about
from t2s_local.formats._induced.partings.by_header import by_header
from t2s_local.formats._induced.partings.by_index import by_index
from t2s_local.formats._induced.partings.by_mark import by_mark
from t2s_local.formats._induced.units import Found, Parting, Unit, are_ids, below, file_of, patterns_of

_MOSTLY = 0.9


def partings(found: Found) -> Iterator[Parting]:
    """Yield the ways to split the files, those with the best evidence first; each file as one run comes late."""
    for parting in _partings(found):
        yield with_records_about(found, parting)


def _partings(found: Found) -> Iterator[Parting]:
    strong: dict[Pattern, Parting] = {}
    weak: dict[Pattern, Parting] = {}
    named: list[Parting] = []
    for pattern in patterns_of(found):
        recs = [rec for rec in found.recs if rec.pattern == pattern]
        units = [Unit(inside, (rec,), rec) for rec, inside in below(found, recs) if inside]
        is_place = pattern in (IN_FOLDER, IN_FILE)
        (strong if not is_place and _are_runs(found, pattern, recs) else weak)[pattern] = Parting("records", units)
        if pattern in strong and len(recs) > 1 and any(are_ids(recs, at) for at in recs[0].marks):
            named.append(strong[pattern])
    named.sort(
        key=lambda parting: not any(are_ids(_roots(parting), at) for at in _roots(parting)[0].marks if at != (KEY,))
    )
    yield from by_index(found)
    yield from named
    yield from by_mark(found)
    yield from (parting for parting in strong.values() if parting not in named)
    yield from by_header(found)
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
    held = dict(below(found, [rec for rec in found.recs if rec.pattern == IN_FILE]))
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
    """Yield each file with calls as a run, together with the record in another file that names the file, if any."""
    recs = [rec for rec in found.recs if rec.pattern == IN_FILE]
    held = dict(below(found, recs))
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
    return any(are_ids(recs, at) for at in shared) or len([at for at in varied if not _counts(recs, at)]) > 1


def _are_numbered(keys: list[str]) -> bool:
    """Return whether keys are only a count: the same words with consecutive numbers."""
    numbers = [int(found[0]) for key in keys if (found := re.search(r"\d{1,9}", key)) is not None]
    return len({_make(key) for key in keys}) == 1 and all(b - a == 1 for a, b in pairwise(numbers))


def _counts(recs: list[Rec], at: Pattern) -> bool:
    """Return whether a mark only counts the records."""
    marks = [rec.marks.get(at) for rec in recs]
    return all(isinstance(mark, int) and mark - place == marks[0] for place, mark in enumerate(marks))
