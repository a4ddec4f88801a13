"""The table of a workspace's runs: their command lines, their progress and their results."""

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
    """The call of a run: the information beside the manifest that is needed to repeat the run."""

    command: tuple[str, ...]
    """The words of the command line."""
    folder: str
    """The folder in which the command was given."""
    line: str
    """Digest of the command line's request: runs with the same digest use the same files, even if contents differ."""
    host: str
    out: str | None = None
    """Folder of the library; None for runs of earlier versions, which did not store it."""
    versions: dict[str, str]
    """Versions of Python and of the libraries on which the output bytes depend."""


class RunState(Value, frozen=True, kw_only=True, omit_defaults=True):
    """The progress of a run, with its use of time and memory."""

    stage: str | None = None
    """Name of the present stage; None if the run is over."""
    done: int = 0
    total: int | None = None
    in_stage: float = 0.0
    """Seconds since the stage began."""
    at: float
    """Time of this state, in seconds since 1970."""
    seconds: dict[str, float] = msgspec.field(default_factory=dict)
    """Seconds for each stage, in this process."""
    n_remembered: int = 0
    n_remembered_here: int = 0
    """Number of items of the stage whose result was already stored, and which took no time."""
    n_refused: int = 0
    predicted: float | None = None
    """Predicted seconds of the whole run, estimated after the input was read; None without a prediction."""
    basis: str | None = None
    """Basis of the prediction, in words."""
    tokens: int = 0
    """Number of tokens that a model has generated in this process."""
    tokens_a_second: float | None = None
    """Generated tokens per second in this stage; None if no model is asked."""
    took: float | None = None
    """Seconds of the whole run, if it was done without interruption; otherwise None."""
    peak: int | None = None
    """Peak memory in bytes; None if unknown."""


class StoredRun(Value, frozen=True, kw_only=True):
    """One run as a row of the store."""

    id: str
    """Digest of the manifest: runs with the same inputs, versions and settings have the same id."""
    started: float
    """Seconds since 1970."""
    finished: float | None
    """Time at which the result was complete, in seconds since 1970; None before."""
    manifest: bytes
    """Inputs, versions and settings of the run, as JSON."""
    result: bytes | None
    """Result as JSON; None until the run is finished. While the run is repeated, the earlier result."""
    is_restarting: bool
    """Whether the run is being repeated from the start."""
    about: About | None
    """Call of the run; None if an older version stored the run."""
    state: RunState | None

    @property
    def is_whole(self) -> bool:
        """Return whether the run is finished and is not being repeated."""
        return self.result is not None and not self.is_restarting


class Ledger:
    """The table of runs."""

    def __init__(self, database: sqlite3.Connection, transaction: Transaction, folder: Path) -> None:
        """Wrap the table of runs in *database*; *transaction* opens a transaction of the store in *folder*."""
        self._database = database
        self._transaction = transaction
        self._folder = folder

    def __iter__(self) -> Iterator[StoredRun]:
        """Yield every run, the oldest first."""
        rows = self._database.execute(f"SELECT {_COLUMNS} FROM runs ORDER BY started, id").fetchall()
        return map(self._stored, rows)

    def get(self, run_id: str) -> StoredRun | None:
        """Return the run with that id; None if there is none."""
        row = self._database.execute(f"SELECT {_COLUMNS} FROM runs WHERE id = ?", (run_id,)).fetchone()
        return None if row is None else self._stored(row)

    def _stored(self, found: tuple[object, ...]) -> StoredRun:
        """Return the run in a row of the table.

        Raises:
            InputError: this user's t2s did not write the row.
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
        """Return the only run whose id begins with *start*; the newest run if *start* is None or ``latest``.

        Raises:
            UsageError: there is no such run, or more than one.
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
        """Store that a run has begun; an earlier result of the run is kept until the new one is complete."""
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
        """Store the progress of a run."""
        with self._transaction() as execute:
            execute("UPDATE runs SET state = ? WHERE id = ?", (msgspec.json.encode(state), run_id))

    def finish(self, run_id: str, result: bytes, names: dict[str, tuple[str, ...]], *, now: float) -> None:
        """Store that a run is finished; work of a repeated run replaces the earlier work."""
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
        """Remove a run with all items and trajectories that no other run uses; their bytes are overwritten."""
        with self._transaction(durable=True) as execute:
            execute("DELETE FROM runs WHERE id = ?", (run_id,))
            _let_go(execute, run_id)
            execute("DELETE FROM names WHERE NOT EXISTS (SELECT 1 FROM runs)")

    def strip(self, run_id: str, result: bytes) -> None:
        """Remove all items and trajectories that only this run uses, and keep the run with *result* as its result."""
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
    """A row of the table of runs; the mark covers all columns but the last two."""

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
    """Return the decoded progress of a run; None if there is none, or if it cannot be decoded."""
    try:
        return None if encoded is None else msgspec.json.decode(encoded, type=RunState)
    except (msgspec.DecodeError, TypeError):
        return None
