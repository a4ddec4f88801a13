"""Search of lists of records in the values of an unknown file."""

from collections import Counter
from collections.abc import Iterator

from t2s_local.records.json import Record
from t2s_local.records.paths.paths import EVERY, LONGEST, Parts, numbered, written
from t2s_local.values.layout import (
    RunPaths,
)

_FEW = 5
_DEPTH = 4
_MOST_SHAPES = 6
"""Most places of lists that are tried."""


def shapes_in(values: list[object]) -> Iterator[RunPaths]:
    """Yield possible places of runs and steps: lists of records, the outer lists first."""
    found: dict[Parts, None] = {}
    for value in values[:8]:
        found.update(dict.fromkeys(_lists(value, ())))
    for parts in list(found)[:_MOST_SHAPES]:
        bounds = [place + 1 for place, part in enumerate(parts) if part is EVERY]
        for bound in bounds[-2::-1] if len(bounds) > 1 else []:
            yield _shape(parts[:bound], parts[bound : bounds[bounds.index(bound) + 1]])
        yield _shape((), parts[: bounds[0]] if bounds else parts)
    if len(values) > 1:
        yield RunPaths(each="file")
        yield from (RunPaths(each="file", by=(written((key,), is_absolute=False),)) for key in _run_keys(values))


def _run_keys(values: list[object]) -> list[str]:
    """Return the fields that may name the run of a record: at least two marks, each in several records."""
    records = [value for value in values if isinstance(value, dict)]
    counts = (
        {key: Counter(str(record.get(key)) for record in records) for key in records[0] if len(key) < LONGEST // 4}
        if records
        else {}
    )
    return [
        key
        for key, found in counts.items()
        if len(found) > 1 and 3 * len(found) <= len(records) and all(" " not in mark for mark in found)
    ][:_FEW]


def _shape(at: Parts, steps: Parts) -> RunPaths:
    return RunPaths(at=(written(at, is_absolute=True),), steps=(written(steps, is_absolute=False),))


def _lists(value: object, parts: Parts) -> Iterator[Parts]:
    """Yield the paths of lists of records, and of objects that contain such lists under ids."""
    if len(parts) > _DEPTH * 2:
        return
    items = value if isinstance(value, list) else numbered(value) if isinstance(value, dict) else []
    records = [item for item in items if isinstance(item, dict)]
    if records and len(records) == len(items):
        inner = [path for item in records[:3] for path in _lists_in(item, (*parts, EVERY))]
        yield from inner or [(*parts, EVERY)]
    elif items and all(isinstance(item, list) and any(isinstance(cell, str) for cell in item) for item in items):
        yield (*parts, EVERY)
    elif isinstance(value, dict) and _are_runs(value):
        yield from dict.fromkeys(path for item in list(value.values())[:3] for path in _lists(item, (*parts, EVERY)))
    elif isinstance(value, dict):
        yield from _lists_in(value, parts)


def _are_runs(value: Record) -> bool:
    """Return whether an object contains runs under their ids: objects or lists under keys with digits."""
    items = list(value.values())
    ids = all(any(map(str.isdigit, key)) for key in value)
    return (
        len(items) > 1
        and ids
        and (all(isinstance(one, dict) for one in items) or all(isinstance(one, list) for one in items))
    )


def _lists_in(record: Record, parts: Parts) -> Iterator[Parts]:
    for key, inner in record.items():
        if len(key) < LONGEST // 4 and isinstance(inner, dict | list):
            yield from _lists(inner, (*parts, key))
