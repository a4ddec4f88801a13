"""Join what single runs propose in a tree: equal edits become one, and code counts the runs behind it."""

from collections.abc import Iterable, Mapping, Sequence

from t2s_local.values.trajectory import TrajectoryId

FAN_IN = 5
"""Patches that are joined at a time (Trace2Skill, arXiv 2603.25158)."""
MOST_LEVELS = 5

Patch = Mapping[str, frozenset[TrajectoryId]]
"""Identity of each edit to the runs that speak for it."""


def merged(patches: Iterable[Patch]) -> dict[str, frozenset[TrajectoryId]]:
    """Join patches; the order they come in does not show.

    Args:
        patches: One a run.

    Returns:
        Every edit with all runs behind it, by identity.
    """
    level: Sequence[Patch] = list(patches)
    for _ in range(len(widths(len(level))) - 1):
        level = [_joined(level[at : at + FAN_IN]) for at in range(0, len(level), FAN_IN)]
    return dict(sorted(_joined(level).items()))


def widths(count: int) -> tuple[int, ...]:
    """Return how many patches there are at each level of the tree, the last one 1, for at least one patch."""
    found = [max(count, 1)]
    while found[-1] > 1 and len(found) <= MOST_LEVELS:
        found.append(-(-found[-1] // FAN_IN))
    return tuple(found)


def edits_of_round(number: int, *, most: int, rounds: int) -> int:
    """Return how many edits a round may make: from *most* in round 0 down to half of it, along a cosine.

    Args:
        number: Number of the round, from 0.
        most: Edits of the first round.
        rounds: How many rounds there are.
    """
    from math import cos, pi

    least = -(-most // 2)
    if rounds < 2:
        return most
    return round(least + (most - least) / 2 * (1 + cos(pi * number / (rounds - 1))))


def _joined(patches: Iterable[Patch]) -> dict[str, frozenset[TrajectoryId]]:
    found: dict[str, frozenset[TrajectoryId]] = {}
    for patch in patches:
        for edit, runs in patch.items():
            found[edit] = found.get(edit, frozenset()) | runs
    return found
