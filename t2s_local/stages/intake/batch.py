"""Collect redacted trajectories in batches of one transaction, then screen and pack them."""

from collections.abc import Sequence
from typing import NamedTuple

from msgspec.structs import replace

from t2s_local.packing import packed
from t2s_local.stages.conversations.assemble import Key
from t2s_local.stages.intake.corpus import Outline, outline_of
from t2s_local.stages.intake.screen import screen
from t2s_local.values.funnel import Loss
from t2s_local.values.trajectory import Label, Trajectory, TrajectoryId

_BATCH = 4 << 20
"""Number of characters of trajectories from which on a batch is stored in one transaction."""


class ScreenedBatch(NamedTuple):
    """Redacted trajectories, ready to be stored."""

    keys: list[Key]
    """Ids and sources of the trajectories before they were redacted."""
    rows: list[tuple[TrajectoryId, bytes]]
    """New id and packed bytes of every trajectory."""
    outlines: tuple[Outline, ...]
    """Outlines of the trajectories that analysts may see."""
    losses: tuple[Loss, ...]


def screen_batch(runs: Sequence[tuple[Key, Trajectory]]) -> ScreenedBatch:
    """Screen and pack redacted trajectories; all are stored, but a trajectory that is set aside has no outline."""
    kept = screen(run for _, run in runs)
    return ScreenedBatch(
        keys=[key for key, _ in runs],
        rows=[(run.id, packed(run)) for _, run in runs],
        outlines=tuple(map(outline_of, kept.trajectories)),
        losses=kept.losses,
    )


class IntakeBatch:
    """Redacted trajectories that will be stored together."""

    def __init__(self) -> None:
        """Start empty."""
        self._keys: list[Key] = []
        self._runs: list[Trajectory] = []
        self._size = 0

    @property
    def is_full(self) -> bool:
        """Return whether there are enough characters for a transaction."""
        return self._size >= _BATCH

    def add(self, key: Key, run: Trajectory) -> None:
        """Add the redacted *run*; *key* is its id and source before it was redacted."""
        self._keys.append(key)
        self._runs.append(run)
        self._size += sum(len(step.text) for step in run.steps)

    def drained(self) -> list[tuple[Key, Trajectory]]:
        """Return the runs that were added, with their keys, and empty the batch."""
        runs = list(zip(self._keys, self._runs, strict=True))
        self._keys, self._runs, self._size = [], [], 0
        return runs


def labelled(run: Trajectory, label: Label | None) -> Trajectory:
    """Return *run* with *label* instead of its own label."""
    return run if run.label == label else replace(run, label=label)
