"""Raw files of real sources, looked at without any reader."""

import json
from collections.abc import Iterator
from pathlib import Path

Counts = tuple[int, int | None, int | None, int | None]
"""Trajectories, tool calls, successes and failures; None for what the files do not say in one place."""


def documents(folder: Path, pattern: str) -> Iterator[tuple[Path, object]]:
    """Every JSON value of the files that match, with its file."""
    for path in sorted(folder.glob(pattern)):
        if path.suffix == ".jsonl":
            for line in path.read_text().splitlines():
                if line.strip():
                    yield path, json.loads(line)
        else:
            yield path, json.loads(path.read_text())


def records(folder: Path, pattern: str) -> list[dict[str, object]]:
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
