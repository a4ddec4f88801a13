"""Databases of agents, opened for reading only and never changed."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from t2s_local.errors import InputError
from t2s_local.files import open_regular

_MAGIC = b"SQLite format 3\0"


def is_database(raw: bytes) -> bool:
    """Whether a file that starts like this is an SQLite database."""
    return raw.startswith(_MAGIC)


def holds_database(path: Path) -> bool:
    """Whether a file is an SQLite database, judged by its first bytes."""
    with open_regular(path) as stream:
        return is_database(stream.read(len(_MAGIC)))


def tables(path: Path) -> dict[str, tuple[str, ...]]:
    """Columns of every table; empty where the database cannot be read."""
    try:
        with closing(_opened(path)) as database:
            names = [str(row[0]) for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            found = {}
            for name in names:
                quoted = name.replace('"', '""')
                columns = database.execute(f'PRAGMA table_info("{quoted}")').fetchall()
                found[name] = tuple(str(column[1]) for column in columns)
            return found
    except (sqlite3.Error, UnicodeError):
        return {}


def rows(path: Path, query: str) -> Iterator[tuple[object, ...]]:
    """Rows of *query*.

    Raises:
        InputError: the database is broken, or made otherwise than expected.
    """
    try:
        with closing(_opened(path)) as database:
            yield from database.execute(query)
    except (sqlite3.Error, UnicodeError) as error:
        msg = f"the database cannot be read: {error}"
        raise InputError(msg, path=path) from error


def _opened(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
    database.text_factory = lambda data: data.decode("utf-8", "replace")
    return database
