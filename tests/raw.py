"""Raw files of real sources, looked at without any reader."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.formats.test_table import TABLE

Counts = tuple[int, int | None, int, int]
"""Trajectories, tool calls, successes and failures; None for calls that the files do not tell in one way."""


def documents(folder: Path, pattern: str) -> Iterator[tuple[Path, object]]:
    """Every JSON value of the files that match, with its file."""
    for path in sorted(folder.glob(pattern)):
        if path.suffix == ".jsonl":
            for line in path.read_text().splitlines():
                if line.strip():
                    yield path, json.loads(line)
        else:
            yield path, json.loads(path.read_text())


def records(folder: Path, pattern: str) -> list[dict[str, Any]]:
    """Those of the values that are objects."""
    return [value for _, value in documents(folder, pattern) if isinstance(value, dict)]


def values(value: object, key: str) -> Iterator[object]:
    """Every value under *key*, however deep."""
    if isinstance(value, dict):
        for name, item in value.items():
            if name == key:
                yield item
            yield from values(item, key)
    elif isinstance(value, list):
        for item in value:
            yield from values(item, key)


def table_of(source: str, *, like: Counts) -> Counts:
    """What the table says of a source; calls are None where *like* did not count them."""
    _, runs, _, calls, success, failure, _, _ = TABLE[source]
    return runs, calls if like[1] is not None else None, success, failure
