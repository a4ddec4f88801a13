"""Feed parcels from the driver into a Ray Data pipeline, by number, so that a repeated reading gives the same parcels.

The driver alone reads and writes the store, so nothing in the cluster can load a trajectory by itself. The driver sends
parcels, a limited number ahead, to a small actor, from which the only reading task of the pipeline fetches them.
"""

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ray.data import Datasource

READING = 1
"""Number of CPUs for the reading task, which lasts as long as the run; if actors use every CPU, it never starts."""


class Feeder:
    """Actor that contains the parcels that were sent but not yet answered."""

    def __init__(self) -> None:
        """Begin without parcels."""
        self._parcels: dict[int, bytes] = {}
        self._given = 0
        self._is_closed = False
        self._changed = asyncio.Condition()

    async def give(self, number: int, parcel: bytes) -> None:
        """Add the next parcel."""
        async with self._changed:
            self._parcels[number] = parcel
            self._given = number + 1
            self._changed.notify_all()

    async def fetch(self, number: int) -> bytes | None:
        """Wait for the parcel with that number and return it; None if no further parcel will come.

        A parcel that was answered is empty bytes: it is requested only by a repeated reading, whose result is ignored.
        """
        async with self._changed:
            await self._changed.wait_for(lambda: number < self._given or self._is_closed)
            return self._parcels.get(number, b"") if number < self._given else None

    async def forget(self, number: int) -> None:
        """Remove a parcel that was answered."""
        self._parcels.pop(number, None)

    async def close(self) -> None:
        """Note that no further parcel will come."""
        async with self._changed:
            self._is_closed = True
            self._changed.notify_all()


def source(feeder: Any) -> "Datasource":  # noqa: ANN401 - a handle of an actor has no type of its own
    """Return the data source of parcels for Ray Data; a row for each parcel, with ``number`` and ``parcel``."""
    import pyarrow
    import ray
    from ray.data import Datasource, ReadTask
    from ray.data.block import BlockMetadata

    def rows() -> "Iterator[pyarrow.Table]":
        number = 0
        while (parcel := ray.get(feeder.fetch.remote(number))) is not None:
            yield pyarrow.table({"number": [number], "parcel": pyarrow.array([parcel], pyarrow.large_binary())})
            number += 1

    class Feed(Datasource):  # type: ignore[misc]  # the types of Ray are not read: it is optional
        """Data source of the parcels in the order of their numbers."""

        def estimate_inmemory_data_size(self) -> None:
            """Return None, because the size is unknown."""

        def get_read_tasks(self, parallelism: int, *more: object, **named: object) -> list[ReadTask]:
            """Return a single reading task; *parallelism* and the other arguments are ignored."""
            del parallelism, more, named
            unknown = BlockMetadata(num_rows=None, size_bytes=None, exec_stats=None, input_files=None)
            return [ReadTask(rows, unknown)]

    return Feed()
