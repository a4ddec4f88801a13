"""Progress of a run, counted for a listener, for the store and for predictions."""

import resource
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

import msgspec

from t2s_local.ports.services import stop_if_asked
from t2s_local.workspace import RunState

_NOTED_EVERY = 1.0
"""Seconds between two notes of the progress in the store, which other terminals can read."""


class Listener(Protocol):
    """Receiver of the progress of a run, which may also ask the run to stop."""

    @property
    def is_stopping(self) -> bool:
        """Return whether the run should begin no new item and only finish items under way."""

    def working(self) -> AbstractContextManager[None]:
        """Return a context that is open while the run works, for example to show bars and handle signals."""

    def stage(self, name: str, total: int | None) -> None:
        """Receive the beginning of a stage, with the number of its items if known."""

    def foretell(self, seconds: float, basis: str) -> None:
        """Receive the predicted seconds of the whole run and the basis of the prediction."""

    def begin(self, n: int) -> None:
        """Receive that *n* more items are under way."""

    def step(self, n: int, note: str, *, n_remembered: int = 0) -> None:
        """Receive that *n* items are done, *n_remembered* of them read from the store; *note* has further counts."""


class SilentListener:
    """A :class:`Listener` that shows nothing and never stops a run."""

    is_stopping = False

    def working(self) -> AbstractContextManager[None]:
        """Return a context that changes nothing."""
        return nullcontext()

    def stage(self, name: str, total: int | None) -> None:
        """Show nothing."""

    def foretell(self, seconds: float, basis: str) -> None:
        """Show nothing."""

    def begin(self, n: int) -> None:
        """Show nothing."""

    def step(self, n: int, note: str, *, n_remembered: int = 0) -> None:
        """Show nothing."""


def counts_of(state: RunState) -> str:
    """Return the known counts as a phrase: ``41.0 tokens/s written, 12 stored already, 3 refused``."""
    parts = [] if state.tokens_a_second is None else [f"{state.tokens_a_second:.1f} tokens/s written"]
    counts = {"stored already": state.n_remembered, "refused": state.n_refused}
    return ", ".join([*parts, *(f"{count} {noun}" for noun, count in counts.items() if count)])


class Tracked:
    """Counter of the progress of a run, for the listener, the store and the prediction."""

    def __init__(
        self,
        listener: Listener,
        note: Callable[[RunState], None],
        *,
        tokens: Callable[[], int] = lambda: 0,
    ) -> None:
        """Count for *listener*, and call *note* once a second; *tokens* returns the tokens a model has written."""
        self._tokens = tokens
        self._tokens_before = tokens()
        self._listener = listener
        self._note = note
        self._began = self._noted = time.monotonic()
        self.state = RunState(at=time.time())

    @property
    def is_stopping(self) -> bool:
        """Return whether the user has asked for a stop."""
        return self._listener.is_stopping

    def stage(self, name: str, total: int | None = None) -> None:
        """Begin a stage.

        Raises:
            InterruptedRunError: the user has asked for a stop.
        """
        self._tally()
        self._tokens_before = self._tokens()
        self._set(
            stage=name, done=0, n_remembered_here=0, total=total, tokens=self._tokens_before, tokens_a_second=None
        )
        stop_if_asked(self)
        self._listener.stage(name, total)

    def begin(self, n: int = 1) -> None:
        """Count *n* more items as under way."""
        self._listener.begin(n)

    def step(self, n: int = 1, *, n_remembered: int = 0, n_refused: int = 0) -> None:
        """Count *n* items as done, and how many of them were read from the store and how many were refused."""
        state = self.state
        self._set(
            done=state.done + n,
            n_remembered=state.n_remembered + n_remembered,
            n_remembered_here=state.n_remembered_here + n_remembered,
            n_refused=state.n_refused + n_refused,
            tokens=self._tokens(),
            tokens_a_second=self._pace(),
        )
        self._listener.step(n, counts_of(self.state), n_remembered=n_remembered)

    def predict(self, seconds: float | None, basis: str | None) -> None:
        """Record the predicted seconds of the whole run and the basis of the prediction."""
        self._set(predicted=seconds, basis=basis)
        if seconds is not None and basis is not None:
            self._listener.foretell(seconds, basis)

    def _pace(self) -> float | None:
        """Return the tokens a second that a model wrote in this stage; None if it wrote none."""
        n_tokens = self._tokens() - self._tokens_before
        return round(n_tokens / max(time.monotonic() - self._began, 1e-3), 1) if n_tokens else None

    def over(self, *, took: float) -> RunState:
        """End the last stage, and return the final state; *took* is the time of the whole run in seconds."""
        self._tally()
        self._set(stage=None, took=took)
        return self.state

    @property
    def has_learned(self) -> bool:
        """Return whether any work after the reading is done."""
        return self.state.stage not in {None, "read"} and (self.state.stage != "extract" or self.state.done > 0)

    @property
    def did_all(self) -> bool:
        """Return whether all items were done in this process, and none was read from the store."""
        return not self.state.n_remembered and "read" in self.state.seconds

    def _tally(self) -> None:
        now = time.monotonic()
        name = self.state.stage or "start"
        seconds = {**self.state.seconds, name: self.state.seconds.get(name, 0.0) + now - self._began}
        self._began = now
        self._set(seconds=seconds)

    def _set(self, **changes: object) -> None:
        now = time.monotonic()
        is_due = not 0 <= now - self._noted < _NOTED_EVERY
        if is_due or "done" not in changes:
            changes["peak"] = peak_memory()
        self.state = msgspec.structs.replace(self.state, at=time.time(), in_stage=now - self._began, **changes)
        if is_due:
            self._noted = now
            self._note(self.state)


def peak_memory() -> int:
    """Return the largest memory use of this process in bytes."""
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return kilobytes if sys.platform == "darwin" else kilobytes * 1024
