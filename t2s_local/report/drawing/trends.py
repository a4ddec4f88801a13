"""Count runs over time, in equal parts of the days between the first and the last recording."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from t2s_local.report.drawing.values import Trend
from t2s_local.values.trajectory import TrajectoryId

PARTS = 24
"""Largest number of parts: more bars would be too narrow to touch with a finger."""


class Calendar(NamedTuple):
    """Days that a page covers, divided into equal parts."""

    first: str | None
    """Day of the first recording; None if no recording has times."""
    last: str | None
    n_parts: int
    parts: dict[TrajectoryId, int]
    """Number, from 0, of the part that contains the day of a run, by run; runs without a day are left out."""

    def label(self, part: int) -> str:
        """Return the first day of a part, ISO 8601; empty if no recording has times."""
        if self.first is None or self.last is None:
            return ""
        begin, end = date.fromisoformat(self.first).toordinal(), date.fromisoformat(self.last).toordinal()
        return date.fromordinal(begin + -(-part * (end - begin + 1) // self.n_parts)).isoformat()


def calendar_of(days: Iterable[tuple[TrajectoryId, str | None]]) -> Calendar:
    """Return the calendar for runs with the given *days*."""
    known = {run: ordinal for run, day in days if (ordinal := _ordinal(day)) is not None}
    if not known:
        return Calendar(None, None, 0, {})
    first, last = min(known.values()), max(known.values())
    span = last - first + 1
    n_parts = min(PARTS, span)
    parts = {run: (day - first) * n_parts // span for run, day in known.items()}
    return Calendar(date.fromordinal(first).isoformat(), date.fromordinal(last).isoformat(), n_parts, parts)


def trend_of(runs: Iterable[TrajectoryId], calendar: Calendar, outcomes: dict[TrajectoryId, str]) -> Trend:
    """Return the counts of *runs* by part of the calendar and by outcome."""
    counts: Counter[tuple[int, str]] = Counter()
    n_undated = 0
    for run in runs:
        part = calendar.parts.get(run)
        if part is None:
            n_undated += 1
        else:
            found = outcomes.get(run, "unknown")
            counts[part, found if found in ("success", "failure") else "unknown"] += 1
    rows = {kind: tuple(counts[part, kind] for part in range(calendar.n_parts)) for kind in _KINDS}
    return Trend(**rows, n_undated=n_undated)


_KINDS = ("success", "failure", "unknown")


def _ordinal(day: str | None) -> int | None:
    try:
        return None if day is None else date.fromisoformat(day[:10]).toordinal()
    except ValueError:
        return None
