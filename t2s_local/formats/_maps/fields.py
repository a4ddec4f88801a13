"""Fields of a map, prepared for look-ups in records."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import takewhile
from typing import NamedTuple

from t2s_local.records.json import Record, string
from t2s_local.records.paths.paths import Parts, json_path, opened, values_at
from t2s_local.values.layout import Paths

Used = set[tuple[str, str]]
"""Names of fields, each with a path or a word that was found in a record."""


class _Paths(NamedTuple):
    """The parsed paths of a field."""

    by_key: tuple[tuple[str, str, Parts], ...]
    """Paths that begin with a key: the path, the key, and the rest of it."""
    others: tuple[tuple[str, Parts], ...]
    heads: frozenset[str]
    keys: tuple[str, ...]
    """Keys of the paths that consist of one key."""
    leading: Parts
    """Keys of the paths before the first path of several parts."""


@lru_cache(maxsize=1024)
def _parsed(paths: Paths) -> _Paths:
    """Parse the paths of a field, once for all readers: a reader is made for every file."""
    parsed = [(path, json_path(path).parts) for path in paths]
    by_key = [(path, parts[0], parts[1:]) for path, parts in parsed if parts and isinstance(parts[0], str)]
    return _Paths(
        by_key=tuple(by_key),
        others=tuple((path, parts) for path, parts in parsed if not parts or not isinstance(parts[0], str)),
        heads=frozenset(head for _, head, _ in by_key),
        keys=tuple(head for _, head, rest in by_key if not rest),
        leading=tuple(parts[0] for _, parts in takewhile(lambda pair: len(pair[1]) == 1, parsed)),
    )


class Field:
    """A field of a map: paths in order, of which the first with a value counts."""

    def __init__(self, name: str, paths: Paths, used: Used | None) -> None:
        """Parse the paths.

        Args:
            name: The section and the field, such as ``steps.text``.
            paths: Paths from a record.
            used: Set to which the paths with a value are added; None for no record of them.
        """
        self._name = name
        self._used = used
        self._by_key, self._others, self._heads, self.keys, self.leading = _parsed(paths)

    def __bool__(self) -> bool:
        """Return whether the field has any path."""
        return bool(self._by_key or self._others)

    def each(self, *records: Record) -> Iterator[tuple[str, object]]:
        """Yield each path with every value that is not null in *records*, path by path, without noting it."""
        if not self._others and all(map(self._heads.isdisjoint, records)):
            return
        for path, head, rest in self._by_key:
            for record in records:
                if head in record:
                    found = values_at(record[head], rest) if rest else (record[head],)
                    yield from [(path, value) for value in found if value is not None]
        for path, parts in self._others:
            for record in records:
                yield from ((path, value) for value in values_at(record, parts) if value is not None)

    def every(self, record: Record) -> Iterator[object]:
        """Yield every value of the paths that is not null, and note the paths."""
        for path, value in self.each(record):
            self.note(path)
            yield value

    def note(self, path: str) -> None:
        """Note that *path* had a value."""
        if self._used is not None:
            self._used.add((self._name, path))

    def first(self, record: Record) -> object:
        """Return the first value that is not null; None if there is none."""
        if not self._others and self._heads.isdisjoint(record):
            return None
        return next(self.every(record), None)

    def text(self, *records: Record) -> str | None:
        """Return the first value that is a text or a number, as text; None if there is none."""
        if not self._others and all(map(self._heads.isdisjoint, records)):
            return None
        for path, value in self.each(*records):
            if (found := string(value)) is not None:
                self.note(path)
                return found
        return None

    def objects(self, record: Record) -> Iterator[Record]:
        """Yield the objects at the paths, alone or in lists."""
        for value in map(opened, self.every(record)):
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, dict):
                    yield item

    def is_in(self, record: Record) -> bool:
        """Return whether one of the paths exists in *record*, even with the value null."""
        if not self._others and self._heads.isdisjoint(record):
            return False
        for path, head, rest in self._by_key:
            if head in record and (not rest or _leads(record[head], rest)):
                self.note(path)
                return True
        return any(_leads(record, parts) for _, parts in self._others)


def _leads(value: object, parts: Parts) -> bool:
    return next((True for _ in values_at(value, parts)), False)
