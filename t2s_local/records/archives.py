"""Members of zip archives, read one by one under a budget; Zstandard members too, which ``zipfile`` cannot unpack."""

import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import zstandard

from t2s_local.errors import InputError
from t2s_local.files import reason_of
from t2s_local.records.streams import RATIO_LIMIT

MEMBER_LIMIT = 256 << 20
_FREE = 16 << 20
_ZSTD_METHOD = 93
_LOCAL_HEADER = struct.Struct("<26xHH")

_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, zstandard.ZstdError, struct.error),
    *(EOFError, NotImplementedError, UnicodeError, ValueError, RuntimeError, OverflowError),
)
"""What comes of an archive with bytes that are wrong; ``RuntimeError`` of one with a password."""


def is_zip(raw: bytes) -> bool:
    """Whether a file that starts like this is a zip archive."""
    return raw[:4] == b"PK\x03\x04"


def members(path: Path, wanted: Callable[[str], bool]) -> Iterator[tuple[str, bytes | InputError]]:
    """Name and bytes of the *wanted* members of an archive, sorted by name; broken ones come out as errors.

    Raises:
        InputError: the file is no archive that can be opened.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            for info in sorted(archive.infolist(), key=lambda member: member.filename):
                if wanted(info.filename):
                    yield info.filename, _bytes_of(archive, info, path)
    except OSError as error:
        raise InputError(reason_of(error), path=path) from error
    except _BROKEN as error:
        message = "the archive is broken or cut off"
        raise InputError(message, path=path) from error


def _bytes_of(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path) -> bytes | InputError:
    if info.file_size > min(MEMBER_LIMIT, max(_FREE, info.compress_size * RATIO_LIMIT)):
        return InputError(f"unpacks to {info.file_size >> 20} MB, which is too much", path=path)
    try:
        if info.compress_type == _ZSTD_METHOD:
            return _unpacked(path, info)
        with archive.open(info) as stream:
            return stream.read(MEMBER_LIMIT)
    except _BROKEN:
        return InputError("the archive is broken or cut off", path=path)


def _unpacked(path: Path, info: zipfile.ZipInfo) -> bytes:
    with path.open("rb") as stream:
        stream.seek(info.header_offset)
        name_length, extra_length = _LOCAL_HEADER.unpack(stream.read(_LOCAL_HEADER.size))
        stream.seek(name_length + extra_length, 1)
        packed = stream.read(info.compress_size)
    return zstandard.ZstdDecompressor().decompress(packed, max_output_size=info.file_size)
