"""Text in other encodings than UTF-8, told by how it starts and turned into UTF-8 on the way."""

import codecs
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
LOOKED_AT = 32
"""Bytes from which the encoding is told where no mark says it."""
_SINGLE = frozenset(bytes((byte,)) for byte in range(1, 0xFE))
"""First bytes of a text without a mark whose next byte is not zero either: most texts begin so."""
_LEAST = 16
_CHUNK = 1 << 16


def encoding_of(start: bytes) -> str | None:
    """The encoding of a text that starts like this: UTF-16 or UTF-32; None for everything else."""
    if start[:1] in _SINGLE and start[1:2] != b"\0":
        return None
    for mark, name in _MARKS:
        if start.startswith(mark):
            return name
    start = start[:LOOKED_AT]
    if len(start) < _LEAST:
        return None
    for first, name in ((0, "utf-16-le"), (1, "utf-16-be")):
        if not any(start[1 - first :: 2]) and all(map(_is_plain, start[first::2])):
            return name
    return None


def _is_plain(byte: int) -> bool:
    return 32 <= byte < 127 or byte in b"\t\r\n"


class Transcoded(io.RawIOBase):
    """A text as UTF-8; what is no character in its encoding becomes a replacement character."""

    def __init__(self, inner: io.BufferedReader, encoding: str) -> None:
        """Read *inner*, which is in *encoding*, from where it is."""
        self._inner = inner
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._waiting = b""
        self._is_done = False

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        """Fill *buffer*."""
        view = memoryview(buffer)
        while not self._waiting and not self._is_done:
            chunk = self._inner.read1(_CHUNK)
            self._is_done = not chunk
            text = self._decoder.decode(chunk, final=self._is_done)
            self._waiting = text.encode("utf-8", "replace")
        count = min(len(view), len(self._waiting))
        view[:count] = self._waiting[:count]
        self._waiting = self._waiting[count:]
        return count

    def close(self) -> None:
        """Close the file below."""
        self._inner.close()
        super().close()
