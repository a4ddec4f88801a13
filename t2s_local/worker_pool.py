"""Processes that work side by side: each does one task at a time, its answers come as they are ready.

They are started as ``python -m t2s_local.worker_pool FD MODULE`` and told everything over a socket pair, in our own
pickles: the program that calls is not imported again, and nothing private stands on a command line. A process that
dies is replaced and its task done once more, so an answer may come twice.
"""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import import_module
from multiprocessing.connection import Connection, wait
from typing import NamedTuple, Protocol

from t2s_local.errors import T2SError
from t2s_local.offline import seal

_PATIENCE = 0.2
"""Seconds between two looks at whether the user wants to stop."""
_ATTEMPTS = 3


class Done(NamedTuple):
    """The last answer to a task; one that was done again has given it once."""

    result: object


class Worker(Protocol):
    """Protocol of the object a worker process runs: takes tasks, yields answers."""

    def do(self, task: object) -> Iterable[object]:
        """Do *task* and yield its answers, the last one as :class:`Done`; news has no answer."""


class _Process(NamedTuple):
    popen: subprocess.Popen[bytes]
    connection: Connection

    def end(self) -> None:
        self.connection.close()
        self.popen.kill()
        self.popen.wait()


class WorkerPool:
    """Processes that run one module."""

    def __init__(self, module: str, brief: object, size: int) -> None:
        """Start *size* processes.

        Args:
            module: The name of one whose ``Worker`` is a :class:`Worker`, made of the brief.
            brief: What each of them is told first.
            size: How many, at least 1.
        """
        self._module = module
        self._environment = {**os.environ, "PYTHONHASHSEED": str(int.from_bytes(os.urandom(4)))}
        """The same for all: what they hash is compared."""
        self._told = [brief]
        self._idle = [self._start() for _ in range(size)]
        self._busy: dict[Connection, tuple[_Process, int]] = {}

    def tell(self, news: object) -> None:
        """Tell all of them something that has no answer; no task is under way."""
        for process in self._idle:
            process.connection.send(news)
        self._told.append(news)

    def work(self, tasks: Sequence[object], heed: Callable[[], None]) -> Iterator[tuple[int, object]]:
        """Have *tasks* done.

        Args:
            tasks: Values that can be pickled.
            heed: Called several times a second; what it raises ends the work.

        Yields:
            The number of a task with one of its answers, in any order of the tasks; last of each :class:`Done`.

        Raises:
            T2SError: a task ended several processes.
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
                    waiting.append(number)
                    ended[number] += 1
                    _refuse(tasks[number], ended[number])
                    continue
                if isinstance(answer, Done):
                    self._idle.append(process)
                else:
                    self._busy[process.connection] = process, number
                yield number, answer

    def close(self) -> None:
        """End them; safe to call twice."""
        for process in (*self._idle, *(process for process, _ in self._busy.values())):
            process.end()

    def _give(self, process: _Process, number: int, tasks: Sequence[object]) -> None:
        """Give a task to *process*; that it is gone is noticed by the next look at its answers."""
        self._busy[process.connection] = process, number
        try:
            process.connection.send(tasks[number])
        except OSError:
            process.popen.kill()

    def _start(self) -> _Process:
        ours, theirs = socket.socketpair()
        try:
            popen = subprocess.Popen(
                [sys.executable, "-m", "t2s_local.worker_pool", str(theirs.fileno()), self._module],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is for us, who end them
                env=self._environment,
            )
        finally:
            theirs.close()
        process = _Process(popen, Connection(ours.detach()))
        for news in self._told:
            process.connection.send(news)
        return process


def _refuse(task: object, n_ended: int) -> None:
    if n_ended == _ATTEMPTS:
        message = f"each of {_ATTEMPTS} processes that worked on it ended: {task}"
        raise T2SError(message)


def main() -> None:
    """Work in this process until the other end is closed."""
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
    """Cores this process may use; 1 where processes cannot be told things over a socket pair."""
    if os.name != "posix":
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


if __name__ == "__main__":
    main()
