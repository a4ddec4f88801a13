"""Protocol of a trajectory format, and the values it reads out of a file."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import msgspec

from t2s_local.values.layout import Layout
from t2s_local.values.trajectory import Trajectory
from t2s_local.values.value import Value


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """The first bytes of a file, looked at once and shown to every format."""

    path: Path
    raw: bytes
    """At most 64 kB, decompressed."""
    records: tuple[object, ...] = ()
    """The JSON values of the first lines, at most 50; empty where the file is not JSON Lines."""
    document: object = None
    """The one JSON value of the file, cut off where *raw* ends; None where the file is not JSON."""


class Quarantined(Value, frozen=True, kw_only=True):
    """A record that could not be read; everything around it was."""

    path: str
    line: int | None
    """1-based line (JSONL) or record number (JSON)."""
    reason: str


class Passed(Value, frozen=True, kw_only=True):
    """Records a reader passed over on purpose, because they hold no step."""

    path: str | None
    """None where they are counted over several files."""
    record: str
    """The record's type, as the format spells it."""
    count: int = 1


class Drift(Value, frozen=True, kw_only=True):
    """Records of a kind that the reader has never seen before: the program that writes them has moved on."""

    path: str | None
    """None where they are counted over several files."""
    agent: str
    """Name of that program, as people know it."""
    version: str | None
    """Its version, None where the recording names none."""
    record: str
    """The record's type, as the format spells it."""
    count: int = 1


class Guess(Value, frozen=True, kw_only=True):
    """How sure the fallback is of the way in which it read a file."""

    path: str
    certainty: float
    """From 0 to 1."""
    reasons: tuple[str, ...]
    """What fitted and what was left out, one clause each."""


Reading = Trajectory | Quarantined | Passed | Drift | Guess


class Format(Protocol):
    """A trajectory format: a module of ``t2s_local.formats``."""

    def claims(self, head: Head) -> bool:
        """Return whether a file that starts like this is of this format, judged by content and never by name."""

    def read(self, path: Path, *, source: str) -> Iterator[Reading]:
        """Read the trajectories of a file one by one.

        Args:
            path: The file.
            source: What to call it in the trajectories.
        """


class Suggestion(Value, frozen=True, kw_only=True):
    """A map that the fallback suggests for a file."""

    layout: Layout
    n_runs: int
    """Trajectories that the fallback found in the file."""
    n_alike: int
    """Those of them that the map alone reads the same."""
    certainty: float
    """How sure the fallback is of what it found, from 0 to 1."""


class MappedFormat(Format, Protocol):
    """The format that reads what no other claims, and whatever a map describes."""

    def read_mapped(self, path: Path, *, source: str, layout: Layout) -> Iterator[Reading]:
        """Read the trajectories of a file as a map says.

        Args:
            path: The file.
            source: What to call it in the trajectories.
            layout: The map.
        """

    def suggest(self, path: Path) -> Suggestion | None:
        """Suggest a map for a file; None where no run was found in it."""
