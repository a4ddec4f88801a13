"""A worker process, as the engine holds it: start, talk, notice that it died or hangs, end."""

import math
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from multiprocessing.connection import Connection

import msgspec

from t2s_local.engines._llamacpp import messages
from t2s_local.engines._llamacpp.worker import WorkerOrders
from t2s_local.errors import T2SError

_SAID_BYTES = 4000
_STOP_SECONDS = 5.0


class WorkerLostError(T2SError):
    """The worker process died, hung, or gave up; never leaves the engine."""

    is_final = False
    """Whether another worker would fail as well."""


class Process:
    """One worker process and the connection to it."""

    def __init__(self, job: WorkerOrders, *, environment: dict[str, str], hang_after: float) -> None:
        """Start it; :meth:`receive` brings its first word.

        Args:
            job: What it does.
            environment: Its environment.
            hang_after: Seconds for which it may leave what it is sent unread.
        """
        ours, theirs = socket.socketpair()
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", math.ceil(hang_after), 0))
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115  # closed with the process
        try:
            self._popen = subprocess.Popen(
                [sys.executable, "-m", "t2s_local.engines._llamacpp.worker", str(theirs.fileno())],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._stderr,
                env=environment,
            )
        finally:
            theirs.close()
        self.connection = Connection(ours.detach())
        self.heard = time.monotonic()
        """When it last said anything."""
        self.connection.send_bytes(msgspec.json.encode(job))

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._popen.pid

    def send(self, message: messages.Message) -> None:
        """Send *message*; that nobody is there to take it is noticed by the next :meth:`receive`."""
        try:
            messages.send(self.connection, message)
        except BlockingIOError:
            self._popen.kill()
        except (BrokenPipeError, ConnectionResetError):
            pass

    def receive(self) -> messages.ToEngine:
        """Wait for what it says next.

        Raises:
            WorkerLostError: it is gone, or says that it cannot go on.
        """
        try:
            message = messages.from_worker(self.connection)
        except (EOFError, ConnectionResetError, msgspec.DecodeError) as error:
            raise self._lost() from error
        self.heard = time.monotonic()
        if isinstance(message, messages.Failed):
            self.stop()
            loss = WorkerLostError(message.reason)
            loss.is_final = message.is_final
            raise loss
        return message

    def receive_within(self, seconds: float) -> messages.ToEngine:
        """Wait for what it says next, *seconds* at most.

        Raises:
            WorkerLostError: it is gone, or silent for so long.
        """
        if not self.connection.poll(seconds):
            raise self.hung(seconds)
        return self.receive()

    def hung(self, seconds: float) -> WorkerLostError:
        """End it, because it was silent for *seconds*."""
        self.stop()
        return WorkerLostError(f"no sign of life for {seconds:g} s")

    def stop(self) -> None:
        """End it, kindly at first; safe to call twice."""
        self.connection.close()
        if self._popen.poll() is None:
            self._popen.kill()
        self._popen.wait(_STOP_SECONDS)
        self._stderr.close()

    def _lost(self) -> WorkerLostError:
        try:
            code = self._popen.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            code = 0
        how = f"killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
        said = self._last_words()
        self.stop()
        return WorkerLostError(f"{how}: {said}" if said else how)

    def _last_words(self) -> str:
        self._stderr.seek(0, 2)
        self._stderr.seek(max(0, self._stderr.tell() - _SAID_BYTES))
        lines = [line.strip() for line in self._stderr.read().decode("utf-8", "replace").splitlines()]
        telling = [line for line in lines if "error" in line.lower() or "assert" in line.lower()] or lines
        return next((line for line in reversed(telling) if line), "")
