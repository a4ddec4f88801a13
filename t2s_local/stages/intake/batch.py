"""Batches: clean trajectories gathered until there are enough for one transaction, then screened and packed."""

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


class IntakeBatch:
    """Clean trajectories that are stored together."""

    def __init__(self) -> None:
        """Start empty."""
        self._keys: list[Key] = []
        self._runs: list[Trajectory] = []
        self._size = 0

    @property
    def is_full(self) -> bool:
        """Whether there is enough for a transaction."""
        return self._size >= _BATCH

    def add(self, key: Key, run: Trajectory) -> None:
        """Add the clean *run*, which was called *key* before it was cleaned."""
        self._keys.append(key)
        self._runs.append(run)
        self._size += sum(len(step.text) for step in run.steps)

    def screened(self) -> ScreenedBatch:
        """Screen the batch, return it ready to store, and start an empty one."""
        kept = screen(self._runs)
        rows = [(run.id, packed(run)) for run in self._runs]
        ready = ScreenedBatch(self._keys, rows, tuple(map(outline_of, kept.trajectories)), kept.losses)
        self._keys, self._runs, self._size = [], [], 0
        return ready


def labelled(run: Trajectory, label: Label | None) -> Trajectory:
    """Return *run* under *label*."""
    return run if run.label == label else replace(run, label=label)
