"""Rounds of 30 recorded runs: the share of uses that helped in each round, and when to restore an earlier library."""

from collections.abc import Sequence

from t2s_local.stages.govern.standing import TOLERANCE, trial_of
from t2s_local.values.event import Event
from t2s_local.values.value import Value

WINDOW = 30
"""Number of runs in a round."""
DROP = 0.10
"""A round is bad if its share of uses that helped is more than this below the best round's."""
PATIENCE = 5
"""Number of bad rounds in a row after which the library of the best round is to be restored."""


class Round(Value, frozen=True, kw_only=True):
    """Counts of skill uses in 30 consecutive runs of an evidence log."""

    n_helped: int
    n_hurt: int
    at: str
    """Time of the last event of the round: the state of the library to restore."""

    @property
    def help_rate(self) -> float | None:
        """Share of uses that helped, among uses that helped or hurt; None without such a use."""
        n_judged = self.n_helped + self.n_hurt
        return self.n_helped / n_judged if n_judged else None


class Rounds:
    """Splits the events of an evidence log into rounds; events are added in their order."""

    def __init__(self) -> None:
        """Begin the first round."""
        self.whole: list[Round] = []
        self._runs: set[str] = set()
        self._helped = self._hurt = 0
        self._at = ""

    def add(self, event: Event) -> None:
        """Add one event; a round ends before the 31st run in which a use helped or hurt."""
        sign = trial_of(event)
        if not sign:
            return
        run = event.run or event.at
        if run not in self._runs and len(self._runs) == WINDOW:
            self._end()
        self._runs.add(run)
        self._helped += sign > 0
        self._hurt += sign < 0
        self._at = event.at

    @property
    def n_whole(self) -> int:
        """Number of complete rounds."""
        return len(self.whole) + (len(self._runs) == WINDOW)

    def all(self) -> tuple[Round, ...]:
        """Return the complete rounds, oldest first."""
        return (*self.whole, *([self._round()] if len(self._runs) == WINDOW else ()))

    def _end(self) -> None:
        self.whole.append(self._round())
        self._runs = set()
        self._helped = self._hurt = 0

    def _round(self) -> Round:
        return Round(n_helped=self._helped, n_hurt=self._hurt, at=self._at)


def better_round(rounds: Sequence[Round]) -> Round | None:
    """Return the best round if each of the last five rounds is more than .10 below it; None otherwise."""
    judged = [(one.help_rate, one) for one in rounds if one.help_rate is not None]
    if len(judged) <= PATIENCE:
        return None
    best, found = max(judged[:-PATIENCE], key=lambda pair: pair[0] or 0.0)
    last = [rate or 0.0 for rate, _ in judged[-PATIENCE:]]
    return found if all(rate < (best or 0.0) - DROP - TOLERANCE for rate in last) else None
