"""What the processes of a crew do in tests: sleep, die, or say what they were told."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from t2s_local.worker_pool import Done

MODULE = "tests.hands"


class Say(NamedTuple):
    """Answer with the words that were told so far, after some seconds."""

    seconds: float = 0.0


class Die(NamedTuple):
    """End by a signal half way, as often as there is room for a mark in a folder."""

    marks: str
    times: int


class Worker:
    """Remembers the brief and all news."""

    def __init__(self, brief: object) -> None:
        """Take note of the brief."""
        self._told = [brief]

    def do(self, task: object) -> Iterator[object]:
        """Do what is told."""
        match task:
            case Say(seconds):
                time.sleep(seconds)
                yield os.getpid()
                yield Done(tuple(self._told))
            case Die(marks, times):
                yield "begun"
                if len(list(Path(marks).iterdir())) < times:
                    Path(marks, str(os.getpid())).touch()
                    os.kill(os.getpid(), signal.SIGKILL)
                yield Done("survived")
            case _:
                self._told.append(task)
