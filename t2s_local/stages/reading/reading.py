"""Files in, trajectories out: which format a file is in, and what became of every piece of it."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from t2s_local.errors import InputError
from t2s_local.files import printable, reason_of
from t2s_local.ports.format import Passed, Quarantined, Reading
from t2s_local.records.archives import is_zip, members
from t2s_local.records.head import HEAD_BYTES, look
from t2s_local.records.sqlite import database_of
from t2s_local.records.streams import head_bytes
from t2s_local.records.tars import is_tar, tar_members
from t2s_local.safety.inert_text import inert
from t2s_local.stages.reading.detect import describe, detect, load_format
from t2s_local.stages.reading.unread import Unreadable, Unrecognised
from t2s_local.values.trajectory import Trajectory

_LONGEST_NAME = 200
"""Bytes of a file name that every disk takes."""


def read_file(path: Path, *, source: str, format_name: str | None = None) -> Iterator[Reading | Unrecognised]:
    """Read the trajectories of one file one by one, made inert; bad content comes out as values.

    Args:
        path: The file.
        source: What to call it in the trajectories.
        format_name: The format to read it as, found out where it is None.
    """
    try:
        yield from _items(path, source, format_name)
    except OSError as error:
        yield Unreadable(path=source, line=None, reason=reason_of(error))
    except InputError as error:
        hint = f"; {error.hint[:1].lower()}{error.hint[1:].rstrip('.')}" if error.hint else ""
        kind = Unreadable if isinstance(error.__cause__, OSError) else Quarantined
        yield kind(path=source, line=error.line, reason=f"{error.message}{hint}")
    except RecursionError:
        yield Quarantined(path=source, line=None, reason="nested too deeply")


def _items(path: Path, source: str, format_name: str | None) -> Iterator[Reading | Unrecognised]:
    if database_of(path) is not None:
        yield Passed(path=source, record="log of a database, read with it")
        return
    name = format_name
    if name is None:
        head = look(path)
        if is_tar(head.raw):
            yield from _each(_tar_files(path, source))
            return
        name = detect(head)
        if name is None and is_zip(head.raw):
            yield from _each(_zip_files(path, source))
            return
        if name is None:
            yield Unrecognised(path=source, seen=describe(head))
            return
    is_silent = True
    for item in load_format(name).read(path, source=source):
        is_silent = False
        yield inert(item) if isinstance(item, Trajectory) else item
    if is_silent:
        yield Unrecognised(path=source, seen=f"looks like {name} and holds no record of it")


class _Unpacked(NamedTuple):
    """A member of an archive, in a folder of its own."""

    file: Path
    source: str


def _each(files: Iterator[_Unpacked | Quarantined]) -> Iterator[Reading | Unrecognised]:
    """Read every member of an archive as if it were a file; archives inside of archives are left alone."""
    for item in files:
        if isinstance(item, Quarantined):
            yield item
        elif _is_archive(item.file):
            yield Unrecognised(path=item.source, seen="an archive inside of an archive")
        else:
            yield from read_file(item.file, source=item.source)


def _is_archive(file: Path) -> bool:
    try:
        start = head_bytes(file, HEAD_BYTES)
    except InputError:
        return False
    return is_zip(start) or is_tar(start)


def _zip_files(path: Path, source: str) -> Iterator[_Unpacked | Quarantined]:
    with tempfile.TemporaryDirectory(prefix="t2s-") as folder:
        for member, data in members(path, lambda inner: not inner.endswith("/")):
            inside = f"{source}/{printable(member)}"
            if isinstance(data, InputError):
                yield Quarantined(path=inside, line=None, reason=data.message)
                continue
            file = Path(folder, _file_name(member))
            file.write_bytes(data)
            yield _Unpacked(file, inside)
            file.unlink()


def _tar_files(path: Path, source: str) -> Iterator[_Unpacked | Quarantined]:
    with tempfile.TemporaryDirectory(prefix="t2s-") as folder:
        unpacked = Path(folder, "t2s-member")
        for member, error in tar_members(path, unpacked):
            inside = f"{source}/{printable(member)}" if member else source
            if error is not None:
                yield Quarantined(path=inside, line=None, reason=error.message)
                continue
            file = unpacked.rename(Path(folder, _file_name(member)))
            yield _Unpacked(file, inside)
            file.unlink()


def _file_name(member: str) -> str:
    """The name of a member without its folders, which some formats read; cut at its start where no disk takes it."""
    name = os.fsencode(PurePosixPath(member).name.replace("\0", ""))[-_LONGEST_NAME:]
    return os.fsdecode(name) if name not in (b"", b".", b"..") else "member"
