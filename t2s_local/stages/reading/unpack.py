"""Members of archives as files of their own, one after another."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from t2s_local.errors import InputError
from t2s_local.files import printable
from t2s_local.ports.format import Quarantined
from t2s_local.records.archives import is_zip, members
from t2s_local.records.head import HEAD_BYTES
from t2s_local.records.streams import head_bytes
from t2s_local.records.tars import is_tar, tar_members

_LONGEST_NAME = 200
"""Bytes of a file name that every disk takes."""


class Unpacked(NamedTuple):
    """A member of an archive, in a folder of its own."""

    file: Path
    source: str


def is_archive(file: Path) -> bool:
    """Whether a file is an archive of files itself."""
    try:
        start = head_bytes(file, HEAD_BYTES)
    except InputError:
        return False
    return is_zip(start) or is_tar(start)


def zip_files(path: Path, source: str) -> Iterator[Unpacked | Quarantined]:
    """Unpack a zip archive; each file is gone when the next one is asked for."""
    with tempfile.TemporaryDirectory(prefix="t2s-") as folder:
        for member, data in members(path, lambda inner: not inner.endswith("/")):
            inside = f"{source}/{printable(member)}"
            if isinstance(data, InputError):
                yield Quarantined(path=inside, line=None, reason=data.message)
                continue
            file = Path(folder, _file_name(member))
            file.write_bytes(data)
            yield Unpacked(file, inside)
            file.unlink()


def tar_files(path: Path, source: str) -> Iterator[Unpacked | Quarantined]:
    """Unpack a tar archive; each file is gone when the next one is asked for."""
    with tempfile.TemporaryDirectory(prefix="t2s-") as folder:
        unpacked = Path(folder, "t2s-member")
        for member, error in tar_members(path, unpacked):
            inside = f"{source}/{printable(member)}" if member else source
            if error is not None:
                yield Quarantined(path=inside, line=None, reason=error.message)
                continue
            file = unpacked.rename(Path(folder, _file_name(member)))
            yield Unpacked(file, inside)
            file.unlink()


def _file_name(member: str) -> str:
    """The name of a member without its folders, which some formats read; cut at its start where no disk takes it."""
    name = os.fsencode(PurePosixPath(member).name.replace("\0", ""))[-_LONGEST_NAME:]
    return os.fsdecode(name) if name not in (b"", b".", b"..") else "member"
