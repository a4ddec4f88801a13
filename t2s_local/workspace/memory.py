"""A store of results and trajectories in memory, for tests and for runs without a store on disk."""

from collections.abc import Mapping, Sequence

from t2s_local.packing import unpacked
from t2s_local.values.trajectory import Trajectory, TrajectoryId


class MemoryStore:
    """A :class:`t2s_local.ports.services.TrajectoryStore` that keeps everything in two dicts."""

    def __init__(self) -> None:
        """Start empty."""
        self.items: dict[tuple[str, str], bytes] = {}
        self.rows: dict[TrajectoryId, bytes] = {}

    def item(self, kind: str, key: str) -> bytes | None:
        """Return the value stored under *key*, or None."""
        return self.items.get((kind, key))

    def put_item(self, kind: str, key: str, value: bytes) -> None:
        """Store *value* under *key*."""
        self.put_items(kind, {key: value})

    def put_items(self, kind: str, values: Mapping[str, bytes]) -> None:
        """Store *values* of one kind by key."""
        self.items.update({(kind, key): value for key, value in values.items()})

    def trajectory(self, trajectory_id: TrajectoryId) -> Trajectory | None:
        """Return the stored trajectory with that id, or None."""
        row = self.rows.get(trajectory_id)
        return None if row is None else unpacked(row)

    def put_trajectories(self, rows: Sequence[tuple[TrajectoryId, bytes]]) -> None:
        """Store packed trajectories, replacing those with the same id."""
        self.rows.update(rows)
