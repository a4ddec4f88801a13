"""Removal of repetition: records nested in the record before, and lists or texts that repeat what was said before."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from t2s_local.records.budget import count_search
from t2s_local.records.json import Record

_FEWEST = 3
_DEEPEST = 2000
_LEVELS = 3
_MOST_KEYS = 24
"""Most texts of a record of which two may be joined."""
Path = tuple[str, ...]


def unchained(value: Record) -> tuple[str, list[Record]] | None:
    """Return the key and the records of a chain of nested objects inside *value*; None if it has none."""
    for first, inner in value.items():
        if isinstance(inner, dict) and (key := _link(inner)) is not None:
            made: list[Record] = []
            node: object = inner
            while isinstance(node, dict) and len(made) < _DEEPEST:
                made.append({name: held for name, held in node.items() if name != key})
                node = node.get(key)
            if len(made) >= _FEWEST:
                return first, made
    return None


def _link(node: Record) -> str | None:
    """Return the key under which records are nested twice in *node*, one inside the other; None if there is none."""
    for key, inner in node.items():
        if isinstance(inner, dict) and isinstance(inner.get(key), dict):
            return key
    return None


def without_history(values: list[object]) -> list[object]:
    """Return records without the history that each repeats: only the new part of their lists is kept.

    Of records with a text that begins with the texts of the record before, the last is kept, with its texts joined.
    """
    records = [one for one in values if isinstance(one, dict)]
    if len(records) > 1 and len(records) == len(values) and (whole := _told_at_last(records)) is not None:
        return [whole]
    paths = Counter(path for one in records for path in _lists(one))
    for path in [path for path, count in paths.items() if count > 1 and count * 2 > len(values)]:
        held = [one for one in records if isinstance(_at(one, path), list)]
        pairs = [(_list(one, path), _list(other, path)) for one, other in pairwise(held)]
        n_grown = sum(bool(a) and len(a) < len(b) and b[: len(a)] == a for a, b in pairs)
        n_whole = sum(bool(a) and b[: len(a)] == a for a, b in pairs)
        if n_grown * 2 > len(pairs) or (n_grown and n_whole == len(pairs)):
            news = {id(one): _news(one, before, path) for before, one in pairwise(held)}
            return [news.get(id(one), one) for one in values]
    return values


def _lists(record: Record, path: Path = ()) -> Iterator[Path]:
    """Yield the paths to the lists in a record and in the objects in it."""
    for key, inner in record.items():
        if isinstance(inner, list):
            yield (*path, key)
        elif isinstance(inner, dict) and len(path) + 1 < _LEVELS:
            yield from _lists(inner, (*path, key))


def _at(record: Record, path: Path) -> object:
    held: object = record
    for key in path:
        held = held.get(key) if isinstance(held, dict) else None
    return held


def _list(record: Record, path: Path) -> list[object]:
    held = _at(record, path)
    return held if isinstance(held, list) else []


def _news(record: Record, before: Record, path: Path) -> Record:
    """Return a record with only the new part of its list, and without the text already in the record before."""
    old, new = _list(before, path), _list(record, path)
    if new[: len(old)] != old:
        return record
    told = [inner for name, inner in before.items() if name != path[0]]
    rest = new[len(old) :]
    return _with(record, path, rest[1:] if rest and rest[0] in told else rest)


def _with(record: Record, path: Path, rest: list[object]) -> Record:
    """Return a record with another list at a path."""
    inner = record[path[0]]
    return {**record, path[0]: rest if len(path) == 1 or not isinstance(inner, dict) else _with(inner, path[1:], rest)}


def _told_at_last(records: list[Record]) -> Record | None:
    """Return the last record with two texts joined, if their joined texts begin each next record; otherwise None."""
    keys, others = ([key for key, inner in one.items() if isinstance(inner, str)] for one in (records[0], records[-1]))
    if len(keys) > _MOST_KEYS or len(others) > _MOST_KEYS:
        return None
    for key in keys:
        prompts = [inner for one in records if isinstance(inner := one.get(key), str)]
        count_search(len(records))
        if len(set(prompts)) < len(records) or not all(b.startswith(a) for a, b in pairwise(prompts)):
            continue
        for other in others:
            count_search(len(records))
            if other != key and all(_goes_on(a, b, key, other) for a, b in pairwise(records)):
                return {**records[-1], key: f"{records[-1][key]}{records[-1][other]}", other: None}
    return None


def _goes_on(one: Record, after: Record, key: str, other: str) -> bool:
    """Return whether a record's text under *key* begins with both texts of the record before."""
    said = one.get(other)
    return isinstance(said, str) and str(after[key]).startswith(f"{one[key]}{said}")
