"""How parcels come from the driver into a Ray Data pipeline: by number, so that a reading done again is the same.

The driver alone reads and writes the store, so nothing in the cluster can load a trajectory by itself. It hands parcels
to a small actor as there is room for them; the one reading task of the pipeline fetches them from there.
"""

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ray.data import Datasource

READING = 1
"""CPUs the reading task takes. It lasts as long as the run: where actors take every CPU, it never begins."""


class Feeder:
    """Holds the parcels that are under way; an actor."""

    def __init__(self) -> None:
        """Begin with none."""
        self._parcels: dict[int, bytes] = {}
        self._given = 0
        self._is_closed = False
        self._changed = asyncio.Condition()

    async def give(self, number: int, parcel: bytes) -> None:
        """Take in the next parcel."""
        async with self._changed:
            self._parcels[number] = parcel
            self._given = number + 1
            self._changed.notify_all()

    async def fetch(self, number: int) -> bytes | None:
        """The parcel of that number, once there is one; None where there will be none.

        One that was answered is empty: it is asked for only where the reading is done again, and thrown away.
        """
        async with self._changed:
            await self._changed.wait_for(lambda: number < self._given or self._is_closed)
            return self._parcels.get(number, b"") if number < self._given else None

    async def forget(self, number: int) -> None:
        """A parcel was answered."""
        self._parcels.pop(number, None)

    async def close(self) -> None:
        """There will be no more."""
        async with self._changed:
            self._is_closed = True
            self._changed.notify_all()


def source(feeder: Any) -> "Datasource":  # noqa: ANN401 - a handle of an actor has no type of its own
    """Return the source that Ray Data reads parcels from, one row each: ``number`` and ``parcel``."""
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
        """Parcels in the order they were given."""

        def estimate_inmemory_data_size(self) -> None:
            """Unknown."""

        def get_read_tasks(self, parallelism: int, *more: object, **named: object) -> list[ReadTask]:
            """One task, whatever *parallelism* asks for."""
            del parallelism, more, named
            unknown = BlockMetadata(num_rows=None, size_bytes=None, exec_stats=None, input_files=None)
            return [ReadTask(rows, unknown)]

    return Feed()
