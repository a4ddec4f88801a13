"""Services a stage is given beside its plug-ins: a memory, a shelf of trajectories, somebody to tell how far it is."""

from collections.abc import Sequence
from typing import Protocol

from t2s_local.errors import InterruptedRunError
from t2s_local.values.trajectory import Trajectory, TrajectoryId


class Memory(Protocol):
    """Remembers finished work by content; a workspace is one."""

    def item(self, kind: str, key: str) -> bytes | None:
        """The value stored under *key*, or None."""

    def put_item(self, kind: str, key: str, value: bytes) -> None:
        """Store *value* under *key* before returning."""


class TrajectoryStore(Memory, Protocol):
    """Remembers trajectories too; a run of a workspace is one."""

    def trajectory(self, trajectory_id: TrajectoryId) -> Trajectory | None:
        """The stored trajectory with that id, or None."""

    def put_trajectories(self, rows: Sequence[tuple[TrajectoryId, bytes]]) -> None:
        """Store trajectories as :func:`t2s_local.packing.packed` makes them, replacing those with the same id.

        All of them or none are stored.
        """


class Progress(Protocol):
    """Is told how far a run is, and says when the user wants it to stop."""

    @property
    def is_stopping(self) -> bool:
        """Return whether to begin nothing new and only finish what is under way."""

    def stage(self, name: str, total: int | None = None) -> None:
        """A stage begins; *total* is the number of items it will work through, None where that is not known.

        Raises:
            InterruptedRunError: the user wants the run to stop.
        """

    def begin(self, n: int = 1) -> None:
        """Count *n* items of the stage that are under way from now on."""

    def step(self, n: int = 1, *, n_remembered: int = 0, n_refused: int = 0) -> None:
        """Another *n* items of the stage are done.

        Args:
            n: Items.
            n_remembered: Those among them whose result was stored already.
            n_refused: What was refused in them.
        """


class Silent:
    """Progress of a run nobody follows: it takes no note of anything and never stops it."""

    is_stopping = False

    def stage(self, name: str, total: int | None = None) -> None:
        """Begin a stage."""

    def begin(self, n: int = 1) -> None:
        """Count items under way."""

    def step(self, n: int = 1, *, n_remembered: int = 0, n_refused: int = 0) -> None:
        """Count items."""


def stop_if_asked(progress: Progress) -> None:
    """Go on unless the user wants the run to stop: called between two items, never within one.

    Raises:
        InterruptedRunError: the user does.
    """
    if progress.is_stopping:
        message = "stopped"
        raise InterruptedRunError(message)
