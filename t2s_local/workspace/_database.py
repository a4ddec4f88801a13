"""The SQLite file of a workspace: its tables, the migrations between its versions, and its errors."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from t2s_local.errors import InputError, T2SError
from t2s_local.files import reason_of
from t2s_local.user_files.ownership import foreign
from t2s_local.workspace import _marks
from t2s_local.workspace._folder import open_own

VERSION = 3
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
_THIRD = """
ALTER TABLE items ADD COLUMN mark BLOB;
ALTER TABLE trajectories ADD COLUMN mark BLOB;
ALTER TABLE runs ADD COLUMN mark BLOB;
ALTER TABLE names ADD COLUMN mark BLOB;
CREATE TABLE made (name TEXT PRIMARY KEY, value BLOB NOT NULL, mark BLOB) WITHOUT ROWID;
"""
_STEPS = (_FIRST, _SECOND, _THIRD)
"""SQL that migrates a store from each version to the next; version 0 is an empty file."""
_KEPT = "What was stored is kept: make room and repeat the command."


def connect(path: Path, *, writable: bool, adopts: bool = False) -> sqlite3.Connection:
    """Open the store at *path*, and migrate it to this version if it is writable.

    Args:
        path: The file.
        writable: Whether the store may be written, and is made if missing.
        adopts: Whether all its content is marked as this user's own, even if another user wrote it.

    Raises:
        InputError: the file is no store, or was not written by this user's t2s.
        T2SError: the store was written by a newer version, or the system cannot open it.
    """
    database = _open(path, mode="rwc" if writable else "ro")
    try:
        version = version_of(database)
        if version > VERSION:
            message = f"written by a newer t2s (store version {version}, this one knows {VERSION})"
            raise T2SError(message, path=path, hint="Upgrade t2s-local, or use another --workspace.")
        _check(database, path, version, adopts=adopts)
        if writable:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA secure_delete = ON")
            if version < VERSION:
                _migrate(database, path, version)
            elif adopts:
                _marks.adopt(database)
    except BaseException as error:
        database.close()
        if isinstance(error, sqlite3.Error):
            raise failure(error, path) from error
        raise
    return database


def _open(path: Path, *, mode: str) -> sqlite3.Connection:
    try:
        if mode == "rwc":
            os.close(open_own(path))
        database = sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", timeout=30.0, uri=True)
        database.execute("PRAGMA trusted_schema = OFF")
        _marks.teach(database)
    except OSError as error:
        raise T2SError(reason_of(error), path=path) from error
    except sqlite3.Error as error:
        raise failure(error, path) from error
    return database


def _check(database: sqlite3.Connection, path: Path, version: int, *, adopts: bool) -> None:
    """Refuse a store that was not marked with this user's key, or that contains triggers or views.

    Raises:
        InputError: the store is refused.
    """
    query = "SELECT count(*) FROM sqlite_master WHERE type IN ('trigger', 'view')"
    (n_acting,) = database.execute(query).fetchone()
    if n_acting or (version == 0 and database.execute("SELECT 1 FROM sqlite_master").fetchone()):
        raise _unusable(path)
    if version and not adopts and not (version == VERSION and _marks.is_ours(database)):
        raise foreign(path.parent)


def _unusable(path: Path) -> InputError:
    message = "is no store that a t2s wrote"
    return InputError(message, path=path, hint="Move the file away to start afresh.")


def version_of(database: sqlite3.Connection) -> int:
    """Return the version number in the store; 0 for an empty file."""
    (version,) = database.execute("PRAGMA user_version").fetchone()
    return int(version)


def backups(folder: Path) -> list[Path]:
    """Return the copies of the store that were made before migrations, sorted."""
    return sorted(folder.glob("store.v*.db"))


def failure(error: sqlite3.Error, path: Path) -> T2SError:
    """Convert an *error* of SQLite into the error that is shown to the user."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return T2SError("no space left on the disk", path=path, hint=_KEPT)
    if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
        return InputError(str(error), path=path, hint="Move the file away to start afresh.")
    return T2SError(str(error), path=path, hint="What was stored is kept; the same command goes on.")


@contextmanager
def transaction(database: sqlite3.Connection, path: Path) -> Iterator[Callable[..., sqlite3.Cursor]]:
    """Run the block as one transaction, all or nothing; yields the function that executes a statement.

    Raises:
        T2SError: the disk is full or broken; the transaction is undone, and earlier ones are kept.
    """
    try:
        with database:
            yield database.execute
    except sqlite3.Error as error:
        raise failure(error, path) from error


def _migrate(database: sqlite3.Connection, path: Path, version: int) -> None:
    if version:
        _copy(database, path.with_name(f"store.v{version}.db"))
    steps = "".join(_STEPS[version:]) + _marks.ADOPT
    try:
        database.executescript(f"BEGIN IMMEDIATE; {steps} PRAGMA user_version = {VERSION}; COMMIT;")
    except sqlite3.Error:
        database.rollback()
        raise


def _copy(database: sqlite3.Connection, target: Path) -> None:
    """Copy the store to *target*, completely or not at all."""
    partial = target.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    os.close(open_own(partial))
    copy = sqlite3.connect(partial)
    try:
        database.backup(copy)
    finally:
        copy.close()
    partial.replace(target)
