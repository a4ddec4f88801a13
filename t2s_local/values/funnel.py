"""Counts of the items that each stage of a run produced, and of the items that were lost, with reasons."""

from collections.abc import Iterable

from t2s_local.values.value import Value


class Loss(Value, frozen=True, kw_only=True, order=True):
    """Number of items that one stage of a run dropped for one reason."""

    stage: str
    reason: str
    count: int


class Funnel(Value, frozen=True, kw_only=True):
    """Counts of the items that each stage of a run produced, and of the items that were lost, with reasons."""

    counts: dict[str, int]
    """In stage order: ``files``, ``read``, ``sliced``, ``lessons``, ``unique``, ``clustered``, ``in_skills`` …"""
    losses: tuple[Loss, ...] = ()


def tally(losses: Iterable[Loss]) -> tuple[Loss, ...]:
    """Sum losses with the same stage and reason; sorted."""
    sums: dict[tuple[str, str], int] = {}
    for loss in losses:
        key = (loss.stage, loss.reason)
        sums[key] = sums.get(key, 0) + loss.count
    return tuple(Loss(stage=stage, reason=reason, count=count) for (stage, reason), count in sorted(sums.items()))
