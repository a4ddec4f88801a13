"""Members of archives as files of their own, one after another."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from t2s_local.errors import InputError
from t2s_local.files import is_plain_name, printable
from t2s_local.ports.format import Quarantined
from t2s_local.records.archives import is_zip, members
from t2s_local.records.head import HEAD_BYTES
from t2s_local.records.streams import head_bytes
from t2s_local.records.tars import is_tar, tar_members
from t2s_local.user_files.scratch import scratch

_DEEP = ("a", "b", "c", "d")
"""Folders a member is unpacked in, each empty but for the next: formats that look beside a file find nothing else."""
_LONGEST_END = 16


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
    with _place() as folder:
        for member, data in members(path, lambda inner: not inner.endswith("/")):
            inside = f"{source}/{printable(member)}"
            if isinstance(data, InputError):
                yield Quarantined(path=inside, line=None, reason=data.message)
                continue
            file = folder / _file_name(member)
            file.write_bytes(data)
            yield Unpacked(file, inside)
            file.unlink()


def tar_files(path: Path, source: str) -> Iterator[Unpacked | Quarantined]:
    """Unpack a tar archive; each file is gone when the next one is asked for."""
    with _place() as folder:
        unpacked = folder / "t2s-member"
        for member, error in tar_members(path, unpacked):
            inside = f"{source}/{printable(member)}" if member else source
            if error is not None:
                yield Quarantined(path=inside, line=None, reason=error.message)
                continue
            file = unpacked.rename(folder / _file_name(member))
            yield Unpacked(file, inside)
            file.unlink()


@contextmanager
def _place() -> Iterator[Path]:
    """Make a folder to unpack members in, which is gone with this process at the latest."""
    with scratch("m-") as folder:
        place = folder.joinpath(*_DEEP)
        place.mkdir(parents=True)
        yield place


def _file_name(member: str) -> str:
    """Return the name a member is unpacked under: its own, where that is the name of a file, otherwise its ending."""
    name = member.replace("\\", "/").rpartition("/")[2]
    if is_plain_name(name):
        return name
    ending = f".{name.rpartition('.')[2]}"
    return f"member{ending if ending[1:].isalnum() and len(ending) <= _LONGEST_END else ''}"
