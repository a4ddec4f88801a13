"""Count the trials of skills in the evidence log: uses of a skill in recorded runs that helped or hurt."""

import math

import msgspec

from t2s_local.values.event import ASIDE, STATE_KINDS, USED, Event
from t2s_local.values.value import Value

TOLERANCE = 1e-9


class Standing(Value, frozen=True, kw_only=True):
    """Counts of the trials of one skill since it was written, or since it was brought back after retirement."""

    n_success: int = 0
    n_failure: int = 0
    n_uses: int = 0
    """Number of uses that loaded the skill, whatever their outcome."""
    last_at: str | None = None
    """Time of the last use that loaded the skill; None if there is none."""

    @property
    def n_trials(self) -> int:
        """Number of uses that helped or hurt."""
        return self.n_success + self.n_failure

    @property
    def balance(self) -> float | None:
        """Balance, (successes - failures) / trials, in [-1, 1]; None without a trial."""
        return (self.n_success - self.n_failure) / self.n_trials if self.n_trials else None


NOTHING_KNOWN = Standing()


class _Sum(msgspec.Struct):
    n_success: int = 0
    n_failure: int = 0
    n_uses: int = 0
    last_at: str | None = None
    is_aside: bool = False


class Standings:
    """Sums the events of an evidence log, one at a time."""

    def __init__(self) -> None:
        """Begin with no event."""
        self._sums: dict[str, _Sum] = {}

    def add(self, event: Event) -> None:
        """Add one event; the counts of a skill that is brought back begin at 0 again."""
        if event.kind != USED and event.kind not in STATE_KINDS:
            return
        known = self._sums.get(event.skill)
        if known is None:
            known = self._sums[event.skill] = _Sum()
        if event.kind in STATE_KINDS:
            if known.is_aside and event.kind not in ASIDE:
                self._sums[event.skill] = _Sum()
            else:
                known.is_aside = event.kind in ASIDE
            return
        if event.use in ("loaded", "followed"):
            known.n_uses += 1
            known.last_at = event.at
        sign = trial_of(event)
        known.n_success += sign == 1
        known.n_failure += sign == -1

    def of(self, name: str) -> Standing:
        """Return the standing of one skill so far."""
        one = self._sums.get(name)
        return NOTHING_KNOWN if one is None else _standing(one)

    def all(self) -> dict[str, Standing]:
        """Return the standing of every skill with an event, by name."""
        return {name: _standing(one) for name, one in sorted(self._sums.items())}


def _standing(one: _Sum) -> Standing:
    return Standing(n_success=one.n_success, n_failure=one.n_failure, n_uses=one.n_uses, last_at=one.last_at)


def trial_of(event: Event) -> int:
    """Return 1 for a use that helped, -1 for a use that hurt, 0 for every other event.

    The verdict decides. An event without a verdict, such as another program writes, counts by the outcome of its run if
    the run loaded the skill.
    """
    if event.kind != USED:
        return 0
    if event.verdict is not None:
        return (event.verdict == "helped") - (event.verdict == "hurt")
    if event.use in ("loaded", "followed"):
        return (event.outcome == "success") - (event.outcome == "failure")
    return 0


def drift_bound(n_trials: int, delta: float) -> float:
    """Return the error of a share measured in *n_trials* that chance exceeds with probability at most *delta*.

    This is the two-sided bound of Hoeffding.
    """
    return math.sqrt(math.log(2 / delta) / (2 * n_trials))
