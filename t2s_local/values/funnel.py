"""Counts of the items that each stage of a run produced, and of the items that were lost, with reasons."""

from collections.abc import Iterable

from t2s_local.values.trajectory import TrajectoryId
from t2s_local.values.value import Value

MOST_NAMED = 200
"""Largest number of recorded runs that are named for one reason; as many as the report lists."""


NOTHING_TO_LEARN = "nothing to learn from: at most one call, which did not fail, and nobody corrected the agent"
"""Reason why a piece of a run taught nothing: it contained nothing to learn, which is nobody's fault."""


class Loss(Value, frozen=True, kw_only=True, order=True, omit_defaults=True):
    """Number of items that one stage of a run dropped for one reason, and the recorded runs that they come from."""

    stage: str
    reason: str
    count: int
    trajectory_ids: tuple[TrajectoryId, ...] = ()
    """Recorded runs that the items come from, the first in the order of ids, sorted; empty if no run is to be named."""
    n_unnamed: int = 0
    """Number of further recorded runs that the items come from."""

    @property
    def words(self) -> str:
        """Count and reason for a person."""
        if self.reason != NOTHING_TO_LEARN:
            return f"{self.count:,} × {self.reason}"
        return f"{self.count:,} {'piece of a run' if self.count == 1 else 'pieces of runs'} had {self.reason}"


class Funnel(Value, frozen=True, kw_only=True):
    """Counts of the items that each stage of a run produced, and of the items that were lost, with reasons."""

    counts: dict[str, int]
    """In stage order: ``files``, ``read``, ``sliced``, ``lessons``, ``unique``, ``clustered``, ``in_skills`` …"""
    losses: tuple[Loss, ...] = ()


def tally(losses: Iterable[Loss]) -> tuple[Loss, ...]:
    """Sum losses with the same stage and reason, and name at most :data:`MOST_NAMED` runs of each sum; sorted.

    Runs that a loss counts without names are assumed to differ from the runs of every other loss.
    """
    sums: dict[tuple[str, str], int] = {}
    runs: dict[tuple[str, str], set[TrajectoryId]] = {}
    unnamed: dict[tuple[str, str], int] = {}
    for loss in losses:
        key = (loss.stage, loss.reason)
        sums[key] = sums.get(key, 0) + loss.count
        runs.setdefault(key, set()).update(loss.trajectory_ids)
        unnamed[key] = unnamed.get(key, 0) + loss.n_unnamed
    return tuple(
        Loss(
            stage=key[0],
            reason=key[1],
            count=count,
            trajectory_ids=tuple(sorted(runs[key])[:MOST_NAMED]),
            n_unnamed=unnamed[key] + max(len(runs[key]) - MOST_NAMED, 0),
        )
        for key, count in sorted(sums.items())
    )
