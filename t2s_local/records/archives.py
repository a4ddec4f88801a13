"""Members of zip archives, read one by one under a budget; Zstandard members too, which ``zipfile`` cannot unpack."""

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
_ZSTD_METHOD = 93
_LOCAL_HEADER = struct.Struct("<26xHH")

_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, _ZSTD_METHOD)
"""Ways of packing that need little memory to undo; LZMA takes as much as the archive says."""
_WINDOW = 64 << 20
"""Bytes a Zstandard frame may look back, which have to be held."""

_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, zstandard.ZstdError, struct.error, MemoryError),
    *(EOFError, NotImplementedError, UnicodeError, ValueError, RuntimeError, OverflowError),
)
"""What comes of an archive with bytes that are wrong; ``RuntimeError`` of one with a password."""


def is_zip(raw: bytes) -> bool:
    """Return whether a file that starts like this is a zip archive."""
    return raw[:4] == b"PK\x03\x04"


def members(path: Path, wanted: Callable[[str], bool]) -> Iterator[tuple[str, bytes | InputError]]:
    """Name and bytes of the *wanted* members of an archive, sorted by name; broken ones come out as errors.

    Raises:
        InputError: the file is no archive that can be opened.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            room = _Room(path)
            for info in sorted(archive.infolist(), key=lambda member: member.filename):
                if wanted(info.filename):
                    data = room.refusal(info) or _bytes_of(archive, info, path)
                    yield info.filename, data
                    if room.is_full:
                        break
    except OSError as error:
        raise InputError(reason_of(error), path=path) from error
    except _BROKEN as error:
        message = "the archive is broken or cut off"
        raise InputError(message, path=path) from error


class _Room:
    """Budget of an archive: so many times its size, and no byte of it twice."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._packed = path.stat().st_size
        self._left = min(EXPANDED_LIMIT, max(RATIO_FREE, RATIO_LIMIT * self._packed))
        self._starts: set[int] = set()
        self.is_full = False
        """Whether members are left that there is no room for."""

    def refusal(self, info: zipfile.ZipInfo) -> InputError | None:
        """Why *info* and what comes after it is not unpacked; None where it may be."""
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
