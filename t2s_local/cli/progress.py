"""Show the progress of a run on stderr: bars on a terminal, otherwise a line every 30 seconds."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import click

from t2s_local.cli.interrupt import Stop, Underway, stoppable
from t2s_local.cli.output import say
from t2s_local.runs.progress import SilentListener

_WORTH_SAYING = 20.0
"""Predicted seconds of a run from which the prediction is printed."""
_MINUTES = 90.0
"""Seconds from which times are printed in minutes."""
EVERY = 30.0
"""Seconds between two lines without a terminal."""


class ProgressLines:
    """Display that prints one line on stderr every :data:`EVERY` seconds."""

    def __init__(self) -> None:
        """Start the clock."""
        self._name = ""
        self._total: int | None = None
        self._done = self._remembered = 0
        self._said = self._began = time.monotonic()

    def stage(self, name: str, total: int | None) -> None:
        """Begin a stage; its first line is printed after :data:`EVERY` seconds."""
        self._name, self._total, self._done, self._remembered = name, total, 0, 0
        self._began = time.monotonic()

    def step(self, n: int, note: str, *, n_remembered: int = 0) -> None:
        """Count *n* items, and print a line if the last line is old enough."""
        self._done += n
        self._remembered += n_remembered
        now = time.monotonic()
        if now - self._said >= EVERY:
            self._said = now
            far = how_far(self._done, self._total, seconds=now - self._began, n_remembered=self._remembered)
            click.echo(f"{self._name}: {far}{note and f', {note}'}", err=True)


def how_far(done: int, total: int | None, *, seconds: float, n_remembered: int = 0) -> str:
    """Return a phrase like ``120 of 500, 300 s left (1.3/s)``, without unknown parts; the pace omits stored items."""
    fresh = done - n_remembered
    rate = fresh / max(seconds, 1e-9)
    if total is None or not fresh:
        return f"{done}{'' if total is None else f' of {total}'} ({rate:.1f}/s)"
    return f"{done} of {total}, {(total - done) / rate:.0f} s left ({rate:.1f}/s)"


class Display(Protocol):
    """Display of the progress of a run."""

    def stage(self, name: str, total: int | None) -> None:
        """Begin a stage."""

    def step(self, n: int, note: str, *, n_remembered: int = 0) -> None:
        """Count *n* items, *n_remembered* of them read from the store; *note* has further counts."""


class Terminal:
    """A :class:`t2s_local.runs.progress.Listener` that shows progress on stderr; Ctrl-C and SIGTERM ask for a stop."""

    def __init__(self, *, quiet: bool) -> None:
        """Show bars or lines, or nothing if *quiet*."""
        self._quiet = quiet
        self._display: Display = SilentListener()
        self._underway = Underway()
        self._stop = Stop(self._underway.words)

    @property
    def is_stopping(self) -> bool:
        """Return whether the user has asked for a stop."""
        return self._stop.is_asked

    @contextmanager
    def working(self) -> Iterator[None]:
        """Show bars or lines, whichever suits stderr, and handle signals during the block."""
        with _display(quiet=self._quiet) as self._display, stoppable(self._stop):
            yield

    def stage(self, name: str, total: int | None) -> None:
        """Show that a stage begins."""
        self._underway.stage()
        self._display.stage(name, total)

    def foretell(self, seconds: float, basis: str) -> None:
        """Print the predicted time of the run, if it is long enough to matter."""
        if seconds >= _WORTH_SAYING and not self._quiet:
            is_bound = basis.startswith("at most")
            amount = f"{seconds / 60:.0f} min" if seconds >= _MINUTES else f"{seconds:.0f} s"
            by = basis.removeprefix("at most, from ")
            say(f"This should take {'at most' if is_bound else 'about'} {amount}, going by {by}.")

    def begin(self, n: int) -> None:
        """Count *n* more items as under way."""
        self._underway.begin(n)

    def step(self, n: int, note: str, *, n_remembered: int = 0) -> None:
        """Show that *n* items are done."""
        self._underway.end(n - n_remembered)
        self._display.step(n, note, n_remembered=n_remembered)


@contextmanager
def _display(*, quiet: bool) -> Iterator[Display]:
    """Yield the display that suits stderr: bars on a terminal, otherwise lines; nothing if *quiet*."""
    if quiet:
        yield SilentListener()
    elif not sys.stderr.isatty():
        yield ProgressLines()
    else:
        with _bars() as bars:
            yield bars


@contextmanager
def _bars() -> Iterator[Display]:
    from rich import progress as rich_progress
    from rich.console import Console
    from rich.text import Text

    class Rate(rich_progress.ProgressColumn):
        """Column of a progress bar with items a second."""

        def render(self, task: rich_progress.Task) -> Text:
            return Text("" if task.speed is None else f"{task.speed:.1f}/s")

    class Bars:
        """Display with a bar for each stage, with rate and remaining time."""

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
