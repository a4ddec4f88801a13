"""Protocol of a trajectory format, and the values that it reads from a file."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import msgspec

from t2s_local.values.layout import Layout
from t2s_local.values.trajectory import Trajectory
from t2s_local.values.value import Value


class Harness(Value, frozen=True, kw_only=True):
    """Program with tools of its own in which the runs of a format took place; the format states it as ``HARNESS``.

    Formats for runs of any program, or of frameworks whose users supply the tools, set no harness.
    """

    name: str
    """Proper name, as its makers spell it."""
    is_world: bool
    """Whether shells and programs belong to the harness too, as in a benchmark; agents use the shells of a machine."""


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """The beginning of a file, read once and passed to every format to find the format of the file."""

    path: Path
    raw: bytes
    """At most 64 kB, decompressed."""
    records: tuple[object, ...] = ()
    """The JSON values of the first lines, at most 50; empty if the file is not JSON Lines."""
    document: object = None
    """The single JSON value of the file, truncated at the end of *raw*; None if the file is not JSON."""


class Quarantined(Value, frozen=True, kw_only=True):
    """A record that could not be read, although the records around it were."""

    path: str
    line: int | None
    """1-based line (JSONL) or record number (JSON)."""
    reason: str


class Passed(Value, frozen=True, kw_only=True):
    """Records that a reader skipped on purpose, because they contain no step."""

    path: str | None
    """Path of the file; None for a count over several files."""
    record: str
    """Type of the record, as spelled in the format."""
    count: int = 1


class Drift(Value, frozen=True, kw_only=True):
    """Records of a type unknown to the reader: the agent program that writes the files has probably changed."""

    path: str | None
    """Path of the file; None for a count over several files."""
    agent: str
    """Name of the agent program, as people know it."""
    version: str | None
    """Version of the agent program; None if the recording states no version."""
    record: str
    """Type of the record, as spelled in the format."""
    count: int = 1


class Guess(Value, frozen=True, kw_only=True):
    """Certainty of the fallback reader, which guesses the layout of a file, that its reading is right."""

    path: str
    certainty: float
    """From 0 to 1."""
    reasons: tuple[str, ...]
    """Facts that fitted the guess and parts that were left out, one clause each."""


Reading = Trajectory | Quarantined | Passed | Drift | Guess


class Format(Protocol):
    """A trajectory format: a module of ``t2s_local.formats``."""

    def claims(self, head: Head) -> bool:
        """Return whether a file that begins with *head* has this format, judged by its content, never by its name."""

    def read(self, path: Path, *, source: str) -> Iterator[Reading]:
        """Yield the trajectories in a file, and reports on records without a trajectory, one by one.

        Args:
            path: The file.
            source: Name of the file in the trajectories.
        """


class Suggestion(Value, frozen=True, kw_only=True):
    """A map of a file's layout that the fallback reader suggests."""

    layout: Layout
    n_runs: int
    """Number of trajectories that the fallback reader found in the file."""
    n_alike: int
    """Number of the found trajectories that a reader with the map alone reads identically."""
    certainty: float
    """Certainty of the fallback reader that it read the file correctly, from 0 to 1."""


class MappedFormat(Format, Protocol):
    """The format for files that no other format claims, and for files that a map describes."""

    def read_mapped(self, path: Path, *, source: str, layout: Layout) -> Iterator[Reading]:
        """Yield the trajectories in a file, read with the paths of a map.

        Args:
            path: The file.
            source: Name of the file in the trajectories.
            layout: The map.
        """

    def suggest(self, path: Path) -> Suggestion | None:
        """Suggest a map for a file; None if no run was found in the file."""
