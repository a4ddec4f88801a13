"""The store of runs: one SQLite file in a private folder, with one short transaction for each item.

Results are keyed by content (input digest, analyst version, settings): a repeated command resumes an interrupted run
and recomputes nothing of a finished run. The write-ahead log keeps every committed item if the process ends; decision
0701 states which items survive a power cut.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from t2s_local.errors import InputError, T2SError
from t2s_local.files import private_folder
from t2s_local.user_files.folders import STORE
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


@contextmanager
def open_workspace(folder: Path, *, command: str) -> Iterator[Workspace]:
    """Open *folder* for writing, made if missing; no other process can open it for writing until it is closed.

    A new folder is removed again if an error ends the block before the folder has a run: later commands would find
    the empty workspace and not look in the workspace of this machine's conversations.

    Raises:
        LockedError: another process has the folder open for writing; the message names that process.
        InputError: the store was not written by this user's t2s, or one of its files is a link or another user's file.
        T2SError: the folder cannot be made or written to, or its store was written by a newer version.
    """
    is_new = not folder.exists()
    private_folder(folder)
    refuse_odd(folder)
    with locked(folder, command):
        is_empty = False
        try:
            with Workspace(folder, connect(folder / STORE, writable=True)) as workspace:
                try:
                    yield workspace
                except T2SError:
                    is_empty = is_new and next(iter(workspace.ledger), None) is None
                    raise
        finally:
            if is_empty:
                _remove(folder)


def _remove(folder: Path) -> None:
    """Remove a workspace without a run, unless it has other files than those of a workspace."""
    own = {"lock", *(f"{STORE}{ending}" for ending in ("", "-shm", "-wal"))}
    found = list(folder.iterdir())
    if {path.name for path in found} <= own:
        for path in found:
            path.unlink()
        folder.rmdir()


@contextmanager
def read_workspace(folder: Path) -> Iterator[Workspace]:
    """Open an existing *folder* for reading, even while another process writes to it.

    Raises:
        InputError: there is no workspace, or its store was not written by this user's t2s.
        T2SError: its store was written by a newer version.
    """
    with Workspace(folder, connect(_existing(folder), writable=False)) as workspace:
        yield workspace


def adopt_workspace(folder: Path) -> None:
    """Mark all content of an existing *folder* as this user's own, and migrate its store to this version.

    Raises:
        InputError: there is no workspace, or its store was not written by t2s.
        LockedError: another process has the folder open for writing.
        T2SError: its store was written by a newer version.
    """
    path = _existing(folder)
    with locked(folder, "t2s adopt"):
        connect(path, writable=True, adopts=True).close()


def _existing(folder: Path) -> Path:
    """Return the path of the store in *folder*.

    Raises:
        InputError: there is no store, or one of the workspace's files is a link.
    """
    refuse_odd(folder)
    path = folder / STORE
    if not path.exists():
        message = "no workspace here"
        raise InputError(message, path=folder, hint="Name it with --workspace, or run `t2s distill` first.")
    return path
