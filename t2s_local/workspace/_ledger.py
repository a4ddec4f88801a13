"""The runs of a workspace: what each was asked, how far it is, what came of it."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple

import msgspec

from t2s_local.errors import UsageError
from t2s_local.values.value import Value
from t2s_local.workspace import _marks

Transaction = Callable[..., AbstractContextManager[Callable[..., sqlite3.Cursor]]]
_COLUMNS = f"{_marks.RUN}, state, mark"
_MARK = f"UPDATE runs SET mark = t2s_mark('run', {_marks.RUN}) WHERE id = ?"


class About(Value, frozen=True, kw_only=True):
    """How a run was called: beside the manifest, what it takes to do it again."""

    command: tuple[str, ...]
    """The command line, word by word."""
    folder: str
    """The folder it was given in."""
    line: str
    """Digest of what the command line asks for: two runs of one line work on the same files, whatever is in them."""
    host: str
    out: str | None = None
    """Folder of the library; None for runs of versions that did not note it."""
    versions: dict[str, str]
    """Python and the libraries that decide bytes."""


class RunState(Value, frozen=True, kw_only=True, omit_defaults=True):
    """How far a run is, and what it took."""

    stage: str | None = None
    """None where it is over."""
    done: int = 0
    total: int | None = None
    in_stage: float = 0.0
    """Seconds the stage has lasted."""
    at: float
    """Seconds since 1970."""
    seconds: dict[str, float] = msgspec.field(default_factory=dict)
    """Seconds a stage, in this process."""
    n_remembered: int = 0
    n_remembered_here: int = 0
    """Items of the stage that were remembered: they took no time."""
    n_refused: int = 0
    predicted: float | None = None
    """Seconds the whole run was expected to take when it had read its input."""
    basis: str | None = None
    """What that rests on, in words."""
    tokens: int = 0
    """A model has written in this process."""
    tokens_a_second: float | None = None
    """In this stage; None where no model is asked."""
    took: float | None = None
    """Seconds the whole run took, where it was done in one go."""
    peak: int | None = None
    """Bytes of memory at the most."""


class StoredRun(Value, frozen=True, kw_only=True):
    """One run as the store knows it."""

    id: str
    """Digest of the manifest: the same inputs, versions and settings are the same run."""
    started: float
    """Seconds since 1970."""
    finished: float | None
    """When its result was whole; None before."""
    manifest: bytes
    """JSON."""
    result: bytes | None
    """JSON; None until it is finished. While it is done again from the start, the result it had."""
    is_restarting: bool
    """Whether it is being done again from the start."""
    about: About | None
    """None where an older version wrote it."""
    state: RunState | None

    @property
    def is_whole(self) -> bool:
        """Return whether it is finished and nothing of it is being done again."""
        return self.result is not None and not self.is_restarting


class Ledger:
    """The table of runs."""

    def __init__(self, database: sqlite3.Connection, transaction: Transaction, folder: Path) -> None:
        """Wrap the table; *transaction* opens one that is stored for good when it is over."""
        self._database = database
        self._transaction = transaction
        self._folder = folder

    def __iter__(self) -> Iterator[StoredRun]:
        """Every run, oldest first."""
        rows = self._database.execute(f"SELECT {_COLUMNS} FROM runs ORDER BY started, id").fetchall()
        return map(self._stored, rows)

    def get(self, run_id: str) -> StoredRun | None:
        """The run with that id, or None."""
        row = self._database.execute(f"SELECT {_COLUMNS} FROM runs WHERE id = ?", (run_id,)).fetchone()
        return None if row is None else self._stored(row)

    def _stored(self, found: tuple[object, ...]) -> StoredRun:
        """The run that stands in a row.

        Raises:
            InputError: this user's t2s did not write it.
        """
        row = _Row(*found)  # type: ignore[arg-type]  # the types of the columns, once the mark holds
        _marks.refuse_foreign(self._folder, row.mark, "run", *row[:-2])
        return StoredRun(
            id=row.id,
            started=row.started,
            finished=row.finished,
            manifest=row.manifest,
            result=row.result,
            is_restarting=bool(row.restarting),
            about=None if row.about is None else msgspec.json.decode(row.about, type=About),
            state=_state(row.state),
        )

    def find(self, start: str | None) -> StoredRun:
        """The one run whose id begins with *start*; the newest one where it is None or ``latest``.

        Raises:
            UsageError: there is none, or more than one.
        """
        runs = list(self)
        if start is not None and start != "latest":
            runs = [run for run in runs if run.id.startswith(start)]
            if len(runs) > 1:
                message = f"{len(runs)} runs begin with {start!r}"
                raise UsageError(message, hint=f"They are {', '.join(run.id for run in runs)}.")
        if not runs:
            message = "there is no run yet" if start is None else f"no run begins with {start!r}"
            raise UsageError(message, hint="`t2s runs ls` lists them.")
        return runs[-1]

    def start(self, run_id: str, manifest: bytes, about: About, *, now: float, restart: bool) -> None:
        """Note that a run is under way; the result an earlier one had stays until this one is whole."""
        with self._transaction(durable=True) as execute:
            execute("INSERT OR IGNORE INTO runs (id, started, manifest) VALUES (?, ?, ?)", (run_id, now, manifest))
            execute("UPDATE runs SET about = ? WHERE id = ?", (msgspec.json.encode(about), run_id))
            if restart:
                aside = f"%@{run_id}"
                execute("DELETE FROM items WHERE kind LIKE ?", (aside,))
                execute("DELETE FROM uses WHERE kind LIKE ?", (aside,))
                execute("UPDATE runs SET started = ?, restarting = 1 WHERE id = ?", (now, run_id))
            execute(_MARK, (run_id,))

    def note(self, run_id: str, state: RunState) -> None:
        """Note how far a run is."""
        with self._transaction() as execute:
            execute("UPDATE runs SET state = ? WHERE id = ?", (msgspec.json.encode(state), run_id))

    def finish(self, run_id: str, result: bytes, names: dict[str, tuple[str, ...]], *, now: float) -> None:
        """Note that a run is whole; what it did again takes the place of what it had done before."""
        rows = [(name, msgspec.json.encode(lessons)) for name, lessons in sorted(names.items())]
        aside, cut = f"%@{run_id}", -len(run_id) - 1
        with self._transaction(durable=True) as execute:
            for table, columns in (("items", "key, value, mark"), ("uses", "key, run")):
                names_of = f"kind, {columns}"
                execute(
                    f"INSERT OR REPLACE INTO {table} ({names_of}) "
                    f"SELECT substr(kind, 1, length(kind) + ?), {columns} FROM {table} WHERE kind LIKE ?",
                    (cut, aside),
                )
                execute(f"DELETE FROM {table} WHERE kind LIKE ?", (aside,))
            for row in rows:
                execute("INSERT OR REPLACE INTO names VALUES (?, ?, ?)", (*row, _marks.of_name(*row)))
            execute(
                "UPDATE runs SET finished = ?, result = ?, restarting = 0 WHERE id = ?",
                (now, result, run_id),
            )
            execute(_MARK, (run_id,))

    def remove(self, run_id: str) -> None:
        """Remove a run with all that no other run uses; its bytes are overwritten."""
        with self._transaction(durable=True) as execute:
            execute("DELETE FROM runs WHERE id = ?", (run_id,))
            _let_go(execute, run_id)
            execute("DELETE FROM names WHERE NOT EXISTS (SELECT 1 FROM runs)")

    def strip(self, run_id: str, result: bytes) -> None:
        """Remove all that no other run uses and keep the run, with *result* in place of its own."""
        with self._transaction(durable=True) as execute:
            execute("UPDATE runs SET result = ? WHERE id = ?", (result, run_id))
            execute(_MARK, (run_id,))
            _let_go(execute, run_id)


def _let_go(execute: Callable[..., object], run_id: str) -> None:
    """Remove items and trajectories that only this run uses."""
    execute("DELETE FROM uses WHERE run = ?", (run_id,))
    used = "SELECT 1 FROM uses WHERE uses.kind = items.kind AND uses.key = items.key"
    execute(f"DELETE FROM items WHERE NOT EXISTS ({used})")
    used = "SELECT 1 FROM uses WHERE uses.kind = 'trajectory' AND uses.key = trajectories.id"
    execute(f"DELETE FROM trajectories WHERE NOT EXISTS ({used})")


class _Row(NamedTuple):
    """A row of the table; the last two columns are not covered by the mark."""

    id: str
    started: float
    finished: float | None
    manifest: bytes
    result: bytes | None
    restarting: int
    about: bytes | None
    state: bytes | None
    mark: bytes | None


def _state(encoded: bytes | None) -> RunState | None:
    """How far a run is; None where nothing is known, or anybody else wrote it."""
    try:
        return None if encoded is None else msgspec.json.decode(encoded, type=RunState)
    except (msgspec.DecodeError, TypeError):
        return None
