"""Removal of repetition: records nested in the record before, and lists that repeat all earlier messages."""

from collections import Counter
from itertools import pairwise

from t2s_local.records.json import Record

_FEWEST = 3
_DEEPEST = 2000


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
    """Return records without the history that each repeats: only the new part of their lists is kept."""
    records = [one for one in values if isinstance(one, dict)]
    keys = Counter(key for one in records for key, inner in one.items() if isinstance(inner, list))
    for key in [key for key, count in keys.items() if count > 1 and count * 2 > len(values)]:
        held = [one for one in records if isinstance(one.get(key), list)]
        pairs = [(one[key], other[key]) for one, other in pairwise(held)]
        if sum(bool(a) and len(a) < len(b) and b[: len(a)] == a for a, b in pairs) * 2 > len(pairs):
            news = {id(one): _news(one, before, key) for before, one in pairwise(held)}
            return [news.get(id(one), one) for one in values]
    return values


def _news(record: Record, before: Record, key: str) -> Record:
    """Return a record with only the new part of its list, and without the text already in the record before."""
    old, new = before[key], record[key]
    if new[: len(old)] != old:
        return record
    told = [inner for name, inner in before.items() if name != key]
    rest = new[len(old) :]
    return {**record, key: rest[1:] if rest and rest[0] in told else rest}
