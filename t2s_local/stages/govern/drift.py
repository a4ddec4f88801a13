"""Library drift (arXiv 2605.19576): a time series over the evidence log, and named flags for what went wrong."""

from collections.abc import Sequence
from datetime import datetime
from statistics import median

import msgspec

from t2s_local.stages.govern.rounds import WINDOW
from t2s_local.stages.govern.standing import TOLERANCE, Standings
from t2s_local.values.event import ASIDE, STATE_KINDS, USED, VERSION_KINDS, Event, is_for_outcomes
from t2s_local.values.value import Value

MANY = 50
"""Number of active skills above which a library is large."""
FALL = 0.10
FEWEST_VERDICTS = 20
"""Least number of uses that helped or hurt in a third of the log for its help rate to be judged."""
FEWEST_TRIALS = 100
DUPLICATES = 0.10
UNUSED = 0.5
FEWEST_RUNS = 20
_POINTS = 10


class DriftPoint(Value, frozen=True, kw_only=True):
    """Point of the series: figures of consecutive runs of the log."""

    at: str
    """Time of the last event of the runs in this point."""
    n_active: int
    """Number of active skills at that time."""
    engagement: float
    """Share of runs that loaded a skill, among the runs to which a skill was shown."""
    help_rate: float | None
    """Share of uses that helped, among uses that helped or hurt; None without such a use."""


class DriftFlag(Value, frozen=True, kw_only=True):
    """One fault of a library: its name, and a message with the figures."""

    name: str
    message: str


class Drift(Value, frozen=True, kw_only=True):
    """Report on the drift of a library."""

    n_events: int
    n_runs: int
    """Number of recorded runs to which a skill was shown."""
    n_active: int
    n_at_start: int
    """Number of active skills at the first time in the log."""
    duplicates: float | None
    """Share of active skills with a near-duplicate; None if there are no texts of skills."""
    idle_days: float | None
    """Median number of days since active skills were last loaded; None if none was ever loaded."""
    series: tuple[DriftPoint, ...]
    flags: tuple[DriftFlag, ...]
    undecided: tuple[DriftFlag, ...]
    """Flags that cannot be decided, with the evidence that is lacking."""


class _Part(msgspec.Struct):
    n_runs: int = 0
    n_loaded: int = 0
    n_helped: int = 0
    n_hurt: int = 0
    n_active: int = 0
    at: str = ""


