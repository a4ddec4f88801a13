"""How far a run is: bars on a terminal, a line every 30 seconds elsewhere, and a note in the store."""

import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

import click
import msgspec

from t2s_local.cli.interrupt import Stop
from t2s_local.errors import InterruptedRunError
from t2s_local.runs.prediction.predict import Amounts, Rates, rates_of
from t2s_local.workspace import State

EVERY = 30.0
"""Seconds between two lines where there is no terminal."""
_NOTED_EVERY = 1.0
"""Seconds between two notes in the store, for whoever follows from another terminal."""


class Display(Protocol):
    """Shows how far a run is."""

    def stage(self, name: str, total: int | None) -> None:
        """Begin a stage."""

    def step(self, n: int, note: str, *, n_remembered: int = 0) -> None:
        """Count *n* items on, *n_remembered* of them at no cost; *note* says what else is worth knowing."""


class Silent:
    """Shows nothing; as the progress of a run it is told everything and never stops it."""

    is_stopping = False

    def stage(self, name: str, total: int | None = None) -> None:
        """Take note of nothing."""

    def step(self, n: int = 1, note: str = "", *, n_remembered: int = 0, n_refused: int = 0) -> None:
        """Take note of nothing."""


class Lines:
    """One line on stderr every :data:`EVERY` seconds."""

    def __init__(self) -> None:
        """Start the clock."""
        self._name = ""
        self._total: int | None = None
        self._done = self._remembered = 0
        self._said = self._began = time.monotonic()

    def stage(self, name: str, total: int | None) -> None:
        """Begin a stage; nothing is said before it has lasted."""
        self._name, self._total, self._done, self._remembered = name, total, 0, 0
        self._began = time.monotonic()

    def step(self, n: int, note: str, *, n_remembered: int = 0) -> None:
        """Count, and say so where the last line is old enough."""
        self._done += n
        self._remembered += n_remembered
        now = time.monotonic()
        if now - self._said >= EVERY:
            self._said = now
            far = how_far(self._done, self._total, seconds=now - self._began, n_remembered=self._remembered)
            click.echo(f"{self._name}: {far}{note and f', {note}'}", err=True)


def how_far(done: int, total: int | None, *, seconds: float, n_remembered: int = 0) -> str:
    """``120 of 500, 300 s left (1.3/s)``, the parts that are known; what was remembered took no time."""
    fresh = done - n_remembered
    rate = fresh / max(seconds, 1e-9)
    if total is None or not fresh:
        return f"{done}{'' if total is None else f' of {total}'} ({rate:.1f}/s)"
    return f"{done} of {total}, {(total - done) / rate:.0f} s left ({rate:.1f}/s)"


def counts_of(state: State) -> str:
    """What else is worth knowing: ``41.0 tokens/s written, 12 stored already, 3 refused``, the parts that there are."""
    parts = [] if state.tokens_a_second is None else [f"{state.tokens_a_second:.1f} tokens/s written"]
    counts = {"stored already": state.n_remembered, "refused": state.n_refused}
    return ", ".join([*parts, *(f"{count} {what}" for what, count in counts.items() if count)])


