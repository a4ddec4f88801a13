"""Batches: clean trajectories gathered until there are enough for one transaction, then screened and packed."""

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
"""Characters of trajectories stored in one transaction."""


class ScreenedBatch(NamedTuple):
    """Clean trajectories, ready to be stored."""

    keys: list[Key]
    """Ids and sources before they were cleaned."""
    rows: list[tuple[TrajectoryId, bytes]]
    outlines: tuple[Outline, ...]
    """Of the trajectories that analysts may see."""
    losses: tuple[Loss, ...]


def screen_batch(runs: Sequence[tuple[Key, Trajectory]]) -> ScreenedBatch:
    """Screen clean trajectories and pack them, ready to be stored; those set aside are stored too, and not outlined."""
    kept = screen(run for _, run in runs)
    return ScreenedBatch(
        keys=[key for key, _ in runs],
        rows=[(run.id, packed(run)) for _, run in runs],
        outlines=tuple(map(outline_of, kept.trajectories)),
        losses=kept.losses,
    )


class IntakeBatch:
    """Clean trajectories that are stored together."""

    def __init__(self) -> None:
        """Start empty."""
        self._keys: list[Key] = []
        self._runs: list[Trajectory] = []
        self._size = 0

    @property
    def is_full(self) -> bool:
        """Return whether there is enough for a transaction."""
        return self._size >= _BATCH

    def add(self, key: Key, run: Trajectory) -> None:
        """Add the clean *run*, which was called *key* before it was cleaned."""
        self._keys.append(key)
        self._runs.append(run)
        self._size += sum(len(step.text) for step in run.steps)

    def drained(self) -> list[tuple[Key, Trajectory]]:
        """Return what was added, and start an empty batch."""
        runs = list(zip(self._keys, self._runs, strict=True))
        self._keys, self._runs, self._size = [], [], 0
        return runs


def labelled(run: Trajectory, label: Label | None) -> Trajectory:
    """Return *run* under *label*."""
    return run if run.label == label else replace(run, label=label)
