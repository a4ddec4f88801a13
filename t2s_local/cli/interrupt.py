"""Ctrl-C once lets the items under way finish and says how long that takes; twice, or SIGTERM, stops now."""

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
"""Seconds that nobody needs to be told of."""


class Underway:
    """Items that were begun and are not done, and how fast they get done."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with none; *clock* counts seconds."""
        self._clock = clock
        self.stage()

    def stage(self) -> None:
        """Begin a stage with no item under way."""
        self._began = self._clock()
        self._n_begun = self._n_done = 0

    def begin(self, n: int) -> None:
        """Count *n* items under way."""
        self._n_begun += n

    def end(self, n: int) -> None:
        """Count *n* items done."""
        self._n_done += n

    def words(self) -> str:
        """Say how many items are under way, and how long they will take at the pace so far."""
        n_left = self._n_begun - self._n_done
        if n_left <= 0:
            return "Finishing what is under way."
        what = f"Finishing {counted(n_left, 'item')} under way"
        if self._n_done <= 0:
            return f"{what}; none is finished yet, so nobody knows how long that takes."
        seconds = n_left * (self._clock() - self._began) / self._n_done
        return f"{what}." if seconds < _SHORT else f"{what}: about {seconds:.0f} s."


class Stop:
    """Return whether the user has asked for a stop."""

    def __init__(self, words: Callable[[], str] = lambda: "Finishing what is under way.") -> None:
        """Begin with no; *words* say what is finished first."""
        self.is_asked = False
        self._words = words

    def ask(self, number: int, _frame: FrameType | None) -> None:
        """Take note of a signal; SIGTERM, and any second one, raises."""
        is_first, self.is_asked = not self.is_asked, True
        if number == signal.SIGTERM or not is_first:
            raise KeyboardInterrupt
        say(f"{self._words()} Once more to stop now.")


@contextmanager
def stoppable(stop: Stop) -> Iterator[None]:
    """Listen for signals while the block runs; outside the main thread there is nothing to hear."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, stop.ask) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
