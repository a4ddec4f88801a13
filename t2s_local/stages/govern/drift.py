"""Library drift (arXiv 2605.19576): a series over the evidence log, and what is wrong with it, by name."""

from collections.abc import Sequence
from datetime import datetime
from statistics import median

import msgspec

from t2s_local.stages.govern.rounds import WINDOW
from t2s_local.stages.govern.standing import TOLERANCE, Standings
from t2s_local.values.event import ASIDE, STATE_KINDS, USED, VERSION_KINDS, Event, is_for_outcomes
from t2s_local.values.value import Value

MANY = 50
"""Active skills above which a library is large."""
FALL = 0.10
FEWEST_VERDICTS = 20
"""Uses that helped or hurt in a third of the log before its help rate says anything."""
FEWEST_TRIALS = 100
DUPLICATES = 0.10
UNUSED = 0.5
FEWEST_RUNS = 20
_POINTS = 10


class DriftPoint(Value, frozen=True, kw_only=True):
    """Some runs of the log that follow each other."""

    at: str
    """Time of its last event."""
    n_active: int
    """Active skills then."""
    engagement: float
    """Share of the runs that had a skill in sight and loaded one."""
    help_rate: float | None
    """Share of uses that helped; None without a use that helped or hurt."""


class DriftFlag(Value, frozen=True, kw_only=True):
    """One thing that is wrong."""

    name: str
    message: str


class Drift(Value, frozen=True, kw_only=True):
    """Report on a library."""

    n_events: int
    n_runs: int
    """Recorded runs that had a skill in sight."""
    n_active: int
    n_at_start: int
    """Active skills at the first time of the log."""
    duplicates: float | None
    """Share of active skills with a near-duplicate; None where no texts lie there."""
    idle_days: float | None
    """Median of the days since an active skill was last loaded, of those that ever were."""
    series: tuple[DriftPoint, ...]
    flags: tuple[DriftFlag, ...]
    undecided: tuple[DriftFlag, ...]
    """Flags that there is too little evidence for, with what is lacking."""


class _Part(msgspec.Struct):
    n_runs: int = 0
    n_loaded: int = 0
    n_helped: int = 0
    n_hurt: int = 0
    n_active: int = 0
    at: str = ""


class DriftReader:
    """Takes in the events of a log, one after the other."""

    def __init__(self, standing: Sequence[str] = ()) -> None:
        """Begin.

        Args:
            standing: Skills that lie in the library and that the log may not speak of: they count as active.
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
        """Take in one event."""
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
        """Return the report.

        Args:
            duplicates: Share of active skills with a near-duplicate; None where it is not known.
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
    """Sum the parts to ten points at most, as equal as they can be."""
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
    """Return the days from one time to a later one; 0 where one is no time, or a clock went back."""
    try:
        days = (datetime.fromisoformat(now) - datetime.fromisoformat(at)).total_seconds() / 86_400
    except (ValueError, TypeError):
        return 0.0
    return max(0.0, days)
