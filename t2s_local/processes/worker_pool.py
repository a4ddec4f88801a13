"""A pool of worker processes: each does one task at a time and sends each answer as soon as it is ready.

Workers are started as ``python -P -m t2s_local.processes.worker_pool FD MODULE`` and receive all data over a socket
pair, as pickles: the calling program is not imported again, and the command line contains nothing private. A worker
that dies is replaced and its task repeated, so an answer may come twice; a task during which several died is given up.
"""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import import_module
from multiprocessing.connection import Connection, wait
from typing import NamedTuple, Protocol

from t2s_local.offline import seal
from t2s_local.processes import child_process
from t2s_local.user_files import scratch

_PATIENCE = 0.2
"""Seconds between two checks whether the user wants to stop."""
_ATTEMPTS = 3


class Done(NamedTuple):
    """The last answer to a task; it comes exactly once, even if the task was repeated."""

    result: object


class Lost(NamedTuple):
    """The last answer to a task that was given up, because several workers in turn ended while they did it."""

    n_ended: int


class Worker(Protocol):
    """Protocol of the object in a worker process that does tasks and yields their answers."""

    def do(self, task: object) -> Iterable[object]:
        """Do *task* and yield its answers, the last one as :class:`Done`; yield nothing for news from ``tell``."""


class _Process(NamedTuple):
    popen: subprocess.Popen[bytes]
    connection: Connection

    def end(self) -> None:
        self.connection.close()
        self.popen.kill()
        self.popen.wait()


class WorkerPool:
    """A pool of processes that run the ``Worker`` of one module."""

    def __init__(self, module: str, brief: object, size: int) -> None:
        """Start *size* processes.

        Args:
            module: Name of a module with a class ``Worker``, whose constructor accepts the brief.
            brief: Value that is sent first to each process, to make its worker.
            size: Number of processes, at least 1.
        """
        self._module = module
        self._environment = child_process.environment(
            PYTHONHASHSEED=str(int.from_bytes(os.urandom(4))), **scratch.for_children()
        )
        """Environment of all workers, with the same hash seed, because their hashes are compared."""
        self._told = [brief]
        self._idle = [self._start() for _ in range(size)]
        self._busy: dict[Connection, tuple[_Process, int]] = {}

    def tell(self, news: object) -> None:
        """Send *news*, which has no answer, to all workers; to be called only while no task is in progress."""
        for process in self._idle:
            process.connection.send(news)
        self._told.append(news)

    def work(self, tasks: Sequence[object], heed: Callable[[], None]) -> Iterator[tuple[int, object]]:
        """Let the workers do *tasks*, and yield their answers.

        Args:
            tasks: Values that can be pickled.
            heed: Function that is called several times a second; an exception from it ends the work.

        Yields:
            The index of a task with one of its answers; tasks in any order, the last answer of each is :class:`Done`,
            or :class:`Lost` if several workers in turn died while they did it.
        """
        waiting = list(range(len(tasks)))[::-1]
        ended = [0] * len(tasks)
        while waiting or self._busy:
            while waiting and self._idle:
                self._give(self._idle.pop(), waiting.pop(), tasks)
            heed()
            ready = set(wait(list(self._busy), _PATIENCE))
            for process, number in [work for connection, work in self._busy.items() if connection in ready]:
                del self._busy[process.connection]
                try:
                    answer = process.connection.recv()
                except (EOFError, OSError):
                    process.end()
                    self._idle.append(self._start())
                    ended[number] += 1
                    if ended[number] < _ATTEMPTS:
                        waiting.append(number)
                    else:
                        yield number, Lost(_ATTEMPTS)
                    continue
                if isinstance(answer, Done):
                    self._idle.append(process)
                else:
                    self._busy[process.connection] = process, number
                yield number, answer

    def close(self) -> None:
        """End all workers; safe to call twice."""
        for process in (*self._idle, *(process for process, _ in self._busy.values())):
            process.end()

    def _give(self, process: _Process, number: int, tasks: Sequence[object]) -> None:
        """Send a task to *process*; if the process has died, the next read of its answers detects that."""
        self._busy[process.connection] = process, number
        try:
            process.connection.send(tasks[number])
        except OSError:
            process.popen.kill()

    def _start(self) -> _Process:
        ours, theirs = socket.socketpair()
        try:
            popen = subprocess.Popen(
                child_process.command("t2s_local.processes.worker_pool", str(theirs.fileno()), self._module),
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C reaches only this process, which ends the workers
                env=self._environment,
            )
        finally:
            theirs.close()
        process = _Process(popen, Connection(ours.detach()))
        for news in self._told:
            process.connection.send(news)
        return process


def main() -> None:
    """Do tasks in this process until the parent closes the connection."""
    seal()
    connection = Connection(int(sys.argv[1]))
    try:
        worker: Worker = import_module(sys.argv[2]).Worker(connection.recv())
        while True:
            for answer in worker.do(connection.recv()):
                connection.send(answer)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return


def usable_cores() -> int:
    """Return the number of CPU cores this process may use; 1 if the system has no socket pairs for workers."""
    if os.name != "posix":
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


if __name__ == "__main__":
    main()
