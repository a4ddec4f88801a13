"""Readers of the SQLite databases of agents, which are never changed.

The latest rows may be in a log beside the database, and a journal marks a change that is only half written. Such a
database is copied to a temporary folder, and SQLite applies the log or undoes the half change in the copy. In
place, SQLite would have to write files beside the database.
"""

import os
import re
import shutil
import sqlite3
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import closing
from functools import lru_cache
from pathlib import Path

from t2s_local.errors import InputError
from t2s_local.files import reason_of, regular_start
from t2s_local.records.budget import Budget, budget_of

_LONGEST = 64 << 20
"""Longest value in bytes that is read."""
_STEP_EVERY = 1000
"""Instructions of SQLite's virtual machine between two checks of the instruction limit."""
_STEPS = 20_000
"""Checks of the instruction limit after which a query is stopped, plus one check per 1000 bytes of the database."""
_NUMBER = 32
"""Bytes of memory counted for a value that is neither text nor bytes."""
_TABLE = re.compile(r"\bFROM\s+(\w+)", re.IGNORECASE)
_MAGIC = b"SQLite format 3\0"


_LOGS = ("-wal", "-journal")
_BESIDE = (*_LOGS, "-shm")
"""Endings of the files that SQLite writes beside a database."""
_ATTEMPTS = 5
_State = tuple[tuple[str, int, int], ...]
"""Names, sizes in bytes and modification times in nanoseconds of a database and its logs."""


def is_database(raw: bytes) -> bool:
    """Return whether a file that starts with *raw* is an SQLite database."""
    return raw.startswith(_MAGIC)


def holds_database(path: Path) -> bool:
    """Return whether a file is an SQLite database, judged by its first bytes."""
    return is_database(regular_start(path, len(_MAGIC)))


def logs_of(path: Path) -> tuple[Path, ...]:
    """Return the log files beside a database that contain a part of it; () if there are none."""
    beside = (Path(f"{path}{ending}") for ending in _LOGS)
    return tuple(file for file in beside if _size(file))


def database_of(path: Path) -> Path | None:
    """Return the database to which *path*, a log or index beside it, belongs; None for any other file."""
    ending = next((ending for ending in _BESIDE if path.name.endswith(ending)), None)
    if ending is None:
        return None
    database = path.with_name(path.name.removesuffix(ending))
    try:
        return database if database.is_file() and holds_database(database) else None
    except OSError:
        return None


def tables(path: Path) -> dict[str, tuple[str, ...]]:
    """Return the columns of every table; {} if the database cannot be read."""
    try:
        with closing(_opened(path)) as database:
            names = [
                str(row[0]) for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table' LIMIT 500")
            ]
            found = {}
            for name in names:
                quoted = name.replace('"', '""')
                columns = database.execute(f'PRAGMA table_info("{quoted}")').fetchall()
                found[name] = tuple(str(column[1]) for column in columns)
            return found
    except (sqlite3.Error, UnicodeError, MemoryError):
        return {}


def rows(path: Path, query: str) -> Iterator[tuple[object, ...]]:
    """Yield the rows of *query*, which names tables and columns only, and count them in the file's memory budget.

    Raises:
        InputError: the database is broken, has other tables or columns, computes its values, or needs too much memory
            or time.
    """
    try:
        with closing(_opened(path)) as database:
            _check_stored(database, query, path)
            held = budget_of(path)
            for row in database.execute(query):
                for value in row:
                    _hold(held, value)
                yield row
    except sqlite3.DataError as error:
        message = f"a value of more than {_LONGEST >> 20} MB"
        raise InputError(message, path=path) from error
    except (sqlite3.Error, UnicodeError, MemoryError) as error:
        msg = f"the database cannot be read: {error}"
        raise InputError(msg, path=path) from error


def rows_in_order(path: Path, query: str) -> list[tuple[object, ...]]:
    """Return the rows of *query*, sorted by their first column in SQLite's order.

    SQLite does not sort the rows itself, because it would write temporary files of unlimited size.

    Raises:
        InputError: :func:`rows` cannot read the rows.
    """
    return sorted(rows(path, query), key=lambda row: _rank(row[0]))


def _rank(value: object) -> tuple[int, float, str]:
    if isinstance(value, int | float):
        return 1, value, ""
    return (0, 0, "") if value is None else (2, 0, value if isinstance(value, str) else str(value))


def _hold(held: Budget, value: object) -> None:
    """Count the memory of a value and of the JSON decoded from it."""
    if isinstance(value, str | bytes):
        held.hold_json(value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value)
    else:
        held.hold(_NUMBER)


def _check_stored(database: sqlite3.Connection, query: str, path: Path) -> None:
    """Refuse a query of tables that compute values: generated columns, views, virtual tables.

    Raises:
        InputError: *query* names such a table, or one that does not exist.
    """
    for name in _TABLE.findall(query):
        made = database.execute("SELECT type, sql FROM sqlite_master WHERE name = ? COLLATE NOCASE", (name,)).fetchone()
        is_plain = (
            made is not None and made[0] == "table" and not str(made[1]).lstrip().lower().startswith("create virtual")
        )
        if not is_plain or any(row[6] for row in database.execute(f'PRAGMA table_xinfo("{name}")')):
            message = f"the table {name} computes its values instead of holding them"
            raise InputError(message, path=path)


def _opened(path: Path) -> sqlite3.Connection:
    readable = _settled(str(path.absolute()), state).path if (state := _state(path)) else path.absolute()
    database = sqlite3.connect(f"{readable.as_uri()}?mode=ro&immutable=1", uri=True)
    database.text_factory = lambda data: data.decode("utf-8", "replace")
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST)
    database.execute("PRAGMA trusted_schema = OFF")
    left = _STEPS + path.stat().st_size // _STEP_EVERY

    def is_over() -> bool:
        nonlocal left
        left -= 1
        return left < 0

    database.set_progress_handler(is_over, _STEP_EVERY)
    return database


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _state(path: Path) -> _State:
    """Return names, sizes and modification times of a database and its logs; () if the database has no logs."""
    found = [(str(file), file.stat()) for file in logs_of(path)]
    if not found:
        return ()
    return tuple((name, status.st_size, status.st_mtime_ns) for name, status in [(str(path), path.stat()), *found])


class _Copy:
    """A temporary copy of a database, deleted when no connection uses it any more."""

    def __init__(self) -> None:
        """Create a temporary folder for the copy."""
        folder = tempfile.mkdtemp(prefix="t2s-")
        self.path = Path(folder, "copy.db")
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)


@lru_cache(maxsize=1)
def _settled(path: str, state: _State) -> _Copy:
    """Copy a database with its logs and apply the logs in the copy; the last copy is reused by the next query.

    Raises:
        InputError: the database cannot be copied, or is written to all the time.
    """
    copy = _Copy()
    for _ in range(_ATTEMPTS):
        _copy_files(Path(path), copy.path)
        if _state(Path(path)) == state:
            break
        state = _state(Path(path))
    else:
        message = "the database changes all the time"
        raise InputError(message, path=path, hint="Read it again when its agent is not at work.")
    with closing(sqlite3.connect(copy.path)) as database:
        database.execute("PRAGMA journal_mode = DELETE").fetchall()
    return copy


def _copy_files(path: Path, copy: Path) -> None:
    for file in (path, *logs_of(path)):
        target = Path(f"{copy}{os.fspath(file).removeprefix(os.fspath(path))}")
        try:
            shutil.copyfile(file, target)
        except FileNotFoundError:
            continue
        except OSError as error:
            msg = f"the database and its log cannot be copied: {reason_of(error)}"
            raise InputError(msg, path=path) from error
