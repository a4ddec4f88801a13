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
from t2s_local.workspace._database import connect
from t2s_local.workspace._folder import refuse_odd
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
    "adopt_workspace",
    "holder",
    "locked",
    "open_workspace",
    "read_workspace",
]
STORE = "store.db"


@contextmanager
def open_workspace(folder: Path, *, command: str) -> Iterator[Workspace]:
    """Open *folder* for writing, making it where there is none; nobody else can until it is closed.

    Raises:
        LockedError: another process has it open; the message names the holder.
        InputError: its store is none of this user's t2s, or a link or another user's file stands in a place of ours.
        T2SError: the folder cannot be made or written to, or its store was written by a newer version.
    """
    private_folder(folder)
    refuse_odd(folder)
    with locked(folder, command), Workspace(folder, connect(folder / STORE, writable=True)) as workspace:
        yield workspace


@contextmanager
def read_workspace(folder: Path) -> Iterator[Workspace]:
    """Open an existing *folder* for reading; a writer is not disturbed, and does not disturb.

    Raises:
        InputError: there is no workspace, or its store is none of this user's t2s.
        T2SError: its store was written by a newer version.
    """
    with Workspace(folder, connect(_existing(folder), writable=False)) as workspace:
        yield workspace


def adopt_workspace(folder: Path) -> None:
    """Mark everything in an existing *folder* as this user's own, whoever wrote it; brings it to this version too.

    Raises:
        InputError: there is no workspace, or its store is none that a t2s wrote.
        LockedError: another process has it open.
        T2SError: its store was written by a newer version.
    """
    path = _existing(folder)
    with locked(folder, "t2s adopt"):
        connect(path, writable=True, adopts=True).close()


def _existing(folder: Path) -> Path:
    """The store in *folder*.

    Raises:
        InputError: there is none, or a link stands in its place.
    """
    refuse_odd(folder)
    path = folder / STORE
    if not path.exists():
        message = "no workspace here"
        raise InputError(message, path=folder, hint="Name it with --workspace, or run `t2s distill` first.")
    return path
