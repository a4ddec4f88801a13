"""Merge the edits that single runs propose, level by level: equal edits become one edit with all runs behind it."""

from collections.abc import Iterable, Mapping, Sequence

from t2s_local.values.trajectory import TrajectoryId

FAN_IN = 5
"""Number of patches that are merged into one patch of the next level (Trace2Skill, arXiv 2603.25158)."""
MOST_LEVELS = 5

Patch = Mapping[str, frozenset[TrajectoryId]]
"""Identity of each edit to the runs that support the edit."""


def merged(patches: Iterable[Patch]) -> dict[str, frozenset[TrajectoryId]]:
    """Merge patches; their order does not change the result.

    Args:
        patches: One patch for each run.

    Returns:
        Every edit with all runs behind it, by identity.
    """
    level: Sequence[Patch] = list(patches)
    for _ in range(len(widths(len(level))) - 1):
        level = [_joined(level[at : at + FAN_IN]) for at in range(0, len(level), FAN_IN)]
    return dict(sorted(_joined(level).items()))


def widths(count: int) -> tuple[int, ...]:
    """Return the number of patches at each level of the tree, from *count* (at least 1) down, at most 6 levels."""
    found = [max(count, 1)]
    while found[-1] > 1 and len(found) <= MOST_LEVELS:
        found.append(-(-found[-1] // FAN_IN))
    return tuple(found)


def edits_of_round(number: int, *, most: int, rounds: int) -> int:
    """Return the number of edits that a round may make: from *most* in round 0 down to half of *most*, along a cosine.

    Args:
        number: Number of the round, from 0.
        most: Number of edits in the first round.
        rounds: Number of rounds.
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
