"""Trees of values, in which every form of a list of records becomes a list of items."""

import re
from collections.abc import Iterator
from itertools import combinations, pairwise
from typing import NamedTuple

from t2s_local.records.json import Record, decode_text

Pattern = tuple[str, ...]
"""Keys from the root to a value, with :data:`ITEM` for an item of any list."""
ITEM = "*"
SIDE_BY_SIDE = "@columns"
KEY = "@key"
"""Mark with the key of an item that was stored under a key."""
_NUMBERED = re.compile(r"[^\d]{0,24}(\d{1,9})")
_MOST_KEYS = 4000
_MOST_CELLS = 8
_DEEPEST = 40
_FEWEST_ITEMS = 2


class Item(NamedTuple):
    """An item of a list, or of an object that is read as a list."""

    key: str | None
    """Key of the item in its object; None in a list."""
    value: object


def joined(pattern: Pattern, key: str) -> Pattern:
    """Return the pattern of an inner value; nested nodes of one kind share a pattern, whatever their depth."""
    if key == ITEM and pattern and (pattern[-1], ITEM) in pairwise(pattern):
        last = pattern[-1]
        return (*pattern[: pattern.index(last) + 1], ITEM)
    if key in pattern and key != ITEM and len(pattern) > _DEEPEST // 2:
        return pattern[: pattern.index(key) + 1]
    return (*pattern, key)


def numbered_keys(value: Record) -> list[str]:
    """Return the keys that number their values, sorted by number; [] unless there are two or more with one prefix."""
    if len(value) > _MOST_KEYS:
        return []
    found = [
        (match[0][: match.start(1)], int(match[1]), key)
        for key in value
        if key[-1:].isdecimal() and (match := _NUMBERED.fullmatch(key))
    ]
    if len(found) < _FEWEST_ITEMS or len({prefix for prefix, _, _ in found}) > 1:
        return []
    inner = [value[key] for _, _, key in found]
    is_alike = all(isinstance(one, dict) for one in inner) or all(isinstance(one, list) for one in inner)
    return [key for _, _, key in sorted(found)] if is_alike else []


def _are_ids(keys: Record) -> bool:
    """Return whether keys are ids: all have digits, or at least three quarters have and all keys are equally long."""
    n_numbered = sum(any(map(str.isdigit, key)) for key in keys)
    return n_numbered == len(keys) or (n_numbered * 4 >= len(keys) * 3 and len({*map(len, keys)}) == 1)


def id_keys(value: Record) -> list[str]:
    """Return the keys of an object with objects, lists or texts under ids; [] for any other object."""
    if not _FEWEST_ITEMS <= len(value) <= _MOST_KEYS or not _are_ids(value):
        return []
    inner = list(value.values())
    if all(isinstance(one, dict) and one for one in inner):
        first = inner[0].keys()
        return list(value) if all(len(first & one.keys()) * 2 > len(first) for one in inner) else []
    is_alike = all(isinstance(one, list) and one for one in inner) or all(isinstance(one, str) for one in inner)
    return list(value) if is_alike else []


def items(value: object, *, is_map: bool = False) -> list[Item] | None:
    """Return the items of a list, or of an object whose keys are ids or numbers; None for any other value.

    Args:
        value: A value.
        is_map: Whether the keys of objects of the value's pattern are known to be ids or numbers.
    """
    if isinstance(value, list):
        return [Item(None, one) for one in value]
    if isinstance(value, dict) and (keys := numbered_keys(value) or id_keys(value)) and len(keys) == len(value):
        return [Item(key, value[key]) for key in keys]
    if is_map and isinstance(value, dict):
        return [Item(key, inner) for key, inner in value.items()]
    return None


def row(value: list[object]) -> Record | None:
    """Return a short list with a text or a number as an object of its positions; None for any other list."""
    if not value or len(value) > _MOST_CELLS or not any(isinstance(cell, str | int) for cell in value):
        return None
    return {f"@{chr(97 + place)}": cell for place, cell in enumerate(value)}


def is_row_list(value: list[object]) -> bool:
    """Return whether a list contains rows: at least two lists, each of a few cells."""
    return len(value) >= _FEWEST_ITEMS and all(isinstance(one, list) and row(one) is not None for one in value)


def columns_in(value: Record) -> list[str]:
    """Return the keys of parallel lists of equal length, at least two; lists that all contain lists do not count."""
    lists = {key: inner for key, inner in value.items() if isinstance(inner, list) and inner}
    by_length: dict[int, list[str]] = {}
    for key, inner in lists.items():
        by_length.setdefault(len(inner), []).append(key)
    several = [
        keys
        for keys in by_length.values()
        if len(keys) > 1 and not all(_holds_lists(lists[key]) for key in keys) and not _differ(value, keys)
    ]
    return max(several, key=len, default=[])


def _differ(value: Record, keys: list[str]) -> bool:
    """Return whether two lists are no columns of one table: same ids in different order, or numbers that continue."""
    columns = [dict(_columns(value[key])) for key in keys]
    for first, second in combinations(columns, 2):
        pairs = [(one, other) for one in first.values() for other in second.values()]
        if any(one != other and len(set(one)) == len(one) and set(one) == set(other) for one, other in pairs):
            return True
        alike = [(first[key], second[key]) for key in first.keys() & second.keys()]
        if any(isinstance(one[0], int) and set(one).isdisjoint(other) for one, other in alike):
            return True
    return False


def _columns(rows: object) -> Iterator[tuple[str, list[object]]]:
    """Yield the fields that are texts in all objects of a list or numbers in all, with their values."""
    if not isinstance(rows, list) or not all(isinstance(one, dict) for one in rows):
        return
    for key in list(rows[0])[:_MOST_CELLS]:
        for kind in (str, int):
            if all(isinstance(one.get(key), kind) and not isinstance(one.get(key), bool) for one in rows):
                yield key, [one[key] for one in rows]


def _holds_lists(value: list[object]) -> bool:
    return any(isinstance(one, list) for one in value)


def zipped(value: Record, keys: tuple[str, ...]) -> list[object]:
    """Return parallel lists as a list of objects."""
    lists = {key: inner for key in keys if isinstance(inner := value.get(key), list)}
    longest = max(map(len, lists.values()), default=0)
    return [
        {key: held[place] if place < len(held) else None for key, held in lists.items()} for place in range(longest)
    ]


def as_json(text: object) -> object:
    """Return the object or list in a JSON text, also if it is the JSON of such a text; None for any other text."""
    if not isinstance(text, str) or text[:1] not in ("{", "[", '"'):
        return None
    inside = decode_text(text)
    if isinstance(inside, str):
        return decode_text(inside) if inside[:1] in ("{", "[") and text[:1] == '"' else None
    return inside if text[:1] != '"' else None
