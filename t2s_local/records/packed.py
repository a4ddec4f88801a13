"""Streams of unpacked bytes from gzip, Zstandard, xz and bzip2 files, with a limit on bytes and on memory."""

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
"""Largest unpacked size as a multiple of the packed size; logs reach about 60:1 in Zstandard, more is a bomb."""
RATIO_FREE = 64 << 20
LOOKED_AT = 10
"""Bytes at the start of a file that identify its compression."""
_WINDOW = 128 << 20
"""Largest window of a decompressor in bytes, kept in memory; the command line tools use at most this."""
_CHUNK = 1 << 16
_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_XZ = b"\xfd7zXZ\x00"
_BZIP2 = tuple(b"BZh%d1AY&SY" % level for level in range(1, 10))
_PACKED = (_GZIP, _ZSTD, _XZ, *_BZIP2)
_BROKEN = (OSError, EOFError, ValueError, zlib.error, zstandard.ZstdError, lzma.LZMAError)


_ENDINGS = frozenset({".gz", ".zst", ".xz", ".bz2"})


class CutOffError(InputError):
    """Error for compressed data that is broken or cut off; the bytes unpacked before the break are valid."""

    start: bytes = b""
    """Bytes unpacked before the break; empty if the caller did not ask for them."""


def plain_name(path: Path) -> str:
    """Return the name of a file without the ending of its compression (``.gz``, ``.zst``, ``.xz``, ``.bz2``)."""
    return path.stem if path.suffix in _ENDINGS else path.name


def is_packed(start: bytes) -> bool:
    """Return whether a file that starts with *start* is compressed by a supported method."""
    return start.startswith(_PACKED)


def unpacked(stream: io.BufferedReader, path: Path, start: bytes) -> io.BufferedReader:
    """Return a stream that unpacks *stream*, whose first bytes are *start*; broken data raises an input error."""
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
    """A sequence of compressed streams in one file, as ``xz`` and ``bzip2`` write it."""

    def __init__(
        self, packed: io.BufferedReader, begin: Callable[[], lzma.LZMADecompressor | bz2.BZ2Decompressor]
    ) -> None:
        """Unpack *packed*, with a new decompressor from *begin* for each stream."""
        self._packed = packed
        self._begin = begin
        self._decompressor = begin()

    def readable(self) -> bool:
        """Return True: the stream can be read."""
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        """Fill *buffer* with unpacked bytes and return their number; 0 at the end.

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
        """Return the first bytes of the next stream, after the zeros that pad the last one; empty at the end."""
        rest = self._decompressor.unused_data.lstrip(b"\0")
        while not rest and (more := self._packed.read(_CHUNK)):
            rest = more.lstrip(b"\0")
        return rest

    def close(self) -> None:
        """Close this stream and the stream that it reads from."""
        self._packed.close()
        super().close()


class _Budgeted(io.RawIOBase):
    """A stream that raises an error once it has returned more bytes than its packed size allows."""

    def __init__(self, inner: io.BufferedIOBase, path: Path, packed: int) -> None:
        """Limit *inner*, which is unpacked from the *packed* bytes of *path*."""
        self._inner = inner
        self._path = path
        self._limit = min(EXPANDED_LIMIT, max(RATIO_FREE, RATIO_LIMIT * packed))
        self._given = 0

    def readable(self) -> bool:
        """Return True: the stream can be read."""
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        """Fill *buffer* and return the number of bytes; 0 at the end.

        Raises:
            CutOffError: the compressed data is broken or cut off.
            InputError: the data unpacks to too many bytes or needs too much memory.
        """
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
        """Close this stream and the stream that it reads from."""
        self._inner.close()
        super().close()
