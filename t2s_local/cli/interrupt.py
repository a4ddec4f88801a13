"""Handle signals: the first Ctrl-C finishes the items under way, a second Ctrl-C or SIGTERM stops at once."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from t2s_local.cli.output import say
from t2s_local.text.text import counted

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_SHORT = 2.0
"""Waiting time in seconds up to which no message is needed."""


class Underway:
    """Counter of the items under way, and of the pace at which items are finished."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with no item; *clock* returns seconds."""
        self._clock = clock
        self.stage()

    def stage(self) -> None:
        """Begin a stage with no item under way."""
        self._began = self._clock()
        self._n_begun = self._n_done = 0

    def begin(self, n: int) -> None:
        """Count *n* more items as under way."""
        self._n_begun += n

    def end(self, n: int) -> None:
        """Count *n* items as done."""
        self._n_done += n

    def words(self) -> str:
        """Return a phrase with the number of items under way and the time they need at the current pace."""
        n_left = self._n_begun - self._n_done
        if n_left <= 0:
            return "Finishing what is under way."
        what = f"Finishing {counted(n_left, 'item')} under way"
        if self._n_done <= 0:
            return f"{what}; none is finished yet, so nobody knows how long that takes."
        seconds = n_left * (self._clock() - self._began) / self._n_done
        return f"{what}." if seconds < _SHORT else f"{what}: about {seconds:.0f} s."


class Stop:
    """Request of the user to stop, set by signals."""

    def __init__(self, words: Callable[[], str] = lambda: "Finishing what is under way.") -> None:
        """Begin without a request; *words* returns a phrase on the items that will be finished before the stop."""
        self.is_asked = False
        self._words = words

    def ask(self, number: int, _frame: FrameType | None) -> None:
        """Handle a signal: record the request; on SIGTERM or a second signal, raise."""
        is_first, self.is_asked = not self.is_asked, True
        if number == signal.SIGTERM or not is_first:
            raise KeyboardInterrupt
        say(f"{self._words()} Once more to stop now.")


@contextmanager
def stoppable(stop: Stop) -> Iterator[None]:
    """Handle signals during the block; outside the main thread, signals cannot be handled and the block just runs."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, stop.ask) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
