"""The store of a workspace: results of finished work, trajectories, names of skills, and runs."""

import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import msgspec
import zstandard

from t2s_local.packing import unpacked
from t2s_local.user_files.folders import STORE
from t2s_local.values.trajectory import Trajectory, TrajectoryId
from t2s_local.workspace import _marks
from t2s_local.workspace._database import backups, failure, transaction
from t2s_local.workspace._ledger import Ledger

SYNC_EVERY = 1.0
"""Limit of seconds of work that a power cut can destroy: a commit this long after the last synced one is synced too.

Without a power cut nothing is lost: every commit survives the end of the process, even if it is killed.
"""
_FLUSH = 500
_PACK = zstandard.ZstdCompressor(level=1).compress


class Workspace:
    """A workspace folder, opened by :func:`open_workspace` or :func:`read_workspace`."""

    def __init__(self, folder: Path, database: sqlite3.Connection) -> None:
        """Wrap an open *database* in *folder*."""
        self.folder = folder
        self._path = folder / STORE
        self._database = database
        self._synced = float("-inf")
        self._is_syncing: bool | None = None
        """Whether commits are synced to the disk at present; None before the first commit."""
        self._unpack = zstandard.ZstdDecompressor().decompress
        self.ledger = Ledger(database, self.transaction, folder)

    def item(self, kind: str, key: str) -> bytes | None:
        """Return the value stored under *kind* and *key*; None if there is none."""
        row = self._row("SELECT value, mark FROM items WHERE kind = ? AND key = ?", (kind, key))
        return None if row is None else self._checked(row, "item", _marks.kind_of(kind), key)

    def items(self, kind: str, *, run_id: str) -> Iterator[bytes]:
        """Return every value of that kind that the run *run_id* stored or read, sorted by key."""
        query = "SELECT key, value, mark FROM items JOIN uses USING (kind, key) WHERE run = ? AND kind = ? ORDER BY key"
        try:
            rows = self._database.execute(query, (run_id, kind)).fetchall()
        except sqlite3.Error as error:
            raise failure(error, self._path) from error
        return (self._checked((value, mark), "item", _marks.kind_of(kind), key) for key, value, mark in rows)

    def put_item(self, kind: str, key: str, value: bytes) -> None:
        """Store *value* under *kind* and *key*, in a transaction of its own."""
        packed = _PACK(value)
        with self.transaction() as execute:
            row = (kind, key, packed, _marks.of_item(kind, key, packed))
            execute("INSERT OR REPLACE INTO items VALUES (?, ?, ?, ?)", row)

    def attempt(self, run_id: str) -> "Attempt":
        """Return the part of the store in which the run *run_id* stores its work."""
        return Attempt(self, run_id)

    def trajectory(self, trajectory_id: TrajectoryId) -> Trajectory | None:
        """Return the stored trajectory with that id; None if there is none."""
        row = self._row("SELECT value, mark FROM trajectories WHERE id = ?", (trajectory_id,))
        if row is None:
            return None
        _marks.refuse_foreign(self.folder, row[1], "trajectory", trajectory_id, row[0])
        return unpacked(row[0])

    def trajectory_ids(self, start: str, *, most: int) -> tuple[TrajectoryId, ...]:
        """Return at most *most* ids of stored trajectories that begin with *start*, sorted."""
        query = "SELECT id FROM trajectories WHERE id >= ? AND id < ? ORDER BY id LIMIT ?"
        try:
            rows = self._database.execute(query, (start, start + "\U0010ffff", most)).fetchall()
        except sqlite3.Error as error:
            raise failure(error, self._path) from error
        return tuple(TrajectoryId(row[0]) for row in rows)

    def names(self) -> dict[str, tuple[str, ...]]:
        """Return the names of all skills written so far, each with the ids of the skill's lessons."""
        found = {}
        for name, lessons, mark in self._database.execute("SELECT name, lessons, mark FROM names ORDER BY name"):
            _marks.refuse_foreign(self.folder, mark, "name", name, lessons)
            found[name] = msgspec.json.decode(lessons, type=tuple[str, ...])
        return found

    def _checked(self, row: tuple[bytes, bytes], *parts: str) -> bytes:
        """Return the unpacked value of a *row* with a value and its mark.

        Raises:
            InputError: this user's t2s did not write the row.
        """
        value, mark = row
        _marks.refuse_foreign(self.folder, mark, *parts, value)
        return self._unpack(value)

    def _row(self, query: str, values: tuple[str, ...]) -> tuple[bytes, bytes] | None:
        try:
            row: tuple[bytes, bytes] | None = self._database.execute(query, values).fetchone()
        except sqlite3.Error as error:
            raise failure(error, self._path) from error
        return row

    @contextmanager
    def transaction(self, *, durable: bool = False) -> Iterator[Callable[..., sqlite3.Cursor]]:
        """Run the block as one transaction, all or nothing; if *durable*, it is on the disk at the end.

        Raises:
            T2SError: the disk is full or broken; earlier transactions are kept.
        """
        now = time.monotonic()
        syncs = durable or not 0 <= now - self._synced < SYNC_EVERY
        try:
            if syncs is not self._is_syncing:
                self._database.execute(f"PRAGMA synchronous = {'FULL' if syncs else 'NORMAL'}")
                self._is_syncing = syncs
        except sqlite3.Error as error:
            raise failure(error, self._path) from error
        with transaction(self._database, self._path) as execute:
            yield execute
        if syncs:
            self._synced = now

    def remove_run(self, run_id: str) -> int:
        """Remove a run with all that no other run uses, irrecoverably, and the copies of the store before migrations.

        Returns:
            Number of bytes by which the store became smaller.
        """
        before = self._bytes()
        self.ledger.remove(run_id)
        self._overwrite()
        return before - self._bytes()

    def strip_run(self, run_id: str, result: bytes) -> None:
        """Remove every text that only this run uses, irrecoverably; keep *result*, the manifest and the call."""
        self.ledger.strip(run_id, result)
        self._overwrite()

    def _bytes(self) -> int:
        return sum(path.stat().st_size for path in [self._path, *backups(self.folder)])

    def _overwrite(self) -> None:
        """Erase removed data from the file, from its log, and from the copies of the store before migrations."""
        try:
            self._database.execute("VACUUM")
            self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.Error as error:
            raise failure(error, self._path) from error
        for path in backups(self.folder):
            path.unlink(missing_ok=True)

    def take_over(self, other: Path) -> int:
        """Copy finished work, trajectories and runs from the store *other* of another workspace; replace nothing.

        Returns:
            Number of new results of finished work.
        """
        self._database.execute("ATTACH DATABASE ? AS other", (f"{other.absolute().as_uri()}?mode=ro",))
        try:
            with self.transaction(durable=True) as execute:
                taken = execute(
                    "INSERT OR IGNORE INTO items SELECT * FROM other.items "
                    "WHERE instr(kind, '@') = 0 AND t2s_holds(mark, 'item', t2s_kind(kind), key, value)"
                ).rowcount
                execute(
                    "INSERT OR IGNORE INTO trajectories SELECT * FROM other.trajectories "
                    "WHERE t2s_holds(mark, 'trajectory', id, value)"
                )
                execute(
                    "INSERT OR IGNORE INTO runs SELECT * FROM other.runs "
                    f"WHERE restarting = 0 AND t2s_holds(mark, 'run', {_marks.RUN})"
                )
                execute("INSERT OR IGNORE INTO uses SELECT * FROM other.uses WHERE instr(kind, '@') = 0")
        finally:
            self._database.execute("DETACH DATABASE other")
        return taken

    def size(self) -> int:
        """Return the size of the store in bytes, without its log."""
        (pages,) = self._database.execute("PRAGMA page_count").fetchone()
        (each,) = self._database.execute("PRAGMA page_size").fetchone()
        return int(pages) * int(each)

    def close(self) -> None:
        """Close the store."""
        self._database.close()

    def __enter__(self) -> Self:
        """Return the workspace itself."""
        return self

    def __exit__(self, *exc: object) -> None:
        """Close the store."""
        self.close()


