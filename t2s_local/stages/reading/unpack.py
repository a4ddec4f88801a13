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
_ROOM = 256 << 20
"""Bytes of members that are unpacked together, so that formats find what lies beside a file."""
_ENTRY = 4096
"""Bytes that a file or a folder counts for, however little is in it."""
_DEEPEST = 64


class Unpacked(NamedTuple):
    """A member of an archive, in the folder it lay in, or in a folder of its own."""

    file: Path
    source: str
    archive: str
    root: Path
    """Where the archive was unpacked."""

    def name_of(self, path: str) -> str:
        """Return the name of a file beside this one, as those call it who see the archive alone."""
        root = f"{self.root}/"
        return f"{self.archive}/{printable(path.removeprefix(root))}" if path.startswith(root) else path


class _Tree:
    """Members of an archive in the folders they lay in, as far as there is room and their names are plain."""

    def __init__(self, root: Path, archive: str) -> None:
        """Begin with nothing below *root*."""
        self.files: list[Unpacked] = []
        self._root = root
        self._archive = archive
        self._left = _ROOM

    def place(self, member: str, size: int, *, source: str) -> Path | None:
        """Make room for a member of *size* bytes; None where it has to lie alone."""
        names = [name for name in member.replace("\\", "/").split("/") if name not in ("", ".")]
        self._left -= size + _ENTRY * len(names)
        if self._left < 0 or not 0 < len(names) <= _DEEPEST or not all(map(is_plain_name, names)):
            return None
        file = self._root.joinpath(*names)
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            if file.exists():
                return None
        except OSError:
            return None
        self.files.append(Unpacked(file, source, self._archive, self._root))
        return file


def is_archive(file: Path) -> bool:
    """Return whether a file is an archive of files itself."""
    try:
        start = head_bytes(file, HEAD_BYTES)
    except InputError:
        return False
    return is_zip(start) or is_tar(start)


def zip_files(path: Path, source: str) -> Iterator[Unpacked | Quarantined]:
    """Unpack a zip archive; each file is gone when the archive is done, or when the next one is asked for."""
    with _place() as alone, _place() as root:
        tree = _Tree(root, source)
        for name, data in members(path, lambda _: True):
            if name.endswith("/") and not data:
                continue  # a folder: one that holds bytes is a file whatever it is called
            member = name.rstrip("/")
            inside = f"{source}/{printable(member)}"
            if isinstance(data, InputError):
                yield Quarantined(path=inside, line=None, reason=data.message)
            elif (place := tree.place(member, len(data), source=inside)) is not None:
                place.write_bytes(data)
            else:
                file = alone / _file_name(member)
                file.write_bytes(data)
                yield Unpacked(file, inside, source, alone)
                file.unlink()
        yield from tree.files


def tar_files(path: Path, source: str) -> Iterator[Unpacked | Quarantined]:
    """Unpack a tar archive; each file is gone when the archive is done, or when the next one is asked for."""
    with _place() as alone, _place() as root:
        tree = _Tree(root, source)
        unpacked = alone / "t2s-member"
        for member, error in tar_members(path, unpacked):
            inside = f"{source}/{printable(member)}" if member else source
            if error is not None:
                yield Quarantined(path=inside, line=None, reason=error.message)
            elif (place := tree.place(member, unpacked.stat().st_size, source=inside)) is not None:
                unpacked.rename(place)
            else:
                file = unpacked.rename(alone / _file_name(member))
                yield Unpacked(file, inside, source, alone)
                file.unlink()
        yield from tree.files


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
