"""Reader of tar archives, packed or not, member by member as the stream is read, under a byte limit."""

import io
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, cast

from t2s_local.errors import InputError
from t2s_local.files import reason_of
from t2s_local.records.archives import MEMBER_LIMIT, more_members, most_members
from t2s_local.records.streams import open_bytes

_BLOCK = 512
_CHECKSUM = slice(148, 156)
_HEADER_ROOM = 1 << 20
"""Most bytes of headers for one member; longer headers are an attempt to fill the memory."""
_SKIPPED = 1 << 20
_BROKEN = (tarfile.TarError, EOFError, ValueError, OverflowError)


def is_tar(start: bytes) -> bool:
    """Return whether *start* begins with a tar header: a block of 512 bytes that states its correct checksum."""
    block = start[:_BLOCK]
    if len(block) < _BLOCK:
        return False
    try:
        stated = int(block[_CHECKSUM].strip(b" \0") or b"-", 8)
    except ValueError:
        return False
    return stated == sum(block) - sum(block[_CHECKSUM]) + len(block[_CHECKSUM]) * ord(" ")


def tar_members(path: Path, into: Path, *, most: int | None = None) -> Iterator[tuple[str, InputError | None]]:
    """Write the files of an archive to *into*, one after another, and yield each member's name, or its error.

    Args:
        path: The archive.
        into: A file that is overwritten for each member; do not read it after an error.
        most: Most members that are read; None for as many as the size of the archive allows.

    Raises:
        InputError: the file cannot be read, or contains more than its packed size allows.
    """
    with open_bytes(path) as stream:
        forward = _Forward(stream)
        try:
            yield from _files(forward, path, into, most or most_members(path))
        except OSError as error:
            raise InputError(reason_of(error), path=path) from error
        except _BROKEN:
            yield "", _broken(path)


def _broken(path: Path) -> InputError:
    return InputError("the archive is broken or cut off", path=path)


def _files(forward: "_Forward", path: Path, into: Path, most: int) -> Iterator[tuple[str, InputError | None]]:
    forward.allow(_HEADER_ROOM)
    archive = tarfile.TarFile(fileobj=cast("IO[bytes]", forward), mode="r")
    for _ in range(most):
        forward.allow(_HEADER_ROOM)
        found = archive.next()
        cast("Any", archive).members.clear()  # it keeps every member otherwise
        if found is None:
            if forward.last.strip(b"\0"):
                yield "", _broken(path)
            return
        if found.isreg() and not found.issparse() and 0 <= found.size <= MEMBER_LIMIT:
            forward.allow(found.size + _BLOCK)
            with into.open("wb") as target:
                shutil.copyfileobj(cast("IO[bytes]", archive.extractfile(found)), target)
            yield found.name, None
        elif not found.isdir():
            yield found.name, InputError(_reason(found), path=path)
    yield "", more_members(path, most)


def _reason(member: tarfile.TarInfo) -> str:
    if member.isreg() and not member.issparse():
        return f"unpacks to {member.size >> 20} MB, which is too much"
    return "no plain file"


class _Forward:
    """A stream that is read forward only and that refuses to read more bytes than were allowed."""

    def __init__(self, stream: io.BufferedReader) -> None:
        """Begin at the start of *stream*."""
        self.last = b""
        """Bytes of the last read."""
        self._stream = stream
        self._place = 0
        self._room = 0

    def allow(self, count: int) -> None:
        """Allow *count* more bytes to be read; an allowance left from an earlier call expires."""
        self._room = count

    def tell(self) -> int:
        """Return the number of bytes that were read or skipped."""
        return self._place

    def seek(self, place: int) -> int:
        """Skip the bytes before *place* and return the new position.

        Raises:
            tarfile.ReadError: *place* is before the current position.
        """
        if place < self._place:
            message = "a place that was passed"
            raise tarfile.ReadError(message)
        while place > self._place:
            passed = len(self._stream.read(min(_SKIPPED, place - self._place)))
            if not passed:
                break
            self._place += passed
        return self._place

    def read(self, count: int) -> bytes:
        """Read *count* bytes.

        Raises:
            tarfile.ReadError: *count* is negative or more than was allowed.
        """
        self._room -= count
        if self._room < 0 or count < 0:
            message = "more than a header may have"
            raise tarfile.ReadError(message)
        self.last = self._stream.read(count)
        self._place += len(self.last)
        return self.last
