"""Evidence log: JSON Lines, each with the SHA-256 of the preceding line, appended by one process at a time."""

import fcntl
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from t2s_local.errors import InputError, LockedError, T2SError
from t2s_local.files import PRIVATE_FILE, open_regular, reason_of
from t2s_local.skills.library.texts import sha256
from t2s_local.values.event import Event, Head
from t2s_local.values.value import Value

_PATIENCE = 30.0
"""Seconds to wait for other processes that append."""
_LOOK = 0.002
_CHUNK = 1 << 16


class LogBreak(Value, frozen=True, kw_only=True):
    """A line of the log that was changed or damaged after it was written."""

    line: int
    """Number of the line, 1-based."""
    message: str


class _Known(msgspec.Struct):
    """Fields that every version of the log has."""

    at: str
    kind: str
    skill: str
    prev: str | None = None


def append(path: Path, events: Sequence[Event]) -> None:
    """Append all of *events* or none; they are on the disk when the function returns.

    Raises:
        LockedError: other processes append for too long.
        T2SError: the log cannot be written; it remains unchanged.
    """
    try:
        with _locked(path) as handle:
            end, last = _whole_end(handle)
            lines = []
            for event in events:
                line = _line(msgspec.structs.replace(event, prev=last))
                last = sha256(line)
                lines.append(line + b"\n")
            _write(handle, b"".join(lines), at=end)
    except OSError as error:
        raise T2SError(reason_of(error), path=path) from error


def _line(event: Event) -> bytes:
    """Return *event* as a line of JSON; unknown fields of events about recordings are left out."""
    data = msgspec.json.encode(event)
    for name in (b"rule", b"part"):
        data = data.replace(b'"%s":null,' % name, b"", 1)
    return data


def read_log(path: Path, *, since: Head | None = None) -> Iterator[Event]:
    """Yield the events, oldest first; an incomplete last line is ignored.

    Args:
        path: Path of the log.
        since: End of the part that was read already; None to read the whole log.

    Raises:
        InputError: a line is not a valid event; the message names the line.
    """
    decoder = msgspec.json.Decoder(Event)
    first, at = (1, 0) if since is None else (since.n_lines + 1, since.size)
    for number, line in enumerate(_lines(path, at=at), first):
        try:
            yield decoder.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise _no_event(path, number, line, error) from error


def reaches(path: Path, head: Head) -> bool:
    """Return whether the log still has the last line of *head* at the same position."""
    if not head.n_lines or not path.exists() or path.stat().st_size < head.size:
        return not head.n_lines
    with open_regular(path) as stream:
        tail, start = b"", head.size
        while start and tail.count(b"\n") < 2:
            start = max(0, start - _CHUNK)
            stream.seek(start)
            tail = stream.read(head.size - start)
    return tail.endswith(b"\n") and sha256(tail[:-1].rpartition(b"\n")[2]) == head.last


def _no_event(path: Path, number: int, line: bytes, error: Exception) -> InputError:
    try:
        msgspec.json.decode(line, type=_Known)
    except (msgspec.DecodeError, UnicodeDecodeError):
        message = f"not a line of the evidence log ({error})"
        return InputError(message, path=path, line=number, hint="`t2s library verify` names every changed line.")
    message = f"a line of the evidence log that a newer version of t2s wrote ({error})"
    return InputError(message, path=path, line=number, hint="Update t2s; the library is as it was.")


def verify_log(path: Path, head: Head | None) -> tuple[int, tuple[LogBreak, ...]]:
    """Check the chain of digests of a log.

    Args:
        path: Path of the log.
        head: Known end of the log; None if it was not noted.

    Returns:
        The number of lines, and the lines that were changed or damaged.
    """
    broken: list[LogBreak] = []
    before: str | None = None
    number = 0
    decoder = msgspec.json.Decoder(_Known)
    for number, line in enumerate(_lines(path), 1):
        try:
            prev = decoder.decode(line).prev
        except (msgspec.DecodeError, UnicodeDecodeError):
            broken.append(LogBreak(line=number, message="is no event"))
        else:
            if prev != before:
                changed = number if number == 1 else number - 1
                broken.append(LogBreak(line=changed, message="is not the line that was written"))
        before = sha256(line)
        if head is not None and number == head.n_lines and before != head.last:
            broken.append(LogBreak(line=number, message="is not the line that was written"))
    if head is not None and number < head.n_lines:
        broken.append(LogBreak(line=number + 1, message=f"is missing, and so is what followed up to {head.n_lines}"))
    return number, tuple(sorted(set(broken), key=lambda item: (item.line, item.message)))


def head_of(path: Path) -> Head:
    """Return the current end of the log: number of lines, bytes, and the SHA-256 of the last line (None if empty)."""
    n_lines = size = 0
    last: bytes | None = None
    for last in _lines(path):
        n_lines += 1
        size += len(last) + 1
    return Head(n_lines=n_lines, size=size, last=None if last is None else sha256(last))


def _lines(path: Path, *, at: int = 0) -> Iterator[bytes]:
    if not os.path.lexists(path):
        return
    with open_regular(path) as stream:
        stream.seek(at)
        for line in stream:
            if line.endswith(b"\n"):
                yield line[:-1]


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    """Yield a handle to append to the log under a lock.

    Raises:
        LockedError: other processes keep the lock for too long.
        OSError: the log cannot be opened.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    handle = os.open(path, flags, PRIVATE_FILE)
    until = time.monotonic() + _PATIENCE
    try:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() > until:
                    message = "other processes write to the log"
                    raise LockedError(message, path=path, hint="Wait for them and repeat the command.") from error
                time.sleep(_LOOK)
        yield handle
    finally:
        os.close(handle)


def _whole_end(handle: int) -> tuple[int, str | None]:
    """Return the offset after the last complete line in bytes, and its SHA-256; a partial line after it is ignored."""
    size = os.fstat(handle).st_size
    tail, start = b"", size
    while start and tail.count(b"\n") < 2:
        start = max(0, start - _CHUNK)
        tail = os.pread(handle, size - start, start)
    end = tail.rfind(b"\n")
    if end < 0:
        return 0, None
    line = tail[:end].rpartition(b"\n")[2]
    return start + end + 1, sha256(line)


def _write(handle: int, data: bytes, *, at: int) -> None:
    """Write *data* to the disk at byte *at*, the end of the log; if that fails, the log still ends at *at*."""
    try:
        os.ftruncate(handle, at)
        done = 0
        while done < len(data):
            done += os.pwrite(handle, data[done:], at + done)
        os.fsync(handle)
    except BaseException:
        os.ftruncate(handle, at)
        raise
