"""Files with the steps of several runs in one list, split by an index in another list."""

from collections.abc import Iterator, Sequence
from itertools import pairwise, permutations

_DEEPEST = 3
_MOST_ENTRIES = 10_000
_MOST_FIELDS = 6


def is_parted_by_index(value: object) -> bool:
    """Return whether *value* contains a list and another list whose entries state first and last place of each part.

    The parts must cover the list from its first to its last place, without gap or overlap, counted from 0 or 1.
    """
    lists = list(_lists(value, _DEEPEST))
    lengths = {len(found) for found in lists}
    return any(
        1 < len(entries) < length and _covers(entries, length)
        for entries in lists
        for length in lengths
        if len(entries) <= _MOST_ENTRIES
    )


def _lists(value: object, depth: int) -> Iterator[Sequence[dict[str, object]]]:
    """Yield the lists of objects in *value*."""
    if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        yield value
    elif isinstance(value, dict) and depth:
        for item in value.values():
            yield from _lists(item, depth - 1)


def _covers(entries: Sequence[dict[str, object]], length: int) -> bool:
    """Return whether two whole numbers of each entry bound its part of a list of *length*."""
    fields = [name for name, item in entries[0].items() if isinstance(item, int) and not isinstance(item, bool)]
    for first, last in permutations(fields[:_MOST_FIELDS], 2):
        bounds = [(entry.get(first), entry.get(last)) for entry in entries]
        numbers = sorted(pair for pair in bounds if all(isinstance(one, int) for one in pair))
        if len(numbers) == len(entries) and _is_whole(numbers, length):
            return True
    return False


def _is_whole(bounds: Sequence[tuple[object, object]], length: int) -> bool:
    numbers = [(int(str(first)), int(str(last))) for first, last in bounds]
    begin, end = numbers[0][0], numbers[-1][1]
    for step in (0, 1):
        is_joined = all(one[1] + step == other[0] for one, other in pairwise(numbers))
        if is_joined and begin in (0, 1) and end + step == begin + length and all(a <= b for a, b in numbers):
            return True
    return False
