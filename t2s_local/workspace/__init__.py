"""The run store: one SQLite file in a private folder, one short transaction an item.

Work is keyed by content (input digest, analyst version, settings), so the same command again resumes, and a finished
run again recomputes nothing. The write-ahead log makes every committed item survive the end of the process; decision
0701 says what survives the end of the machine.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from t2s_local.errors import InputError
from t2s_local.files import private_folder
from t2s_local.workspace._database import VERSION, connect, version_of
from t2s_local.workspace._ledger import About, Ledger, RunState, StoredRun
from t2s_local.workspace._lock import holder, locked
from t2s_local.workspace._store import Attempt, Workspace

__all__ = [
    "STORE",
    "About",
    "Attempt",
    "Ledger",
    "RunState",
    "StoredRun",
    "Workspace",
    "holder",
    "open_workspace",
    "read_workspace",
]
STORE = "store.db"


@contextmanager
def open_workspace(folder: Path, *, command: str) -> Iterator[Workspace]:
    """Open *folder* for writing, making it where there is none; nobody else can until it is closed.

    Raises:
        LockedError: another process has it open; the message names the holder.
        InputError: its store is no store of ours.
        T2SError: the folder cannot be made or written to, or its store was written by a newer version.
    """
    private_folder(folder)
    with locked(folder, command), Workspace(folder, connect(folder / STORE, writable=True)) as workspace:
        yield workspace


@contextmanager
def read_workspace(folder: Path) -> Iterator[Workspace]:
    """Open an existing *folder* for reading; a writer is not disturbed, and does not disturb.

    Raises:
        InputError: there is no workspace, or its store is no store of ours.
        T2SError: its store was written by a newer version.
    """
    path = folder / STORE
    if not path.exists():
        message = "no workspace here"
        raise InputError(message, path=folder, hint="Name it with --workspace, or run `t2s distill` first.")
    database = connect(path, writable=False)
    if version_of(database) < VERSION:
        database.close()
        with open_workspace(folder, command="bringing the store to a newer version"):
            database = connect(path, writable=False)
    with Workspace(folder, database) as workspace:
        yield workspace
