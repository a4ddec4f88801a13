"""Several runs one after another in one file, as a shell appends them to a log."""

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby

from t2s_local.ports.format import Quarantined
from t2s_local.records.json import Record, as_object

Item = tuple[int, object] | Quarantined
"""A value of a file with its number, or what is wrong with it."""


def each_run(items: Iterable[Item], opened_by: Callable[[Record], str | None]) -> Iterator[Iterator[Item]]:
    """Split the values of a file where a record opens another run than the one before.

    Args:
        items: The values, in order; those of a run have to be read before the next run is asked for.
        opened_by: The name of the run that a record opens; None where it opens none.
    """
    current: str | None = None
    number = 0

    def run_of(item: Item) -> int:
        nonlocal current, number
        if isinstance(item, Quarantined):
            return number
        name = opened_by(as_object(item[1]))
        if name is not None and name != current:
            number += current is not None
            current = name
        return number

    return (run for _, run in groupby(items, run_of))
