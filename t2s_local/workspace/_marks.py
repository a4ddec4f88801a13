"""The marks of a store: every row that affects results contains a mark made with the user's secret key.

A store that came with a project can contain any result, any lesson and any path. Marks are checked when rows are read;
the columns with the progress of a run are not covered by a mark.
"""

import sqlite3
from pathlib import Path

from t2s_local.errors import InputError
from t2s_local.user_files.ownership import foreign, is_marked, mark

RUN = "id, started, finished, manifest, result, restarting, about"
"""Columns of a run that its mark covers."""
ADOPT = f"""
UPDATE items SET mark = t2s_mark('item', t2s_kind(kind), key, value);
UPDATE trajectories SET mark = t2s_mark('trajectory', id, value);
UPDATE runs SET mark = t2s_mark('run', {RUN});
UPDATE names SET mark = t2s_mark('name', name, lessons);
INSERT OR REPLACE INTO made VALUES ('store', x'', t2s_mark('store', x''));
"""
"""SQL that marks every row of a store, and the store itself."""


def teach(database: sqlite3.Connection) -> None:
    """Add the SQL functions ``t2s_mark``, ``t2s_holds`` and ``t2s_kind`` to *database*."""
    database.create_function("t2s_mark", -1, mark, deterministic=True)
    database.create_function("t2s_holds", -1, is_marked, deterministic=True)
    database.create_function("t2s_kind", 1, kind_of, deterministic=True)


def kind_of(kind: str) -> str:
    """Return the kind of an item without the suffix in ``kind@run``, which items of a repeated run have."""
    return kind.partition("@")[0]


def of_item(kind: str, key: str, value: bytes) -> bytes:
    """Return the mark of an item."""
    return mark("item", kind_of(kind), key, value)


def of_trajectory(identity: str, value: bytes) -> bytes:
    """Return the mark of a stored trajectory."""
    return mark("trajectory", identity, value)


def of_name(name: str, lessons: bytes) -> bytes:
    """Return the mark of a skill's name."""
    return mark("name", name, lessons)


def refuse_foreign(folder: Path, found: object, *parts: str | bytes | float | None) -> None:
    """Refuse a row whose mark *found* does not match its *parts*.

    Raises:
        InputError: this user's t2s did not write the row.
    """
    if not is_marked(found, *parts):
        error: InputError = foreign(folder)
        raise error


def is_ours(database: sqlite3.Connection) -> bool:
    """Return whether this user's t2s made or adopted the store."""
    try:
        row = database.execute("SELECT mark FROM made WHERE name = 'store'").fetchone()
    except sqlite3.OperationalError:
        return False
    return row is not None and is_marked(row[0], "store", b"")


def adopt(database: sqlite3.Connection) -> None:
    """Mark all rows of the store as this user's own."""
    try:
        database.executescript(f"BEGIN IMMEDIATE; {ADOPT} COMMIT;")
    except sqlite3.Error:
        database.rollback()
        raise
