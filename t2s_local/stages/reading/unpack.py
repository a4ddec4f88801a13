"""Unpack the members of archives into temporary files, one after another."""

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
"""Nested folders to unpack a member in, otherwise empty, so that formats which search near a file find nothing else."""
_LONGEST_END = 16
_ROOM = 256 << 20
"""Largest number of bytes of members that are unpacked together, so that formats find the neighbours of a file."""
_ENTRY = 4096
"""Least number of bytes that a file or folder counts."""
_DEEPEST = 64


class Unpacked(NamedTuple):
    """A member of an archive, unpacked in the same folder as in the archive, or alone."""

    file: Path
    source: str
    archive: str
    root: Path
    """Folder in which the archive was unpacked."""

    def name_of(self, path: str) -> str:
        """Return *path*, a path among the unpacked files, as a path inside the archive; other paths are unchanged."""
        root = f"{self.root}/"
        return f"{self.archive}/{printable(path.removeprefix(root))}" if path.startswith(root) else path


class _Tree:
    """Members of an archive, unpacked in the folders of the archive if they fit and their names are safe."""

    def __init__(self, root: Path, archive: str) -> None:
        """Begin with no member; *root* is an empty folder."""
        self.files: list[Unpacked] = []
        self._root = root
        self._archive = archive
        self._left = _ROOM

    def place(self, member: str, size: int, *, source: str) -> Path | None:
        """Return the path to unpack a member of *size* bytes to; None if it must be unpacked alone."""
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
    """Return whether a file is a zip or tar archive."""
    try:
        start = head_bytes(file, HEAD_BYTES)
    except InputError:
        return False
    return is_zip(start) or is_tar(start)


def zip_files(path: Path, source: str) -> Iterator[Unpacked | Quarantined]:
    """Yield the members of a zip archive as files, which are deleted at the end, or when the next is requested."""
    with _place() as alone, _place() as root:
        tree = _Tree(root, source)
        for name, data in members(path, lambda _: True):
            if name.endswith("/") and not data:
                continue  # a folder: one that holds bytes is a file whatever it is called
            member = name.rstrip("/")
            inside = f"{source}/{printable(member)}" if member else source
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
    """Yield the members of a tar archive as files, which are deleted at the end, or when the next is requested."""
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
    """Create a folder to unpack members in, which is deleted when the context or this process ends."""
    with scratch("m-") as folder:
        place = folder.joinpath(*_DEEP)
        place.mkdir(parents=True)
        yield place


def _file_name(member: str) -> str:
    """Return the file name to unpack a member under: its own name if safe, else "member" with its ending."""
    name = member.replace("\\", "/").rpartition("/")[2]
    if is_plain_name(name):
        return name
    ending = f".{name.rpartition('.')[2]}"
    return f"member{ending if ending[1:].isalnum() and len(ending) <= _LONGEST_END else ''}"
