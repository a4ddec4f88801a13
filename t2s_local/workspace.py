"""The run store: one SQLite file in a private folder, one short transaction an item.

Work is keyed by content (input digest, analyst version, settings), so the same command again resumes, and a finished
run again recomputes nothing. The write-ahead log makes every committed item survive the end of the process.
"""

import fcntl
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Self

import msgspec
import zstandard

from t2s_local.errors import InputError, LockedError, T2SError
from t2s_local.files import PRIVATE_FILE, private_folder, reason_of
from t2s_local.types import Trajectory, TrajectoryId, Value

SCHEMA_VERSION = 1
_SCHEMA = """
CREATE TABLE items (kind TEXT, key TEXT, value BLOB NOT NULL, PRIMARY KEY (kind, key)) WITHOUT ROWID;
CREATE TABLE trajectories (id TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE runs (
    id TEXT PRIMARY KEY, started REAL NOT NULL, finished REAL, manifest BLOB NOT NULL, result BLOB
) WITHOUT ROWID;
CREATE TABLE names (name TEXT PRIMARY KEY, lessons BLOB NOT NULL) WITHOUT ROWID;
"""


class StoredRun(Value, frozen=True, kw_only=True):
    """One run as the store knows it."""

    id: str
    """Digest of the manifest: the same inputs, versions and settings are the same run."""
    started: float
    """Seconds since 1970."""
    finished: float | None
    """None while it is under way, or where it was interrupted."""
    manifest: bytes
    """JSON."""
    result: bytes | None
    """JSON; None until it is finished."""


class Workspace:
    """A workspace folder, opened by :func:`open_workspace`."""

    def __init__(self, folder: Path, database: sqlite3.Connection) -> None:
        """Wrap an open *database* in *folder*; use :func:`open_workspace`."""
        self.folder = folder
        self._database = database
        self._pack = zstandard.ZstdCompressor(level=1).compress
        self._unpack = zstandard.ZstdDecompressor().decompress

    def item(self, kind: str, key: str) -> bytes | None:
        """The value stored under *key*, or None."""
        row = self._database.execute("SELECT value FROM items WHERE kind = ? AND key = ?", (kind, key)).fetchone()
        return None if row is None else self._unpack(row[0])

    def put_item(self, kind: str, key: str, value: bytes) -> None:
        """Store *value* under *key*, in a transaction of its own."""
        with self._database:
            self._database.execute("INSERT OR REPLACE INTO items VALUES (?, ?, ?)", (kind, key, self._pack(value)))

    def trajectory(self, trajectory_id: TrajectoryId) -> Trajectory | None:
        """The stored trajectory with that id, or None."""
        row = self._database.execute("SELECT value FROM trajectories WHERE id = ?", (trajectory_id,)).fetchone()
        return None if row is None else msgspec.msgpack.decode(self._unpack(row[0]), type=Trajectory)

    def put_trajectories(self, trajectories: Iterable[Trajectory]) -> None:
        """Store *trajectories*, replacing those with the same id, in one transaction."""
        rows = ((run.id, self._pack(msgspec.msgpack.encode(run))) for run in trajectories)
        with self._database:
            self._database.executemany("INSERT OR REPLACE INTO trajectories VALUES (?, ?)", rows)

    def names(self) -> dict[str, tuple[str, ...]]:
        """Skill names given so far, each with the lessons it stood for."""
        rows = self._database.execute("SELECT name, lessons FROM names ORDER BY name")
        return {name: msgspec.json.decode(lessons, type=tuple[str, ...]) for name, lessons in rows}

    def put_names(self, names: dict[str, tuple[str, ...]]) -> None:
        """Remember the names of this run; those of subjects that are gone stay as they were."""
        rows = [(name, msgspec.json.encode(lessons)) for name, lessons in sorted(names.items())]
        with self._database:
            self._database.executemany("INSERT OR REPLACE INTO names VALUES (?, ?)", rows)

    def runs(self) -> Iterator[StoredRun]:
        """Every run, oldest first."""
        rows = self._database.execute("SELECT id, started, finished, manifest, result FROM runs ORDER BY started, id")
        for run_id, started, finished, manifest, result in rows:
            yield StoredRun(id=run_id, started=started, finished=finished, manifest=manifest, result=result)

    def run(self, run_id: str) -> StoredRun | None:
        """The run with that id, or None."""
        return next((run for run in self.runs() if run.id == run_id), None)

    def start_run(self, run_id: str, manifest: bytes, *, now: float) -> None:
        """Note that a run is under way; an earlier result of the same run is forgotten."""
        with self._database:
            self._database.execute("INSERT OR REPLACE INTO runs VALUES (?, ?, NULL, ?, NULL)", (run_id, now, manifest))

    def finish_run(self, run_id: str, result: bytes, *, now: float) -> None:
        """Note that a run is whole."""
        with self._database:
            self._database.execute("UPDATE runs SET finished = ?, result = ? WHERE id = ?", (now, result, run_id))

    def close(self) -> None:
        """Close the store."""
        self._database.close()

    def __enter__(self) -> Self:
        """Return the workspace itself."""
        return self

    def __exit__(self, *exc: object) -> None:
        """Close the store."""
        self.close()


@contextmanager
def open_workspace(folder: Path, *, command: str) -> Iterator[Workspace]:
    """Open *folder* for writing, making it where there is none; nobody else can until it is closed.

    Raises:
        LockedError: another process has it open; the message names the holder.
        InputError: the folder cannot be made, or its store is no store of ours.
    """
    private_folder(folder)
    with _locked(folder, command), _connect(folder) as workspace:
        yield workspace


@contextmanager
def read_workspace(folder: Path) -> Iterator[Workspace]:
    """Open an existing *folder* for reading; a writer is not disturbed.

    Raises:
        InputError: there is no workspace, or its store is no store of ours.
    """
    if not (folder / "store.db").exists():
        message = "no workspace here"
        raise InputError(message, path=folder, hint="Name it with --workspace, or run `t2s distill` first.")
    with _connect(folder) as workspace:
        yield workspace


def _connect(folder: Path) -> Workspace:
    path = folder / "store.db"
    try:
        database = sqlite3.connect(path, timeout=30.0)
        path.chmod(PRIVATE_FILE)
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        (version,) = database.execute("PRAGMA user_version").fetchone()
        if version == 0:
            database.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;")
    except OSError as error:
        raise InputError(reason_of(error), path=path) from error
    except sqlite3.Error as error:
        raise InputError(str(error), path=path, hint="Move the file away to start afresh.") from error
    if version > SCHEMA_VERSION:
        message = f"written by a newer t2s (store version {version}, this one knows {SCHEMA_VERSION})"
        raise T2SError(message, path=path, hint="Upgrade t2s-local, or use another --workspace.")
    return Workspace(folder, database)


@contextmanager
def _locked(folder: Path, command: str) -> Iterator[None]:
    path = folder / "lock"
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, PRIVATE_FILE)
    except OSError as error:
        raise InputError(reason_of(error), path=path) from error
    with os.fdopen(handle, "r+") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            message = f"in use by {stream.read().strip() or 'another process'}"
            raise LockedError(message, path=folder, hint="Wait for it, or use another --workspace.") from error
        _sign(stream, command)
        yield


def _sign(stream: IO[str], command: str) -> None:
    since = time.strftime("%Y-%m-%d %H:%M:%S")
    stream.seek(0)
    stream.truncate()
    stream.write(f"process {os.getpid()} on {os.uname().nodename} ({command}), since {since}")
    stream.flush()
