"""Several runs one after another in one file, as a shell appends them to a log."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

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
    values = iter(items)
    ahead = list(islice(values, 1))
    current = _name(ahead[0], opened_by) if ahead else None

    def run() -> Iterator[Item]:
        nonlocal current
        yield ahead.pop()
        for item in values:
            name = opened_by(item[1]) if isinstance(item, tuple) and isinstance(item[1], dict) else None
            if name is not None and name != current:
                is_first, current = current is None, name
                if not is_first:
                    ahead.append(item)
                    return
            yield item

    while ahead:
        yield run()


def _name(item: Item, opened_by: Callable[[Record], str | None]) -> str | None:
    return opened_by(as_object(item[1])) if isinstance(item, tuple) else None
