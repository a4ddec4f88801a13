"""Counts of records without a step: kinds that a reader leaves out on purpose, and unknown kinds."""

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import NamedTuple

from t2s_local.ports.format import Drift, Passed
from t2s_local.records.json import Record, word

NO_TYPE = "record without a type"


class _Known(NamedTuple):
    """Known kinds of records of one format."""

    agent: str
    """Name of the program that writes the format, as people know it."""
    records: frozenset[str]


class Tally:
    """Counts of the records without a step in one file, by kind and by the version that wrote them."""

    def __init__(self, format_name: str) -> None:
        """Start empty.

        Args:
            format_name: The format, whose known kinds are listed in ``kinds.toml``.
        """
        self.version: str | None = None
        """Version of the program that wrote the current records; None if the recording does not state it."""
        self._format = format_name
        self._counts: dict[tuple[str, str | None], int] = {}

    def add(self, record: str, count: int = 1) -> None:
        """Count records of the kind *record* that contain no step."""
        key = (record, self.version)
        self._counts[key] = self._counts.get(key, 0) + count

    def look_at(self, records: Sequence[Record], key: str, *, of: str) -> None:
        """Count those of *records* whose kind is not listed in ``kinds.toml``; no step is read from them.

        Args:
            records: Messages, events or items.
            key: Field that contains the kind.
            of: Word for the records, which precedes the kind in ``kinds.toml``.
        """
        known = _kinds_of(self._format, of)
        try:
            if known.issuperset([record.get(key) for record in records]):
                return
            strange = [record for record in records if record.get(key) not in known]
        except TypeError:  # a list or an object, which cannot be a kind
            strange = [record for record in records if word(record.get(key)) not in known]
        for record in strange:
            self.add(f"{of}/{word(record.get(key))}")

    def readings(self, source: str) -> list[Passed | Drift]:
        """Return one note per kind: passed over if the kind is listed in ``kinds.toml``, drift if it is not."""
        if not self._counts:
            return []
        agent, decided = _decided(self._format)
        passed: dict[str, int] = {}
        drifted: list[tuple[str, str | None, int]] = []
        for (record, version), count in self._counts.items():
            if not count:
                continue
            if record in decided:
                passed[record] = passed.get(record, 0) + count
            else:
                drifted.append((record, version, count))
        said: list[Passed | Drift] = [
            Passed(path=source, record=record, count=count) for record, count in sorted(passed.items())
        ]
        for record, version, count in sorted(drifted, key=lambda found: (found[0], found[1] or "")):
            said.append(Drift(path=source, agent=agent, version=version, record=record, count=count))
        return said


@cache
def _table() -> dict[str, dict[str, object]]:
    text = resources.files("t2s_local.formats._agents").joinpath("kinds.toml").read_text("utf-8")
    return tomllib.loads(text)


@cache
def _formats() -> dict[str, _Known]:
    found = {}
    for name, entry in _table().items():
        if name != "notes":
            left_out = entry.get("left_out")
            lists = [entry.get("read"), *(left_out.values() if isinstance(left_out, dict) else ())]
            records = frozenset(str(record) for one in lists if isinstance(one, list) for record in one)
            found[name] = _Known(str(entry["agent"]), records)
    return found


@cache
def _decided(format_name: str) -> tuple[str, frozenset[str]]:
    """Return the name of the program that writes a format, and the kinds that ``kinds.toml`` lists for it."""
    known = _formats()[format_name]
    return known.agent, known.records | _notes()


@cache
def _kinds_of(format_name: str, what: str) -> frozenset[str | None]:
    """Return the kinds listed with the prefix *what*, without it, and None for records without a kind."""
    names = _formats()[format_name].records
    return frozenset({None, *(name.removeprefix(f"{what}/") for name in names if name.startswith(f"{what}/"))})


@cache
def _notes() -> frozenset[str]:
    """Return the kinds that readers of every format use, for instance for repeated records."""
    return frozenset(map(str, _table()["notes"]))
