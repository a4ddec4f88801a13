"""A program of its own that runs one command of the user's, ends it in time, and leaves no process of it behind.

The order comes as JSON on stdin and the answer goes as JSON to stdout. It is a process apart because commands of ours
are sealed and the user's are not, and because it can adopt what the command leaves running, and end that.
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
"""Bytes kept of each stream, the last ones: a score is one line."""
_CHUNK = 1 << 20
_SUBREAPER = 36
"""``PR_SET_CHILD_SUBREAPER`` of Linux: processes whose parent ended become children of this one."""
_GRACE = 2.0
"""Seconds in which a stream is read to its end after the command has ended."""


class CommandOrder(Value, frozen=True, kw_only=True):
    """A command, and how long it may run."""

    words: tuple[str, ...]
    timeout: float
    """Seconds."""
    environment: dict[str, str]


class CommandAnswer(Value, frozen=True, kw_only=True):
    """Exit code and output of a command that ended, or was ended."""

    exit_code: int | None
    """None where it was ended because its time was over, or could not be started."""
    out: str
    """End of what it wrote to stdout."""
    err: str
    n_left: int
    """Processes it left running, which were ended."""
    failure: str | None = None
    """Why it could not be started."""


def run_command(order: CommandOrder) -> CommandAnswer:
    """Run a command to its end or to the end of its time, and end everything it started."""
    _adopt()
    try:
        process = subprocess.Popen(
            list(order.words),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=order.environment,
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
    """Become the parent of processes whose own parent ended, where the system can do that."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)


def _read(process: "subprocess.Popen[bytes]", streams: list[IO[bytes]], *, until: float) -> list[bytes]:
    """Return the ends of *streams*, read until the command has ended or *until* has come."""
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
    """End the command and everything below it, and return how many processes it had left running."""
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
    """Read an order, run it, write the answer."""
    order = msgspec.json.decode(sys.stdin.buffer.read(), type=CommandOrder)
    sys.stdout.buffer.write(msgspec.json.encode(run_command(order)))


if __name__ == "__main__":
    main()
