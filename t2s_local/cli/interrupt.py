"""Ctrl-C and SIGTERM: once lets the items under way finish, twice stops now."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from t2s_local.cli.output import say

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Stop:
    """Whether the user has asked for a stop."""

    def __init__(self) -> None:
        """Begin with no."""
        self.is_asked = False

    def ask(self, _signal: int, _frame: FrameType | None) -> None:
        """Take note of a signal; the second one raises."""
        if self.is_asked:
            raise KeyboardInterrupt
        self.is_asked = True
        say("Finishing what is under way. Once more to stop now.")


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
