"""Fields of a map, ready to be looked up in records."""

from collections.abc import Iterator

from t2s_local.records.json import Record, string
from t2s_local.records.paths.paths import EVERY, json_path, opened, values_at
from t2s_local.values.layout import Paths

Used = set[tuple[str, str]]
"""Names of fields, each with a path or a word that held something."""


class Field:
    """A field of a map: paths in order, of which the first that holds something counts."""

    def __init__(self, name: str, paths: Paths, used: Used | None) -> None:
        """Read the paths.

        Args:
            name: The section and the field, ``steps.text``.
            paths: Paths seen from a record.
            used: Notes the paths that held something; None where nobody asks.
        """
        self._name = name
        self._used = used
        self._paths = [(path, json_path(path).parts) for path in paths]
        self.keys = tuple(parts[0] for _, parts in self._paths if len(parts) == 1 and isinstance(parts[0], str))
        """Keys of the paths that are nothing but a key."""

    def __bool__(self) -> bool:
        """Whether there is any path."""
        return bool(self._paths)

    def each(self, *records: Record) -> Iterator[tuple[str, object]]:
        """Yield all that the paths hold in *records* and is not null, path by path, without noting it."""
        for path, parts in self._paths:
            head = parts[0] if parts else EVERY
            for record in records:
                if isinstance(head, str) and head not in record:
                    continue
                for value in [record[head]] if len(parts) == 1 and isinstance(head, str) else values_at(record, parts):
                    if value is not None:
                        yield path, value

    def every(self, record: Record) -> Iterator[object]:
        """Yield all that the paths hold and is not null."""
        for path, value in self.each(record):
            self.note(path)
            yield value

    def note(self, path: str) -> None:
        """Keep in mind that *path* held something."""
        if self._used is not None:
            self._used.add((self._name, path))

    def first(self, record: Record) -> object:
        """Return the first value that is not null; None where there is none."""
        return next(self.every(record), None)

    def text(self, *records: Record) -> str | None:
        """Return the first value that is a text or a number, as text."""
        for path, value in self.each(*records):
            if (found := string(value)) is not None:
                self.note(path)
                return found
        return None

    def objects(self, record: Record) -> Iterator[Record]:
        """Yield the objects that the paths hold, and those in lists they hold."""
        for value in map(opened, self.every(record)):
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, dict):
                    yield item

    def is_in(self, record: Record) -> bool:
        """Whether one of the paths leads anywhere, be it to null."""
        for path, parts in self._paths:
            head = parts[0] if parts else EVERY
            if (head in record) if len(parts) == 1 else any(True for _ in values_at(record, parts)):
                self.note(path)
                return True
        return False
