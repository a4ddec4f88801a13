"""Conversion of UTF-16 and UTF-32 text to UTF-8; the encoding is recognised by the first bytes."""

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
"""Bytes that are inspected for the encoding if the text has no byte order mark."""
_SINGLE = frozenset(bytes((byte,)) for byte in range(1, 0xFE))
"""First bytes that start no UTF-16 or UTF-32 byte order mark; if the next byte is not zero, it is neither encoding."""
_LEAST = 16
_CHUNK = 1 << 16


def encoding_of(start: bytes) -> str | None:
    """Return the encoding of a text that starts with *start*: UTF-16 or UTF-32; None for any other text."""
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
    """A stream of UTF-8 made from text in another encoding; undecodable bytes become replacement characters."""

    def __init__(self, inner: io.BufferedReader, encoding: str) -> None:
        """Read *inner*, which is in *encoding*, from its current position."""
        self._inner = inner
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._waiting = b""
        self._is_done = False

    def readable(self) -> bool:
        """Return True: the stream can be read."""
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        """Fill *buffer* with UTF-8 and return the number of bytes; 0 at the end."""
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
        """Close this stream and the stream that it reads from."""
        self._inner.close()
        super().close()
