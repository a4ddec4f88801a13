"""Groups of files that one program wrote, read together because one file can clarify another."""

import os
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from t2s_local.errors import InputError
from t2s_local.formats._beside import is_below
from t2s_local.formats._induced.contents.contents import FAULTS, LARGEST, as_plain, content_of
from t2s_local.formats._induced.induce import Induced, induced
from t2s_local.formats._induced.leaves.leaves import File
from t2s_local.formats._induced.units import Unit, file_of
from t2s_local.records.budget import may_search
from t2s_local.records.head import look, seen

_ENDINGS = frozenset({".json", ".jsonl", ".ndjson", ".csv", ".tsv", ".txt", ".md", ".log", ".xml", ".sql"})
_MOST_FILES = 200
_MOST_BESIDE = 40
"""Most folders beside a folder that are looked at."""
_MOSTLY = 0.9
_MOST_FOLDERS = 8
_MOST_ENTRIES = 400
_MOST_BYTES = 256 << 10
"""Largest group in bytes; a larger set of files is read file by file."""


class Stamped(NamedTuple):
    """A file or folder, with the time of its last change, so that what was read of it can be remembered."""

    path: str
    changed: int
    """Time of the last change in nanoseconds."""
    size: int


class Run(NamedTuple):
    """A run of a group: its number, and the file under which it is reported."""

    number: int
    home: str
    files: frozenset[str]
    """All files with records of the run."""


class Group(NamedTuple):
    """The runs of a group of files."""

    found: Induced
    runs: tuple[Run, ...]

    def of(self, path: Path) -> list[Run]:
        """Return the runs that are reported under a file."""
        return [run for run in self.runs if run.home == str(path)]

    @property
    def n_told(self) -> int:
        """Number of files with records of any run."""
        return len(frozenset().union(*(run.files for run in self.runs)))

    def tells(self, path: Path) -> bool:
        """Return whether a file contains records of any run."""
        return any(str(path) in run.files for run in self.runs)


def group_of(path: Path) -> Group | None:
    """Return the group of the file *path*; None if no group of files around it has a run with records in it.

    A group most of whose files contain records of runs comes before a wider group with files of other layouts.
    """
    partly: Group | None = None
    try:
        if path.stat().st_size > LARGEST or not may_search():
            return None
        for files in dict.fromkeys(files for files in _groups(path) if path in files):
            group = _group(tuple(map(_stamped, files)))
            if group is not None and group.tells(path):
                if group.n_told >= _MOSTLY * len(files):
                    return group
                partly = partly or group
    except OSError:
        return None
    return partly


def _group(stamps: tuple[Stamped, ...]) -> Group | None:
    """Return the group of files; None if they contain no run."""
    return _found_group(stamps) if _has_runs(stamps) else None


@lru_cache(maxsize=1024)
def _has_runs(stamps: tuple[Stamped, ...]) -> bool:
    """Return whether the files contain a run; remembered for longer than groups, since most files contain none."""
    return _found_group(stamps) is not None


@lru_cache(maxsize=4)
def _found_group(stamps: tuple[Stamped, ...]) -> Group | None:
    files = [file for stamp in stamps if (file := content_of(Path(stamp.path))) is not None]
    found = of_sound(files)
    if found is None and any(file.is_parsed for file in files):
        found = of_sound(list(map(as_plain, files)))
    if found is None:
        return None
    runs = []
    for number, unit in enumerate(found.units):
        names = _names(unit)
        runs.append(Run(number, _home(unit), frozenset(names)))
    return Group(found, tuple(runs))


def of_sound(files: list[File]) -> Induced | None:
    """Return the runs of files without those on which induction fails by itself; None if they contain none."""
    try:
        return induced(files, is_cut=False) if files else None
    except FAULTS:
        rest = [file for file in files if len(files) > 1 and not _fails(file)]
        return of_sound(rest) if len(rest) < len(files) else None


