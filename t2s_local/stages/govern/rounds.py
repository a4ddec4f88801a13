"""Rounds of 30 recorded runs: how often skills helped in each, and when a library had better go back."""

from collections.abc import Sequence

from t2s_local.stages.govern.standing import TOLERANCE, trial_of
from t2s_local.values.event import Event
from t2s_local.values.value import Value

WINDOW = 30
"""Runs of a round."""
DROP = 0.10
"""A round this far below the best is a bad one."""
PATIENCE = 5
"""Bad rounds running from which on the library goes back to the best one."""


class Round(Value, frozen=True, kw_only=True):
    """Uses of skills in some runs of a log that follow each other."""

    n_helped: int
    n_hurt: int
    at: str
    """Time of its last event: the library was then as it is to be again."""

    @property
    def help_rate(self) -> float | None:
        """Share of uses that helped; None without a use that helped or hurt."""
        n_judged = self.n_helped + self.n_hurt
        return self.n_helped / n_judged if n_judged else None


class Rounds:
    """Parts the events of a log into rounds, one after the other."""

    def __init__(self) -> None:
        """Begin the first round."""
        self.whole: list[Round] = []
        self._runs: set[str] = set()
        self._helped = self._hurt = 0
        self._at = ""

    def add(self, event: Event) -> None:
        """Take in one event; a round ends before the first event of its 31st run that a skill was used in."""
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

    def all(self) -> tuple[Round, ...]:
        """Return the rounds that are whole, oldest first."""
        return (*self.whole, *([self._round()] if len(self._runs) == WINDOW else ()))

    def _end(self) -> None:
        self.whole.append(self._round())
        self._runs = set()
        self._helped = self._hurt = 0

    def _round(self) -> Round:
        return Round(n_helped=self._helped, n_hurt=self._hurt, at=self._at)


def better_round(rounds: Sequence[Round]) -> Round | None:
    """Return the best round where the last five are each more than .10 below it; None where they are not."""
    judged = [(one.help_rate, one) for one in rounds if one.help_rate is not None]
    if len(judged) <= PATIENCE:
        return None
    best, found = max(judged[:-PATIENCE], key=lambda pair: pair[0] or 0.0)
    last = [rate or 0.0 for rate, _ in judged[-PATIENCE:]]
    return found if all(rate < (best or 0.0) - DROP - TOLERANCE for rate in last) else None