class DriftReader:
    """Collects the events of an evidence log, one at a time, for a drift report."""

    def __init__(self, standing: Sequence[str] = ()) -> None:
        """Begin with no event.

        Args:
            standing: Names of the skills in the library; they count as active even if the log does not mention them.
        """
        self._active = set(standing)
        self._standings = Standings()
        self._parts: list[_Part] = []
        self._verdicts = bytearray()
        self._loaded: dict[str, str] = {}
        self._runs: dict[str, bool] = {}
        self._n_runs = self._n_events = self._n_aside = 0
        self._first: str | None = None
        self._last = ""
        self._n_at_start = len(self._active)
        self._early: list[str] = []

    def add(self, event: Event) -> None:
        """Add one event of the log."""
        self._n_events += 1
        self._first = self._first or event.at
        self._last = max(self._last, event.at)
        self._standings.add(event)
        if event.kind in STATE_KINDS or event.kind in VERSION_KINDS:
            self._state(event)
        if event.at == self._first:
            self._n_at_start = len(self._active)
        if event.kind == USED:
            self._use(event)

    def _state(self, event: Event) -> None:
        if event.kind in ASIDE:
            self._active.discard(event.skill)
            self._n_aside += 1
            known = self._standings.of(event.skill)
            if is_for_outcomes(event) and known.n_trials < FEWEST_TRIALS:
                self._early.append(f"{event.skill} after {known.n_trials}")
        elif event.kind != "proposed":
            self._active.add(event.skill)

    def _use(self, event: Event) -> None:
        run = event.run or event.at
        if run not in self._runs:
            if len(self._runs) == WINDOW:
                self._end()
            self._runs[run] = False
        if event.use in ("loaded", "followed"):
            self._runs[run] = True
            self._loaded[event.skill] = event.at
        if not self._parts or self._parts[-1].n_runs:
            self._parts.append(_Part())
        part = self._parts[-1]
        part.at = event.at
        part.n_active = len(self._active)
        if event.verdict in ("helped", "hurt"):
            self._verdicts.append(event.verdict == "helped")
            part.n_helped += event.verdict == "helped"
            part.n_hurt += event.verdict == "hurt"

    def _end(self) -> None:
        part = self._parts[-1]
        part.n_runs, part.n_loaded = len(self._runs), sum(self._runs.values())
        self._n_runs += part.n_runs
        self._runs = {}

    def report(self, *, duplicates: float | None) -> Drift:
        """Return the report on all events so far.

        Args:
            duplicates: Share of active skills with a near-duplicate, in [0, 1]; None if unknown.
        """
        if self._runs:
            self._end()
        flags, undecided = self._flags(duplicates)
        idle = [_days(at, self._last) for name, at in self._loaded.items() if name in self._active]
        return Drift(
            n_events=self._n_events,
            n_runs=self._n_runs,
            n_active=len(self._active),
            n_at_start=self._n_at_start,
            duplicates=duplicates,
            idle_days=median(idle) if idle else None,
            series=tuple(_points(self._parts)),
            flags=tuple(flags),
            undecided=tuple(undecided),
        )

    def _flags(self, duplicates: float | None) -> tuple[list[DriftFlag], list[DriftFlag]]:
        n_active, start = len(self._active), self._n_at_start
        found: list[DriftFlag] = []
        unknown: list[DriftFlag] = []
        if n_active > MANY and n_active >= 2 * start:
            found.append(DriftFlag(name="unbounded_growth", message=f"{start} active skills at first, {n_active} now"))
        if n_active > MANY and not self._n_aside:
            said = f"{n_active} active skills, and none was ever deprecated or archived"
            found.append(DriftFlag(name="no_retirement", message=said))
        self._judge_help(found, unknown)
        if self._early:
            said = f"deprecated for its outcomes with fewer than {FEWEST_TRIALS} trials: {', '.join(self._early)}"
            found.append(DriftFlag(name="premature_retirement", message=said))
        if duplicates is None:
            unknown.append(DriftFlag(name="duplication", message="no texts of skills lie there"))
        elif duplicates >= DUPLICATES - TOLERANCE:
            said = f"{duplicates:.0%} of the skills have a near-duplicate"
            found.append(DriftFlag(name="duplication", message=said))
        self._judge_use(found, unknown)
        return found, unknown

    def _judge_help(self, found: list[DriftFlag], unknown: list[DriftFlag]) -> None:
        n = len(self._verdicts) // 3
        if n < FEWEST_VERDICTS:
            said = f"{len(self._verdicts)} uses helped or hurt; it takes {3 * FEWEST_VERDICTS}"
            unknown.append(DriftFlag(name="falling_help_rate", message=said))
            return
        first, last = sum(self._verdicts[:n]) / n, sum(self._verdicts[-n:]) / n
        if last <= first - FALL + TOLERANCE:
            said = f"{first:.2f} of uses helped in the first third of the log, {last:.2f} in the last"
            found.append(DriftFlag(name="falling_help_rate", message=said))

    def _judge_use(self, found: list[DriftFlag], unknown: list[DriftFlag]) -> None:
        idle = [name for name in self._active if name not in self._loaded]
        if self._n_runs < FEWEST_RUNS:
            said = f"{self._n_runs} runs had a skill in sight; it takes {FEWEST_RUNS}"
            unknown.append(DriftFlag(name="never_used", message=said))
        elif idle and len(idle) >= UNUSED * len(self._active):
            said = f"{len(idle)} of {len(self._active)} active skills were never loaded in {self._n_runs} runs"
            found.append(DriftFlag(name="never_used", message=said))


def _points(parts: Sequence[_Part]) -> list[DriftPoint]:
    """Sum the parts into at most ten points with as equal numbers of parts as possible."""
    n = min(_POINTS, len(parts))
    groups = [parts[len(parts) * at // n : len(parts) * (at + 1) // n] for at in range(n)]
    return [
        DriftPoint(
            at=group[-1].at,
            n_active=group[-1].n_active,
            engagement=sum(one.n_loaded for one in group) / max(1, sum(one.n_runs for one in group)),
            help_rate=_rate(sum(one.n_helped for one in group), sum(one.n_hurt for one in group)),
        )
        for group in groups
    ]


def _rate(n_helped: int, n_hurt: int) -> float | None:
    return n_helped / (n_helped + n_hurt) if n_helped + n_hurt else None


def _days(at: str, now: str) -> float:
    """Return the days from the time *at* to the time *now*; 0 if *now* is earlier, or either is no ISO 8601 time."""
    try:
        days = (datetime.fromisoformat(now) - datetime.fromisoformat(at)).total_seconds() / 86_400
    except (ValueError, TypeError):
        return 0.0
    return max(0.0, days)