class Attempt:
    """The part of the store for one run, which also records every item and trajectory that the run uses.

    A run that is repeated from the start stores its work under separate kinds, and reads no items of other kinds.
    """

    def __init__(self, workspace: Workspace, run_id: str) -> None:
        """Continue the run *run_id* of *workspace*."""
        run = workspace.ledger.get(run_id)
        self._workspace = workspace
        self._run = run_id
        self._aside = f"@{run_id}" if run is not None and run.is_restarting else ""
        self._used: set[tuple[str, str]] = set()

    def item(self, kind: str, key: str) -> bytes | None:
        """Return the value stored under *kind* and *key*; None if there is none."""
        value = self._workspace.item(kind + self._aside, key)
        if value is not None:
            self._use(kind, key)
        return value

    def put_item(self, kind: str, key: str, value: bytes) -> None:
        """Store *value* under *kind* and *key*, in a transaction of its own."""
        self.put_items(kind, {key: value})

    def put_items(self, kind: str, values: Mapping[str, bytes]) -> None:
        """Store *values* of one kind by key, in one transaction."""
        packed = {key: _PACK(value) for key, value in values.items()}
        stored = kind + self._aside
        with self._workspace.transaction() as execute:
            for key, value in packed.items():
                row = (stored, key, value, _marks.of_item(kind, key, value))
                execute("INSERT OR REPLACE INTO items VALUES (?, ?, ?, ?)", row)
                execute("INSERT OR IGNORE INTO uses VALUES (?, ?, ?)", (self._run, stored, key))

    def trajectory(self, trajectory_id: TrajectoryId) -> Trajectory | None:
        """Return the stored trajectory with that id; None if there is none."""
        found = self._workspace.trajectory(trajectory_id)
        if found is not None:
            self._use("trajectory", trajectory_id)
        return found

    def put_trajectories(self, rows: Sequence[tuple[TrajectoryId, bytes]]) -> None:
        """Store trajectories as packed by :func:`t2s_local.packing.packed`, in one transaction."""
        with self._workspace.transaction() as execute:
            for row in rows:
                execute("INSERT OR REPLACE INTO trajectories VALUES (?, ?, ?)", (*row, _marks.of_trajectory(*row)))
                execute("INSERT OR IGNORE INTO uses VALUES (?, 'trajectory', ?)", (self._run, row[0]))

    def flush(self) -> None:
        """Store which items and trajectories the run has used."""
        if self._used:
            with self._workspace.transaction() as execute:
                for kind, key in sorted(self._used):
                    execute("INSERT OR IGNORE INTO uses VALUES (?, ?, ?)", (self._run, kind, key))
            self._used.clear()

    def _use(self, kind: str, key: str) -> None:
        self._used.add((kind + self._aside if kind != "trajectory" else kind, key))
        if len(self._used) >= _FLUSH:
            self.flush()
