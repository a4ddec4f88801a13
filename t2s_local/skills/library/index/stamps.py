"""Recognise skills whose files did not change since an index was made, without reading the files."""

import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from t2s_local.skills.source import MAIN, MOST_FILES
from t2s_local.values.value import Value

_SLACK = 50_000_000
"""Nanoseconds before a reading in which a file may change again without a new time of change."""


class Stamp(Value, frozen=True, kw_only=True, array_like=True):
    """State of a skill's folder: sizes, times and places of its files."""

    code: bytes
    newest: int
    """Latest time of change of a file or folder, in nanoseconds since 1970."""

    def is_settled(self, read_at: int) -> bool:
        """Return whether a change after *read_at*, in nanoseconds since 1970, would have changed the stamp."""
        return self.newest < read_at - _SLACK


def skill_stamps(library: Path) -> dict[str, Stamp]:
    """Return the stamp of each folder in *library* that contains a SKILL.md, by name; links have stamps, too.

    Raises:
        OSError: the library cannot be listed.
    """
    with os.scandir(library) as listed:
        names = sorted(entry.name for entry in listed if not entry.name.startswith("."))
    top = os.fspath(library)
    return {name: _stamp(f"{top}/{name}") for name in names if os.path.lexists(f"{top}/{name}/{MAIN}")}


def _stamp(folder: str) -> Stamp:
    state = hashlib.blake2b(digest_size=16)
    newest = 0
    for path, found in _states(folder):
        facts = (found.st_mode, found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)
        state.update(f"{path.removeprefix(folder)}\0{facts}\0".encode("utf-8", "surrogateescape"))
        newest = max(newest, found.st_ctime_ns, found.st_mtime_ns)
    return Stamp(code=state.digest(), newest=newest)


def _states(folder: str) -> Iterator[tuple[str, os.stat_result]]:
    """Yield the path and state of *folder* and of everything below it, in a fixed order; links are not followed."""
    found = os.lstat(folder)
    yield folder, found
    waiting = [folder] if stat.S_ISDIR(found.st_mode) else []
    n_left = MOST_FILES
    while waiting and n_left > 0:
        try:
            with os.scandir(waiting.pop()) as listed:
                entries = sorted(listed, key=lambda entry: entry.name)
        except OSError:
            continue
        for entry in entries:
            found = entry.stat(follow_symlinks=False)
            yield entry.path, found
            if stat.S_ISDIR(found.st_mode):
                waiting.append(entry.path)
        n_left -= len(entries)
