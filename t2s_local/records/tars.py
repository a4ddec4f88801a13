"""Members of tar archives, packed or not, read one by one as the stream comes, under a budget."""

import io
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, cast

from t2s_local.errors import InputError
from t2s_local.files import reason_of
from t2s_local.records.archives import MEMBER_LIMIT
from t2s_local.records.streams import open_bytes

MOST_MEMBERS = 100_000
_BLOCK = 512
_CHECKSUM = slice(148, 156)
_HEADER_ROOM = 1 << 20
"""Bytes of headers that a member may have; longer ones are made to fill the memory."""
_SKIPPED = 1 << 20
_BROKEN = (tarfile.TarError, EOFError, ValueError, OverflowError)


def is_tar(start: bytes) -> bool:
    """Return whether a file that starts like this is a tar archive: its first block states the sum of its bytes."""
    block = start[:_BLOCK]
    if len(block) < _BLOCK:
        return False
    try:
        stated = int(block[_CHECKSUM].strip(b" \0") or b"-", 8)
    except ValueError:
        return False
    return stated == sum(block) - sum(block[_CHECKSUM]) + len(block[_CHECKSUM]) * ord(" ")


def tar_members(path: Path, into: Path, *, most: int = MOST_MEMBERS) -> Iterator[tuple[str, InputError | None]]:
    """Write the files of an archive to *into*, one after another, and say what each is called there.

    Args:
        path: The archive.
        most: Members beyond which the rest is not read.
        into: A file that is written anew for each; where a member comes out as an error, there is nothing in it.

    Raises:
        InputError: the file cannot be read, or holds more than its packed size allows.
    """
    with open_bytes(path) as stream:
        forward = _Forward(stream)
        try:
            yield from _files(forward, path, into, most)
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
    yield "", InputError(f"more than {most:,} members; the rest was not read", path=path)


def _reason(member: tarfile.TarInfo) -> str:
    if member.isreg() and not member.issparse():
        return f"unpacks to {member.size >> 20} MB, which is too much"
    return "no plain file"


class _Forward:
    """A stream that is only read forward, and of which no more is read at once than was allowed."""

    def __init__(self, stream: io.BufferedReader) -> None:
        """Begin at the start of *stream*."""
        self.last = b""
        """What was read last."""
        self._stream = stream
        self._place = 0
        self._room = 0

    def allow(self, count: int) -> None:
        """Allow for *count* bytes from here on."""
        self._room = count

    def tell(self) -> int:
        """Bytes that were read or passed over."""
        return self._place

    def seek(self, place: int) -> int:
        """Pass over everything before *place*.

        Raises:
            tarfile.ReadError: it is behind.
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
            tarfile.ReadError: that is more than was allowed.
        """
        self._room -= count
        if self._room < 0 or count < 0:
            message = "more than a header may have"
            raise tarfile.ReadError(message)
        self.last = self._stream.read(count)
        self._place += len(self.last)
        return self.last
