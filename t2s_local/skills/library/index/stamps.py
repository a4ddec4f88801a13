"""Recognise skills whose files did not change since an index was built, without reading the files."""

import hashlib
import os
from operator import attrgetter
from pathlib import Path

from t2s_local.skills.source import MAIN, MOST_FILES
from t2s_local.values.value import Value

_name = attrgetter("name")
_SLACK = 50_000_000
"""Nanoseconds before a reading in which a file may change again and keep its time of change."""


class Stamp(Value, frozen=True, kw_only=True, array_like=True):
    """State of a skill's files: their names, sizes, times and places."""

    code: bytes
    newest: int
    """Latest time of change of a file, in nanoseconds since 1970."""

    def is_settled(self, read_at: int) -> bool:
        """Return whether a change after *read_at*, in nanoseconds since 1970, would have changed the stamp."""
        return self.newest < read_at - _SLACK


def skill_stamps(library: Path) -> dict[str, Stamp]:
    """Return the stamp of each folder in *library* that contains a SKILL.md, by name; links have stamps, too.

    A folder that cannot be listed may contain a SKILL.md, and has a stamp.

    Raises:
        OSError: the library cannot be listed.
    """
    with os.scandir(library) as listed:
        entries = sorted((entry for entry in listed if not entry.name.startswith(".")), key=_name)
    stamps = ((entry.name, _stamp(entry)) for entry in entries)
    return {name: stamp for name, stamp in stamps if stamp is not None}


def _stamp(entry: os.DirEntry[str]) -> Stamp | None:
    """Return the stamp of a folder of the library; None for a file, and for a folder without a SKILL.md."""
    if entry.is_symlink():
        states = [_state(entry.name, entry.stat(follow_symlinks=False))]
        is_skill = os.path.lexists(f"{entry.path}/{MAIN}")
    else:
        states = _states(entry) if entry.is_dir() else []
        is_skill = bool(states)
    if not is_skill:
        return None
    facts = "\0".join([facts for facts, _ in states]).encode("utf-8", "surrogateescape")
    return Stamp(code=hashlib.blake2b(facts, digest_size=16).digest(), newest=max([newest for _, newest in states]))


def _states(folder: os.DirEntry[str]) -> list[tuple[str, int]]:
    """Return the states of the files of a skill, in a fixed order; none if it has no SKILL.md.

    Folders have no state of their own, since names and states of files show each change in them, except a folder that
    cannot be listed.
    """
    found: list[tuple[str, int]] = []
    waiting, n_left = [folder.path], MOST_FILES
    while waiting and n_left > 0:
        place = waiting.pop()
        try:
            with os.scandir(place) as listed:
                entries = sorted(listed, key=_name)
        except OSError:
            found.append(_state(place, os.lstat(place)))
            continue
        if not found and MAIN not in map(_name, entries):
            return []
        found.append((str(len(entries)), 0))
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                waiting.append(entry.path)
                found.append((entry.name, 0))
            else:
                found.append(_state(entry.name, entry.stat(follow_symlinks=False)))
        n_left -= len(entries)
    return found


def _state(name: str, found: os.stat_result) -> tuple[str, int]:
    """Return name and state of a file as text, and its latest time of change."""
    changed, written = found.st_ctime_ns, found.st_mtime_ns
    return f"{name}\0{found.st_mode} {found.st_size} {written} {changed} {found.st_ino}", max(changed, written)
