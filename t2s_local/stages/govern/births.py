"""Bound the growth of a library: how many new skills it gets in a round, and how long their evidence counts as recent.

The numbers are those of Ratchet (arXiv 2605.22148).
"""

from collections import Counter
from collections.abc import Iterable

from t2s_local.stages.govern.rounds import Rounds
from t2s_local.values.event import VERSION_KINDS, Event
from t2s_local.values.value import Value

MOST_BIRTHS = 2
"""Largest number of new skills in a round of 30 judged runs."""
LOOK_BACK = 6
"""Number of rounds after which a waiting skill that no further run supports is added only if a person accepts it."""
FULL = f"a library that is judged by its use gets {MOST_BIRTHS} new skills a round"
STALE = f"no run of the last {LOOK_BACK} rounds supports it"


class Newborn(Value, frozen=True, kw_only=True):
    """A skill that a run wrote and that its library has never contained."""

    name: str
    digest: str
    """Digest of the skill's files, which change with every further run that supports the skill."""
    support: int


class Births:
    """Collects the events of an evidence log, one at a time, and returns which new skills have to wait."""

    def __init__(self) -> None:
        """Begin with no event."""
        self._rounds = Rounds()
        self._born: dict[str, int] = {}
        self._waits: dict[tuple[str, str | None], int] = {}

    def add(self, event: Event) -> None:
        """Add one event of the log."""
        self._rounds.add(event)
        if event.kind == "proposed":
            self._waits.setdefault((event.skill, event.digest), self._rounds.n_whole)
        elif event.kind in VERSION_KINDS:
            self._born.setdefault(event.skill, self._rounds.n_whole)

    def waiting(self, new: Iterable[Newborn], *, n_leaving: int = 0) -> dict[str, str]:
        """Return the new skills that are not added now, with the reason; none if no round is complete.

        Two skills are added in each round, skills with the largest support first. A skill that has waited for six
        rounds without a further run to support it waits until a person accepts it.

        Args:
            new: The new skills.
            n_leaving: Number of skills that the same run sets aside: as many more new skills are added, since a new
                skill may be such a skill under another name, or a part of it.
        """
        now = self._rounds.n_whole
        if not now:
            return {}
        room = MOST_BIRTHS + n_leaving - Counter(self._born.values())[now]
        found: dict[str, str] = {}
        for one in sorted(new, key=lambda one: (-one.support, one.name)):
            if now - self._waits.get((one.name, one.digest), now) >= LOOK_BACK:
                found[one.name] = STALE
            elif room > 0:
                room -= 1
            else:
                found[one.name] = FULL
        return found