def _fails(file: File) -> bool:
    try:
        induced([file], is_cut=False)
    except FAULTS:
        return True
    return False


def _names(unit: Unit) -> Iterator[str]:
    for rec in (*unit.heads, *(leaf.rec for leaf in unit.leaves)):
        if (name := file_of(rec).file) is not None:
            yield name


def _home(unit: Unit) -> str:
    """Return the first file, by name, that contains a call of the run."""
    return min((str(file_of(leaf.rec).file) for leaf in unit.leaves if not isinstance(leaf.value, str)), default="")


def _groups(path: Path) -> Iterator[tuple[Path, ...]]:
    """Yield sets of files that may belong together, the widest first."""
    own = _listed(path.parent)
    beside = [one for one in _folders(path.parent.parent) if one != path.parent]
    makes = {_make(one) for one in own}
    folders = [files for files in map(_listed, beside[:_MOST_BESIDE]) if makes == {_make(file) for file in files}]
    if folders and len(own) < _MOST_ENTRIES:
        around = sorted([own, *folders])
        place = around.index(own)
        first = place - place % _MOST_FOLDERS
        yield from _small([file for files in around[first : first + _MOST_FOLDERS] for file in files])
    if len(own) > _MOST_FILES:
        place = own.index(path) if path in own else 0
        own = own[place - place % _MOST_FILES :][:_MOST_FILES]
    yield from _small(own)
    alike = [one for one in own if one.suffix == path.suffix and (one == path or _is_alike(one, path))]
    found = list(_small(alike)) or [(path,)]
    yield from found


def _small(files: list[Path]) -> Iterator[tuple[Path, ...]]:
    if len(files) > 1 and sum(one.stat().st_size for one in files) <= _MOST_BYTES:
        yield tuple(files)


def _is_alike(one: Path, other: Path) -> bool:
    """Return whether two files start alike: objects with mostly the same keys, or both with text."""
    first, second = _start(_stamped(one)), _start(_stamped(other))
    if first is None or second is None:
        return first == second
    return 2 * len(first & second) >= len(first | second)


@lru_cache(maxsize=1024)
def _start(file: Stamped) -> frozenset[str] | None:
    """Return the keys of the first object of a file; None if the file is text."""
    try:
        head = look(Path(file.path))
    except InputError:
        return frozenset()
    if head.document is None and not head.records:
        return None
    return frozenset(next(iter(seen(head)), {}))


def _make(path: Path) -> str:
    return re.sub(r"[0-9a-f]*\d[0-9a-f]*", "#", path.name)


def _stamped(path: Path) -> Stamped:
    """Return *path* with its time and size.

    Raises:
        OSError: there is no such file or folder.
    """
    state = path.stat()
    return Stamped(str(path), state.st_mtime_ns, state.st_size)


def _listed(folder: Path) -> list[Path]:
    """Return the files directly in a folder that may contain runs, sorted by name, without links out of it."""
    return list(_files_in(_stamped(folder)))


@lru_cache(maxsize=128)
def _files_in(stamp: Stamped) -> tuple[Path, ...]:
    folder = Path(stamp.path)
    return tuple(
        sorted(
            one
            for one in _entries(folder)
            if one.suffix in _ENDINGS and not one.name.startswith(".") and one.is_file() and is_below(one, folder)
        )
    )


def _folders(folder: Path) -> tuple[Path, ...]:
    """Return the folders directly in a folder, sorted by name."""
    return _folders_in(_stamped(folder))


@lru_cache(maxsize=128)
def _folders_in(stamp: Stamped) -> tuple[Path, ...]:
    return tuple(sorted(one for one in _entries(Path(stamp.path)) if one.is_dir() and not one.is_symlink()))


def _entries(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for _, entry in zip(range(_MOST_ENTRIES + 1), entries, strict=False)]
    except OSError:
        return []
    return [folder / name for name in names] if len(names) <= _MOST_ENTRIES else []
