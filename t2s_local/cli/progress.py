"""How far a run is: bars on a terminal, a line every 30 seconds elsewhere, nothing when told so."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import click

from t2s_local.ports import Progress

EVERY = 30.0
"""Seconds between two lines where there is no terminal."""


class Silent:
    """Says nothing."""

    def stage(self, name: str, total: int | None = None) -> None:
        """Take note of nothing."""

    def step(self, n: int = 1) -> None:
        """Take note of nothing."""


class Lines:
    """One line on stderr every :data:`EVERY` seconds."""

    def __init__(self) -> None:
        """Start the clock."""
        self._name = ""
        self._total: int | None = None
        self._done = 0
        self._said = self._began = time.monotonic()

    def stage(self, name: str, total: int | None = None) -> None:
        """Begin a stage; nothing is said before it has lasted."""
        self._name, self._total, self._done = name, total, 0
        self._began = time.monotonic()

    def step(self, n: int = 1) -> None:
        """Count, and say so where the last line is old enough."""
        self._done += n
        now = time.monotonic()
        if now - self._said >= EVERY:
            self._said = now
            rate = self._done / max(now - self._began, 1e-9)
            left = "" if self._total is None else f" of {self._total}, {(self._total - self._done) / rate:.0f} s left"
            click.echo(f"{self._name}: {self._done}{left} ({rate:.1f}/s)", err=True)


@contextmanager
def shown(*, quiet: bool) -> Iterator[Progress]:
    """The progress that fits where stderr goes."""
    if quiet:
        yield Silent()
    elif not sys.stderr.isatty():
        yield Lines()
    else:
        with _bars() as bars:
            yield bars


@contextmanager
def _bars() -> Iterator[Progress]:
    from rich import progress as rich_progress
    from rich.console import Console

    class Bars:
        """A bar a stage, with rate and time left."""

        def __init__(self, bars: rich_progress.Progress) -> None:
            self._bars = bars
            self._task = bars.add_task("start", total=None)

        def stage(self, name: str, total: int | None = None) -> None:
            self._bars.remove_task(self._task)
            self._task = self._bars.add_task(name, total=total)

        def step(self, n: int = 1) -> None:
            self._bars.advance(self._task, n)

    columns = (
        rich_progress.TextColumn("{task.description:>8}"),
        rich_progress.BarColumn(),
        rich_progress.MofNCompleteColumn(),
        rich_progress.TaskProgressColumn(show_speed=True),
        rich_progress.TimeRemainingColumn(),
    )
    with rich_progress.Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        yield Bars(bars)
