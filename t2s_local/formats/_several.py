"""Several runs in a row in one file, as a shell appends them to a log."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from t2s_local.ports.format import Quarantined
from t2s_local.records.json import Record, as_object

Item = tuple[int, object] | Quarantined
"""A value of a file with its number, or a report of a part that cannot be read."""


def each_run(
    items: Iterable[Item], opened_by: Callable[[Record], str | None], *, kind: str | None = None
) -> Iterator[Iterator[Item]]:
    """Split the values of a file at each record that starts a run other than the current run.

    Args:
        items: The values, in order; those of a run must be read before the next run is requested.
        opened_by: Returns the name of the run that a record starts; None if it starts none.
        kind: The ``type`` of the records that can start a run, if there is only one: no other record is asked about.
    """
    values = iter(items)
    ahead = list(islice(values, 1))
    current = _name(ahead[0], opened_by) if ahead else None

    def run() -> Iterator[Item]:
        nonlocal current
        yield ahead.pop()
        for item in values:
            if isinstance(item, tuple) and isinstance(record := item[1], dict):
                name = opened_by(record) if kind is None or record.get("type") == kind else None
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
