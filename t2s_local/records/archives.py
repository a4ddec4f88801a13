"""Readers of zip archives, member by member under a byte budget, also for Zstandard members (``zipfile`` has none)."""

import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import zstandard

from t2s_local.errors import InputError
from t2s_local.files import reason_of
from t2s_local.records.packed import EXPANDED_LIMIT, RATIO_FREE, RATIO_LIMIT

MEMBER_LIMIT = 256 << 20
_FREE = 16 << 20
MOST_MEMBERS, FREE_MEMBERS, PER_MEMBER = 100_000, 25_000, 200
"""Most members of any archive, most members of a small archive, and bytes per member that a larger archive needs.

Packed recordings have more bytes per member.
"""
_ZSTD_METHOD = 93
_LOCAL_HEADER = struct.Struct("<26xHH")

_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, _ZSTD_METHOD)
"""Compression methods whose unpacking needs little memory; LZMA needs as much as the archive states."""
_WINDOW = 64 << 20
"""Largest window of a Zstandard frame, in bytes; the decompressor keeps that much in memory."""

_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, zstandard.ZstdError, struct.error, MemoryError),
    *(EOFError, NotImplementedError, UnicodeError, ValueError, RuntimeError, OverflowError),
)
"""Errors that a broken archive raises; ``RuntimeError`` is raised for a member with a password."""


def is_zip(raw: bytes) -> bool:
    """Return whether *raw*, the start of a file, is the start of a zip archive."""
    return raw[:4] == b"PK\x03\x04"


def most_members(path: Path) -> int:
    """Return how many members of an archive are read at most, from the size of the archive, to limit the time.

    Without the limit a small file could have millions of members: a member of a packed tar needs only 20 bytes.
    """
    return min(MOST_MEMBERS, max(FREE_MEMBERS, path.stat().st_size // PER_MEMBER))


def members(path: Path, wanted: Callable[[str], bool]) -> Iterator[tuple[str, bytes | InputError]]:
    """Yield name and bytes of the *wanted* members of an archive, sorted by name; an error for an unreadable member.

    Raises:
        InputError: the file is no archive that can be opened.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            room = _Room(path)
            most, listed = most_members(path), archive.infolist()
            for info in sorted(listed, key=lambda member: member.filename)[:most]:
                if wanted(info.filename):
                    data = room.refusal(info) or _bytes_of(archive, info, path)
                    yield info.filename, data
                    if room.is_full:
                        return
            if len(listed) > most:
                yield "", more_members(path, most)
    except OSError as error:
        raise InputError(reason_of(error), path=path) from error
    except _BROKEN as error:
        message = "the archive is broken or cut off"
        raise InputError(message, path=path) from error


def more_members(path: Path, most: int) -> InputError:
    """Return the error for an archive of more than *most* members."""
    return InputError(f"more than {most:,} members; the rest was not read", path=path)


class _Room:
    """Budget of an archive: a multiple of its size, and no byte of it is unpacked twice."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._packed = path.stat().st_size
        self._left = min(EXPANDED_LIMIT, max(RATIO_FREE, RATIO_LIMIT * self._packed))
        self._starts: set[int] = set()
        self.is_full = False
        """True once a member was refused; the members after it are not read either."""

    def refusal(self, info: zipfile.ZipInfo) -> InputError | None:
        """Return the reason why *info* and all later members are not unpacked; None if *info* fits the budget."""
        self._left -= info.file_size
        self._packed -= info.compress_size
        if info.header_offset in self._starts or self._packed < 0:
            message = "members of the archive lie on each other; this one and the rest of them are left"
        elif self._left < 0:
            message = "the archive unpacks to too much; this member and the rest of them are left"
        else:
            self._starts.add(info.header_offset)
            return None
        self.is_full = True
        return InputError(message, path=self._path)


def _bytes_of(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path) -> bytes | InputError:
    if info.file_size > min(MEMBER_LIMIT, max(_FREE, info.compress_size * RATIO_LIMIT)):
        return InputError(f"unpacks to {info.file_size >> 20} MB, which is too much", path=path)
    if info.compress_type not in _METHODS:
        return InputError("packed in a way that is not read", path=path)
    try:
        if info.compress_type == _ZSTD_METHOD:
            return _unpacked(path, info)
        with archive.open(info) as stream:
            return stream.read(MEMBER_LIMIT)
    except _BROKEN:
        return InputError("the archive is broken or cut off", path=path)


def _unpacked(path: Path, info: zipfile.ZipInfo) -> bytes | InputError:
    with path.open("rb") as stream:
        stream.seek(info.header_offset)
        name_length, extra_length = _LOCAL_HEADER.unpack(stream.read(_LOCAL_HEADER.size))
        stream.seek(name_length + extra_length, 1)
        packed = stream.read(info.compress_size)
    stated = zstandard.frame_content_size(packed)
    if stated > info.file_size:
        return InputError(f"unpacks to {stated >> 20} MB, which is too much", path=path)
    with zstandard.ZstdDecompressor(max_window_size=_WINDOW).stream_reader(packed) as reader:
        data = reader.read(info.file_size + 1)
    if len(data) > info.file_size:
        return InputError("unpacks to more than the archive says", path=path)
    return data
