"""Services that a stage gets in addition to its plug-ins: stores of results and trajectories, a progress display."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from t2s_local.errors import InterruptedRunError
from t2s_local.values.trajectory import Trajectory, TrajectoryId


class Memory(Protocol):
    """Stores finished work by the digest of its input; a workspace is a memory."""

    def item(self, kind: str, key: str) -> bytes | None:
        """Return the value stored under *kind* and *key*; None if there is none."""

    def put_item(self, kind: str, key: str, value: bytes) -> None:
        """Store *value* under *kind* and *key* before returning."""

    def put_items(self, kind: str, values: Mapping[str, bytes]) -> None:
        """Store *values* of one kind by key before returning: either all of them or none."""


class TrajectoryStore(Memory, Protocol):
    """A memory that also stores trajectories; a run of a workspace is such a store."""

    def trajectory(self, trajectory_id: TrajectoryId) -> Trajectory | None:
        """Return the stored trajectory with that id; None if there is none."""

    def put_trajectories(self, rows: Sequence[tuple[TrajectoryId, bytes]]) -> None:
        """Store trajectories, packed by :func:`t2s_local.packing.packed`; they replace trajectories with the same id.

        Either all of them are stored or none.
        """


class Progress(Protocol):
    """Receives reports on the progress of a run, and reports whether the user wants the run to stop."""

    @property
    def is_stopping(self) -> bool:
        """Return whether the run should begin no new item and only finish the items in progress."""

    def stage(self, name: str, total: int | None = None) -> None:
        """Report that a stage begins; *total* is its number of items, None if unknown.

        Raises:
            InterruptedRunError: the user wants the run to stop.
        """

    def begin(self, n: int = 1) -> None:
        """Report that work on *n* items of the stage begins."""

    def step(self, n: int = 1, *, n_remembered: int = 0, n_refused: int = 0) -> None:
        """Report that *n* more items of the stage are done.

        Args:
            n: Number of items.
            n_remembered: Number of these items whose result was already stored.
            n_refused: Number of refusals in these items.
        """


class Silent:
    """Progress that ignores every report and never stops the run."""

    is_stopping = False

    def stage(self, name: str, total: int | None = None) -> None:
        """Ignore that a stage begins."""

    def begin(self, n: int = 1) -> None:
        """Ignore that items are begun."""

    def step(self, n: int = 1, *, n_remembered: int = 0, n_refused: int = 0) -> None:
        """Ignore that items are done."""


def stop_if_asked(progress: Progress) -> None:
    """Raise an error if the user wants the run to stop; to be called between two items, never within an item.

    Raises:
        InterruptedRunError: the user wants the run to stop.
    """
    if progress.is_stopping:
        message = "stopped"
        raise InterruptedRunError(message)
