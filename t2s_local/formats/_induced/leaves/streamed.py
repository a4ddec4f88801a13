"""Pieces of one message in several records, joined by its id; and facts of one record in several rows."""

from collections import Counter
from itertools import groupby

from t2s_local.formats._induced.leaves.trees import as_json
from t2s_local.records.json import Record

_FEWEST = 4
_MOST_KEYS = 8
_LONGEST = 60
_FACT_KEYS = 3
_MOST_NAMES = 24


def with_whole_messages(values: list[object]) -> list[object]:
    """Return records in which the pieces of one message are joined; the same records if there are no such pieces.

    Pieces follow each other, have the same id, and differ in one text alone.
    """
    records = [one for one in values if isinstance(one, dict) and len(one) <= _MOST_KEYS]
    if len(records) < max(_FEWEST, len(values)):
        return values
    for key in [key for key, inner in records[0].items() if isinstance(inner, str)]:
        groups = [list(some) for _, some in groupby(records, key=lambda one: str(one.get(key)))]
        ids = [some[0].get(key) for some in groups]
        is_id = all(isinstance(one, str) and len(one) <= _LONGEST and any(map(str.isdigit, one)) for one in ids)
        if is_id and len({*map(str, ids)}) == len(ids) and 1 < len(groups) < len(records):
            made = [_joined(some) for some in groups]
            if all(one is not None for one in made) and any(len(some) > 2 for some in groups):
                return list(made)
    return values


def _joined(pieces: list[Record]) -> Record | None:
    """Return pieces as one record; None if they differ in more than one text."""
    first = pieces[0]
    if any(one.keys() != first.keys() for one in pieces):
        return None
    varied = [key for key in first if any(one[key] != first[key] for one in pieces)]
    texts = [key for key in varied if all(isinstance(one[key], str) for one in pieces)]
    counts = [key for key in varied if all(isinstance(one[key], int | float) for one in pieces)]
    if len(pieces) > 1 and (len(texts) != 1 or len(texts) + len(counts) < len(varied)):
        return None
    return {**first, **{key: "".join(str(one[key]) for one in pieces) for key in texts}}


def with_whole_facts(values: list[object]) -> list[object]:
    """Return rows of entity, attribute and value as one record an entity; the same rows if they are none."""
    rows = [one for one in values if isinstance(one, dict) and len(one) == _FACT_KEYS]
    if len(rows) < max(_FEWEST, len(values)) or len({tuple(one) for one in rows}) > 1:
        return values
    for name in rows[0]:
        words = Counter(str(one[name]) for one in rows)
        if not 1 < len(words) <= _MOST_NAMES or not all(isinstance(one[name], str) and one[name] for one in rows):
            continue
        for entity in [key for key in rows[0] if key != name]:
            value = next(key for key in rows[0] if key not in (name, entity))
            if (made := _entities(rows, entity, name, value)) is not None:
                return made
    return values


def _entities(rows: list[Record], entity: str, name: str, value: str) -> list[object] | None:
    """Return one record for each entity; None if an entity has an attribute twice, or most have only one."""
    if not all(isinstance(one[entity], int | str) and len(str(one[entity])) <= _LONGEST for one in rows):
        return None
    made: dict[object, Record] = {}
    for one in rows:
        record = made.setdefault(one[entity], {entity: one[entity]})
        if one[name] in record:
            return None
        inside = as_json(one[value])
        record[one[name]] = one[value] if inside is None else inside
    return list(made.values()) if 2 * len(made) <= len(rows) and len(made) > 1 else None
