"""Run one command of the user in a separate program, with a time limit, and end every process that it started.

The program reads a :class:`CommandOrder` as JSON from stdin and writes a :class:`CommandAnswer` as JSON to stdout. It
is a separate process because processes of t2s are sealed off the network and the user's command must not be, and
because it becomes the parent of all processes that the command leaves running, and so can end them.
"""

import contextlib
import ctypes
import os
import selectors
import signal
import subprocess
import sys
import time
from typing import IO

import msgspec
import psutil

from t2s_local.values.value import Value

_TAIL = 16_384
"""Number of last bytes kept of each stream; a score is one line."""
_CHUNK = 1 << 20
_SUBREAPER = 36
"""``PR_SET_CHILD_SUBREAPER`` of Linux: processes whose parent ended become children of this one."""
_GRACE = 2.0
"""Seconds for which streams are still read after the command has ended."""


class CommandOrder(Value, frozen=True, kw_only=True):
    """A command with its time limit and environment."""

    words: tuple[bytes, ...]
    """Program and arguments, in the bytes that the system knows, which may be no UTF-8."""
    timeout: float
    """Seconds."""
    environment: tuple[tuple[bytes, bytes], ...]
    """Names and values of variables."""


class CommandAnswer(Value, frozen=True, kw_only=True):
    """Exit code and output of a command that ended or was stopped."""

    exit_code: int | None
    """None if the command exceeded its time limit or could not be started."""
    out: str
    """Last bytes of stdout, as text."""
    err: str
    """Last bytes of stderr, as text."""
    n_left: int
    """Number of processes that the command left running, and that were ended."""
    failure: str | None = None
    """Reason why the command could not be started; None if it was started."""


def run_command(order: CommandOrder) -> CommandAnswer:
    """Run a command until it ends or reaches its time limit, then end every process that it started."""
    _adopt()
    try:
        process = subprocess.Popen(
            list(order.words),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(order.environment),
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        return CommandAnswer(exit_code=None, out="", err="", n_left=0, failure=str(error))
    streams = [stream for stream in (process.stdout, process.stderr) if stream is not None]
    try:
        tails = _read(process, streams, until=time.monotonic() + order.timeout)
        is_over = process.poll() is None
    finally:
        n_left = _end_all(process)
    for stream in streams:
        stream.close()
    out, err = (tail.decode("utf-8", "replace") for tail in tails)
    return CommandAnswer(exit_code=None if is_over else process.returncode, out=out, err=err, n_left=n_left)


def _adopt() -> None:
    """Make this process the parent of processes whose own parent ended, if the system supports that."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)


def _read(process: "subprocess.Popen[bytes]", streams: list[IO[bytes]], *, until: float) -> list[bytes]:
    """Read *streams* until the command has ended or the time *until* is reached, and return their last bytes."""
    tails = {stream.fileno(): b"" for stream in streams}
    with selectors.DefaultSelector() as waiting:
        for handle in tails:
            waiting.register(handle, selectors.EVENT_READ)
        ended: float | None = None
        while waiting.get_map() and time.monotonic() < until:
            for key, _ in waiting.select(timeout=0.02):
                data = os.read(key.fd, _CHUNK)
                tails[key.fd] = (tails[key.fd] + data)[-_TAIL:]
                if not data:
                    waiting.unregister(key.fd)
            if process.poll() is not None:
                ended = time.monotonic() if ended is None else ended
                if time.monotonic() > ended + _GRACE:
                    break
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=max(0.0, until - time.monotonic()))
    return [tails[stream.fileno()] for stream in streams]


def _end_all(process: "subprocess.Popen[bytes]") -> int:
    """End the command and all its descendants, and return the number of descendants that were still running."""
    is_running = process.poll() is None
    left: dict[int, psutil.Process] = {}
    for _ in range(5):
        below = [one for one in psutil.Process().children(recursive=True) if one.pid != process.pid]
        found = [one for one in below if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]
        left.update((one.pid, one) for one in found)
        for one in found:
            with contextlib.suppress(psutil.Error):
                one.kill()
        if is_running:
            with contextlib.suppress(OSError):
                os.killpg(process.pid, signal.SIGKILL)
        if not found:
            break
        psutil.wait_procs(found, timeout=1.0)
    process.wait()
    return len(left)


def main() -> None:
    """Read a command from stdin, run it, and write the answer to stdout."""
    order = msgspec.json.decode(sys.stdin.buffer.read(), type=CommandOrder)
    sys.stdout.buffer.write(msgspec.json.encode(run_command(order)))


if __name__ == "__main__":
    main()
