"""The SQLite file of a workspace: its tables, its versions, and what the system says when it cannot be written."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from t2s_local.errors import InputError, T2SError
from t2s_local.files import PRIVATE_FILE, reason_of

VERSION = 2
_FIRST = """
CREATE TABLE items (kind TEXT, key TEXT, value BLOB NOT NULL, PRIMARY KEY (kind, key)) WITHOUT ROWID;
CREATE TABLE trajectories (id TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE runs (
    id TEXT PRIMARY KEY, started REAL NOT NULL, finished REAL, manifest BLOB NOT NULL, result BLOB
) WITHOUT ROWID;
CREATE TABLE names (name TEXT PRIMARY KEY, lessons BLOB NOT NULL) WITHOUT ROWID;
"""
_SECOND = """
ALTER TABLE runs ADD COLUMN restarting INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN about BLOB;
ALTER TABLE runs ADD COLUMN state BLOB;
CREATE TABLE uses (run TEXT, kind TEXT, key TEXT, PRIMARY KEY (run, kind, key)) WITHOUT ROWID;
INSERT INTO uses SELECT runs.id, kind, key FROM runs, items;
INSERT INTO uses SELECT runs.id, 'trajectory', trajectories.id FROM runs, trajectories;
"""
_STEPS = (_FIRST, _SECOND)
"""What makes each version from the one before; version 0 is an empty file."""
_KEPT = "What was stored is kept: make room and repeat the command."


def connect(path: Path, *, writable: bool) -> sqlite3.Connection:
    """Open the store at *path*, bringing it to this version where it may be written.

    Raises:
        InputError: it is no store of ours.
        T2SError: it was written by a newer version, or the disk does not let it be opened.
    """
    database = _open(path, mode="rwc" if writable else "ro")
    try:
        version = version_of(database)
        if version > VERSION:
            message = f"written by a newer t2s (store version {version}, this one knows {VERSION})"
            raise T2SError(message, path=path, hint="Upgrade t2s-local, or use another --workspace.")
        if writable:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA secure_delete = ON")
            if version < VERSION:
                _migrate(database, path, version)
    except BaseException as error:
        database.close()
        if isinstance(error, sqlite3.Error):
            raise foreign(error, path) from error
        raise
    return database


def _open(path: Path, *, mode: str) -> sqlite3.Connection:
    try:
        if mode == "rwc":
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE_FILE))
        return sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", timeout=30.0, uri=True)
    except OSError as error:
        raise T2SError(reason_of(error), path=path) from error
    except sqlite3.Error as error:
        raise foreign(error, path) from error


def version_of(database: sqlite3.Connection) -> int:
    """The version a store was written by; 0 for an empty file."""
    (version,) = database.execute("PRAGMA user_version").fetchone()
    return int(version)


def backups(folder: Path) -> list[Path]:
    """Copies of the store that were made before it was brought to a newer version."""
    return sorted(folder.glob("store.v*.db"))


def foreign(error: sqlite3.Error, path: Path) -> T2SError:
    """What the user is told of an *error* of SQLite."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return T2SError("no space left on the disk", path=path, hint=_KEPT)
    if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
        return InputError(str(error), path=path, hint="Move the file away to start afresh.")
    return T2SError(str(error), path=path, hint="What was stored is kept; the same command goes on.")


@contextmanager
def transaction(database: sqlite3.Connection, path: Path) -> Iterator[Callable[..., sqlite3.Cursor]]:
    """Do everything inside or nothing of it; gives what executes a statement.

    Raises:
        T2SError: the disk is full or broken; nothing of the transaction is stored, everything before it is.
    """
    try:
        with database:
            yield database.execute
    except sqlite3.Error as error:
        raise foreign(error, path) from error


def _migrate(database: sqlite3.Connection, path: Path, version: int) -> None:
    if version:
        _copy(database, path.with_name(f"store.v{version}.db"))
    steps = "".join(_STEPS[version:])
    try:
        database.executescript(f"BEGIN IMMEDIATE; {steps} PRAGMA user_version = {VERSION}; COMMIT;")
    except sqlite3.Error:
        database.rollback()
        raise


def _copy(database: sqlite3.Connection, target: Path) -> None:
    """Copy the store, whole or not at all."""
    partial = target.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    os.close(os.open(partial, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE_FILE))
    copy = sqlite3.connect(partial)
    try:
        database.backup(copy)
    finally:
        copy.close()
    partial.replace(target)
