"""Streams of a file's bytes: compressed files are unpacked under a byte limit, UTF-16 and UTF-32 become UTF-8."""

import io
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from t2s_local.errors import InputError
from t2s_local.files import open_regular, reason_of, regular_bytes
from t2s_local.records import packed
from t2s_local.records.encodings import LOOKED_AT, Transcoded, encoding_of

LINE_LIMIT = 64 << 20
"""Longest line in bytes; a longer line is no record of a conversation and is skipped without being kept in memory."""
DOCUMENT_LIMIT = 1 << 30
"""Largest single JSON document in bytes, because it must be in memory as a whole; a larger one is refused."""
_WHOLE_RATIO = 40
_WHOLE_FREE = 128 << 20
"""Unpacked size in bytes that any single packed document may have; larger ones may have 40 times their packed size."""
_BOM = b"\xef\xbb\xbf"


def open_bytes(path: Path) -> io.BufferedReader:
    """Open *path* as a stream of bytes, unpacked if it is compressed, and as UTF-8 if it is UTF-16 or UTF-32.

    A byte order mark is left out.

    Raises:
        InputError: the file cannot be opened.
    """
    stream = open_regular(path)
    magic = stream.peek(LOOKED_AT)
    if packed.is_packed(magic):
        stream = packed.unpacked(stream, path, magic)
    start = stream.peek(LOOKED_AT)
    if encoding := encoding_of(start):
        stream = io.BufferedReader(Transcoded(stream, encoding), 1 << 16)
        start = stream.peek(len(_BOM))
    if start.startswith(_BOM):
        stream.read(len(_BOM))
    return stream


def head_bytes(path: Path, limit: int) -> bytes:
    """Return the first *limit* unpacked bytes of *path*, or fewer if the compressed data is broken.

    Raises:
        InputError: the file cannot be read.
    """
    try:
        return first_bytes(path, limit)
    except packed.CutOffError as error:
        if not error.start:
            raise
        return error.start


def first_bytes(path: Path, limit: int) -> bytes:
    """Return the first *limit* unpacked bytes of *path*.

    Raises:
        CutOffError: the compressed data is broken within the first *limit* bytes.
        InputError: the file cannot be read.
    """
    plain = _plain_bytes(path, limit)
    return _unpacked_bytes(path, limit) if plain is None else plain


def _unpacked_bytes(path: Path, limit: int) -> bytes:
    with open_bytes(path) as stream:
        try:
            return stream.read(limit)
        except OSError as error:
            raise InputError(reason_of(error), path=path) from error
        except packed.CutOffError as error:
            error.start = _before_cut(path, limit)
            raise


def _before_cut(path: Path, limit: int) -> bytes:
    """Return the bytes of a packed file before the break, at most *limit*, read in small pieces."""
    data = bytearray()
    with open_bytes(path) as stream, suppress(packed.CutOffError):
        while len(data) < limit and (piece := stream.read1(limit - len(data))):
            data += piece
    return bytes(data)


def _plain_bytes(path: Path, limit: int) -> bytes | None:
    """Return all bytes of a file of at most *limit* bytes, opened once; None if it is larger, packed, or not UTF-8."""
    data = regular_bytes(path, limit)
    if data is None or packed.is_packed(data) or encoding_of(data[:LOOKED_AT]) is not None:
        return None
    return data.removeprefix(_BOM)


def whole(path: Path) -> bytes:
    """Return all unpacked bytes of *path*.

    Raises:
        CutOffError: the compressed data is broken.
        InputError: the file cannot be read, or is too large to be one document.
    """
    plain = _plain_bytes(path, DOCUMENT_LIMIT)
    if plain is not None:
        return plain
    limit = _whole_limit(path)
    data = _unpacked_bytes(path, limit + 1)
    if len(data) > limit:
        message = f"a single document of more than {limit >> 20} MB"
        raise InputError(message, path=path, hint="Save it as JSON Lines, one trajectory a line.")
    return data


def _whole_limit(path: Path) -> int:
    """Return the largest unpacked size in bytes of a document; for a packed file it depends on the packed size."""
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            is_packed = packed.is_packed(file.read(packed.LOOKED_AT))
    except OSError as error:
        raise InputError(reason_of(error), path=path) from error
    return min(DOCUMENT_LIMIT, max(_WHOLE_FREE, _WHOLE_RATIO * size)) if is_packed else DOCUMENT_LIMIT


def text_of(path: Path) -> str:
    r"""Return the text of a file with ``\n`` at the ends of lines; bytes that are not UTF-8 are replaced.

    Raises:
        InputError: the file cannot be read, or is too large to be one document.
    """
    return as_text(whole(path))


def as_text(data: bytes) -> str:
    r"""Return *data* as text with ``\n`` at the ends of lines; bytes that are not UTF-8 are replaced."""
    return data.decode("utf-8", "replace").replace("\r\n", "\n")


def lines(path: Path) -> Iterator[tuple[int, bytes | None]]:
    """Yield the lines of *path* that are not blank, numbered from 1; None in place of a line above the limit.

    Raises:
        InputError: the file cannot be read.
    """
    with open_bytes(path) as stream:
        number = 0
        while line := stream.readline(LINE_LIMIT + 1):
            number += 1
            if len(line) > LINE_LIMIT and not line.endswith(b"\n"):
                del line
                _skip_line(stream)
                yield number, None
            elif not line.isspace():
                yield number, line


def lines_of(data: bytes) -> Iterator[tuple[int, bytes | None]]:
    """Return the lines of *data* that are not blank, numbered from 1; *data* is shorter than the limit of one line."""
    return ((number, line) for number, line in enumerate(io.BytesIO(data), 1) if not line.isspace())


def has_second_line(path: Path) -> bool:
    """Return whether anything but white space follows the first line of *path*, without keeping the file in memory.

    Raises:
        InputError: the file cannot be read.
    """
    with open_bytes(path) as stream, suppress(packed.CutOffError):
        _skip_line(stream)
        while chunk := stream.readline(1 << 20):
            if not chunk.isspace():
                return True
    return False


def _skip_line(stream: io.BufferedIOBase) -> None:
    while (chunk := stream.readline(1 << 20)) and not chunk.endswith(b"\n"):
        pass