class Tracked:
    """Counts for everybody who wants to know: the person, the store, the prediction; and knows when to stop."""

    def __init__(
        self,
        display: Display,
        stop: Stop,
        note: Callable[[State], None],
        *,
        tokens: Callable[[], int] = lambda: 0,
    ) -> None:
        """Count for *display*, and call *note* once a second; *tokens* counts what a model has written."""
        self._tokens = tokens
        self._tokens_before = tokens()
        self._display = display
        self._stop = stop
        self._note = note
        self._began = self._noted = time.monotonic()
        self.state = State(at=time.time())

    @property
    def is_stopping(self) -> bool:
        """Whether the user has asked for a stop."""
        return self._stop.is_asked

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
        if self.is_stopping:
            message = "stopped"
            raise InterruptedRunError(message)
        self._display.stage(name, total)

    def step(self, n: int = 1, *, n_remembered: int = 0, n_refused: int = 0) -> None:
        """Count items."""
        state = self.state
        self._set(
            done=state.done + n,
            n_remembered=state.n_remembered + n_remembered,
            n_remembered_here=state.n_remembered_here + n_remembered,
            n_refused=state.n_refused + n_refused,
            tokens=self._tokens(),
            tokens_a_second=self._pace(),
        )
        self._display.step(n, counts_of(self.state), n_remembered=n_remembered)

    def predict(self, seconds: float | None, basis: str | None) -> None:
        """Take note of how long the whole run should take, and by what."""
        self._set(predicted=seconds, basis=basis)

    def _pace(self) -> float | None:
        """Tokens a second in this stage; None where there are none."""
        n_tokens = self._tokens() - self._tokens_before
        return round(n_tokens / max(time.monotonic() - self._began, 1e-3), 1) if n_tokens else None

    def over(self, *, took: float) -> State:
        """Close the last stage: how far it all went, and how long all of it *took*."""
        self._tally()
        self._set(stage=None, took=took)
        return self.state

    @property
    def did_all(self) -> bool:
        """Whether everything was done in this process, nothing taken from the store."""
        return not self.state.n_remembered and "read" in self.state.seconds

    def rates(self, amounts: Amounts, *, n_lessons: int, stored: int) -> Rates:
        """What it took to work through *amounts*."""
        return rates_of(
            amounts,
            self.state.seconds,
            total=self.state.took or 0.0,
            n_lessons=n_lessons,
            stored=stored,
            peak=peak_memory(),
        )

    def _tally(self) -> None:
        now = time.monotonic()
        name = self.state.stage or "start"
        seconds = {**self.state.seconds, name: self.state.seconds.get(name, 0.0) + now - self._began}
        self._began = now
        self._set(seconds=seconds)

    def _set(self, **changes: object) -> None:
        now = time.monotonic()
        self.state = msgspec.structs.replace(
            self.state, at=time.time(), in_stage=now - self._began, peak=peak_memory(), **changes
        )
        if not 0 <= now - self._noted < _NOTED_EVERY:
            self._noted = now
            self._note(self.state)


def peak_memory() -> int:
    """Bytes of memory this process used at the most."""
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return kilobytes if sys.platform == "darwin" else kilobytes * 1024


@contextmanager
def shown(*, quiet: bool) -> Iterator[Display]:
    """The display that fits where stderr goes."""
    if quiet:
        yield Silent()
    elif not sys.stderr.isatty():
        yield Lines()
    else:
        with _bars() as bars:
            yield bars


@contextmanager
def _bars() -> Iterator[Display]:
    from rich import progress as rich_progress
    from rich.console import Console
    from rich.text import Text

    class Rate(rich_progress.ProgressColumn):
        """Items a second."""

        def render(self, task: rich_progress.Task) -> Text:
            return Text("" if task.speed is None else f"{task.speed:.1f}/s")

    class Bars:
        """A bar a stage, with rate and time left."""

        def __init__(self, bars: rich_progress.Progress) -> None:
            self._bars = bars
            self._task = bars.add_task("start", total=None, note="")

        def stage(self, name: str, total: int | None) -> None:
            self._bars.remove_task(self._task)
            self._task = self._bars.add_task(name, total=total, note="")

        def step(self, n: int, note: str, *, n_remembered: int = 0) -> None:
            del n_remembered
            self._bars.update(self._task, advance=n, note=note)

    columns = (
        rich_progress.TextColumn("{task.description:>8}"),
        rich_progress.BarColumn(),
        rich_progress.MofNCompleteColumn(),
        Rate(),
        rich_progress.TimeRemainingColumn(),
        rich_progress.TextColumn("{task.fields[note]}"),
    )
    with rich_progress.Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        yield Bars(bars)
