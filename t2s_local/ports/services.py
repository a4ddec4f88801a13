"""What a stage is given to work with, beside its plug-ins. The workspace and ``cli`` provide it."""

from collections.abc import Sequence
from typing import Protocol

from t2s_local.values.trajectory import Trajectory, TrajectoryId


class Memory(Protocol):
    """Remembers finished work by content; a workspace is one."""

    def item(self, kind: str, key: str) -> bytes | None:
        """The value stored under *key*, or None."""

    def put_item(self, kind: str, key: str, value: bytes) -> None:
        """Store *value* under *key* before returning."""


class Shelf(Memory, Protocol):
    """Remembers trajectories too; a run of a workspace is one."""

    def trajectory(self, trajectory_id: TrajectoryId) -> Trajectory | None:
        """The stored trajectory with that id, or None."""

    def put_trajectories(self, rows: Sequence[tuple[TrajectoryId, bytes]]) -> None:
        """Store trajectories as :func:`t2s_local.workspace.packed` makes them, replacing those with the same id.

        All of them or none are stored.
        """


class Progress(Protocol):
    """Is told how far a run is, and says when the user wants it to stop."""

    @property
    def is_stopping(self) -> bool:
        """Whether to begin nothing new and only finish what is under way."""

    def stage(self, name: str, total: int | None = None) -> None:
        """A stage begins; *total* is the number of items it will work through, None where that is not known.

        Raises:
            InterruptedRunError: the user wants the run to stop.
        """

    def step(self, n: int = 1, *, n_remembered: int = 0, n_refused: int = 0) -> None:
        """Another *n* items of the stage are done.

        Args:
            n: Items.
            n_remembered: Those among them whose result was stored already.
            n_refused: What was refused in them.
        """
