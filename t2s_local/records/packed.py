"""Compressed files as streams of bytes: gzip, Zstandard, xz and bzip2, under one budget of bytes and of memory."""

import bz2
import gzip
import io
import lzma
import os
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import zstandard

from t2s_local.errors import InputError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

EXPANDED_LIMIT = 8 << 30
RATIO_LIMIT = 100
"""Logs pack up to about 60:1 in Zstandard; beyond this a file is a bomb, not a log."""
RATIO_FREE = 64 << 20
LOOKED_AT = 10
"""Bytes at the start of a file that say how it is packed."""
_WINDOW = 128 << 20
"""Bytes that unpacking may look back, which have to be held; the command line tools pack with at most as many."""
_CHUNK = 1 << 16
_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_XZ = b"\xfd7zXZ\x00"
_BZIP2 = tuple(b"BZh%d1AY&SY" % level for level in range(1, 10))
_PACKED = (_GZIP, _ZSTD, _XZ, *_BZIP2)
_BROKEN = (OSError, EOFError, ValueError, zlib.error, zstandard.ZstdError, lzma.LZMAError)


_ENDINGS = frozenset({".gz", ".zst", ".xz", ".bz2"})


class CutOffError(InputError):
    """Compressed data that is broken or cut off; what was unpacked before that is whole."""

    start: bytes = b""
    """Bytes that were unpacked, where they were looked at."""


def plain_name(path: Path) -> str:
    """Name of a file without the ending that says how it is packed."""
    return path.stem if path.suffix in _ENDINGS else path.name


def is_packed(start: bytes) -> bool:
    """Return whether a file that starts like this is compressed in a way that is read."""
    return start.startswith(_PACKED)


def unpacked(stream: io.BufferedReader, path: Path, start: bytes) -> io.BufferedReader:
    """Unpack what *stream* holds, which starts like *start*; reading it ends with an input error where that fails."""
    size = os.fstat(stream.fileno()).st_size
    inner: io.BufferedIOBase
    if start.startswith(_ZSTD):
        decompressor = zstandard.ZstdDecompressor(max_window_size=_WINDOW)
        inner = io.BufferedReader(decompressor.stream_reader(stream, read_across_frames=True, closefd=True))
    elif start.startswith(_GZIP):
        stream.close()
        inner = gzip.GzipFile(path)
    else:
        inner = io.BufferedReader(_Streams(stream, _xz if start.startswith(_XZ) else bz2.BZ2Decompressor), _CHUNK)
    return io.BufferedReader(_Budgeted(inner, path, size), 1 << 18)


def _xz() -> lzma.LZMADecompressor:
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_WINDOW)


class _Streams(io.RawIOBase):
    """Compressed streams one after another, as ``xz`` and ``bzip2`` write them."""

    def __init__(
        self, packed: io.BufferedReader, begin: Callable[[], lzma.LZMADecompressor | bz2.BZ2Decompressor]
    ) -> None:
        """Unpack *packed*, each stream with a decompressor of its own."""
        self._packed = packed
        self._begin = begin
        self._decompressor = begin()

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        """Fill *buffer*.

        Raises:
            EOFError: a stream has no end.
        """
        view = memoryview(buffer)
        while True:
            data = b""
            if self._decompressor.eof:
                data = self._next_stream()
                if not data:
                    return 0
                self._decompressor = self._begin()
            elif self._decompressor.needs_input and not (data := self._packed.read(_CHUNK)):
                raise EOFError
            given = self._decompressor.decompress(data, len(view))
            if given:
                view[: len(given)] = given
                return len(given)

    def _next_stream(self) -> bytes:
        """Bytes with which the next stream begins, behind the zeros that pad the one before; none at the end."""
        rest = self._decompressor.unused_data.lstrip(b"\0")
        while not rest and (more := self._packed.read(_CHUNK)):
            rest = more.lstrip(b"\0")
        return rest

    def close(self) -> None:
        """Close the file below."""
        self._packed.close()
        super().close()


class _Budgeted(io.RawIOBase):
    """A stream that ends with an error once it has given more than a packed file may hold."""

    def __init__(self, inner: io.BufferedIOBase, path: Path, packed: int) -> None:
        """Watch *inner*, unpacked from the *packed* bytes of *path*."""
        self._inner = inner
        self._path = path
        self._limit = min(EXPANDED_LIMIT, max(RATIO_FREE, RATIO_LIMIT * packed))
        self._given = 0

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        """Fill *buffer*; broken archives come out as input errors."""
        view = memoryview(buffer)
        try:
            data = self._inner.read1(len(view))
        except _BROKEN as error:
            if "memory" in str(error).lower():
                message = f"takes more than {_WINDOW >> 20} MB of memory to unpack"
                raise InputError(message, path=self._path) from error
            message = "the compressed data is broken or cut off"
            raise CutOffError(message, path=self._path) from error
        self._given += len(data)
        if self._given > self._limit:
            message = f"unpacks to more than {self._limit >> 20} MB"
            raise InputError(message, path=self._path)
        view[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Close the file below."""
        self._inner.close()
        super().close()
