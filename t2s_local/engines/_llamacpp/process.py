"""The engine's side of a worker process: start it, exchange messages, notice that it died or hangs, end it."""

import math
import signal
import socket
import struct
import subprocess
import tempfile
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection, wait

import msgspec

from t2s_local.engines._llamacpp import messages
from t2s_local.engines._llamacpp.worker import WorkerOrders
from t2s_local.errors import T2SError
from t2s_local.processes import child_process

_SAID_BYTES = 4000
_STOP_SECONDS = 5.0
_LOOK = 1.0


class WorkerLostError(T2SError):
    """Error for a worker process that died, hung, or gave up; never raised outside the engine."""

    is_final = False
    """Whether another worker would fail as well."""


def listen(processes: Sequence["Process"], *, longest: float) -> list["Process"]:
    """Wait up to a second for a message from *processes*; return the processes that sent one.

    While this process is suspended, by Ctrl-Z or a debugger, it does not wait: if a look took longer than planned, only
    the planned time counts as silence of the workers.

    Args:
        processes: The processes to wait for.
        longest: Seconds; a look is never longer than a second.
    """
    patience = min(max(longest, 0.0), _LOOK)
    began = time.monotonic()
    ready = wait([process.connection for process in processes], timeout=patience)
    waited = min(time.monotonic() - began, patience)
    said = [process for process in processes if process.connection in ready]
    for process in processes:
        if process not in said:
            process.silent += waited
    return said


class Process:
    """One worker process and the connection to it."""

    def __init__(self, job: WorkerOrders, *, environment: dict[str, str], hang_after: float) -> None:
        """Start the process; the first call of :meth:`receive` returns its first message.

        Args:
            job: Orders for the worker.
            environment: Its environment variables.
            hang_after: Seconds for which it may leave a message unread.
        """
        ours, theirs = socket.socketpair()
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", math.ceil(hang_after), 0))
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115  # closed with the process
        try:
            self._popen = subprocess.Popen(
                child_process.command("t2s_local.engines._llamacpp.worker", str(theirs.fileno())),
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._stderr,
                env=environment,
                cwd=child_process.PACKAGE,  # llama.cpp looks for back ends in the current folder too
            )
        finally:
            theirs.close()
        self.connection = Connection(ours.detach())
        self.silent = 0.0
        """Seconds that were spent waiting since the process sent its last message."""
        self.connection.send_bytes(msgspec.json.encode(job))

    @property
    def pid(self) -> int:
        """Process id."""
        return self._popen.pid

    def send(self, message: messages.Message) -> None:
        """Send *message*; if the process is gone, the next :meth:`receive` notices it."""
        try:
            messages.send(self.connection, message)
        except BlockingIOError:
            self._popen.kill()
        except (BrokenPipeError, ConnectionResetError):
            pass

    def receive(self) -> messages.ToEngine:
        """Wait for the next message of the process.

        Raises:
            WorkerLostError: the process is gone, or reports that it cannot continue.
        """
        try:
            message = messages.from_worker(self.connection)
        except (EOFError, ConnectionResetError, msgspec.DecodeError) as error:
            raise self._lost() from error
        self.silent = 0.0
        if isinstance(message, messages.Failed):
            self.stop()
            loss = WorkerLostError(message.reason)
            loss.is_final = message.is_final
            raise loss
        return message

    def receive_within(self, seconds: float) -> messages.ToEngine:
        """Wait at most *seconds* for the next message of the process.

        Raises:
            WorkerLostError: the process is gone, or was silent for that long.
        """
        self.silent = 0.0
        while not listen([self], longest=seconds - self.silent):
            if self.silent >= seconds:
                raise self.hung(seconds)
        return self.receive()

    def hung(self, seconds: float) -> WorkerLostError:
        """Kill the process after *seconds* of silence; return the error to raise."""
        self.stop()
        return WorkerLostError(f"no sign of life for {seconds:g} s")

    def stop(self) -> None:
        """Kill the process and close the connection; safe to call twice."""
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
