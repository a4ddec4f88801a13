"""Lock a workspace's folder for one writer at a time, with the name of the writer in the lock file."""

import fcntl
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from t2s_local.errors import InputError, LockedError, T2SError
from t2s_local.files import open_regular, reason_of
from t2s_local.text.text import squeeze
from t2s_local.workspace._folder import open_own

_LONGEST = 4096
_PID = re.compile("[1-9][0-9]{0,8}", re.ASCII)
_LOOK = 0.01
_PATIENCE = 0.2
"""Seconds to wait for another process that has just locked the folder to write its name into the lock file."""


@contextmanager
def locked(
    folder: Path, command: str, *, patience: float = 0.0, hint: str = "Wait for it, or use another --workspace."
) -> Iterator[None]:
    """Lock *folder* during the block; the system unlocks it when the process ends, even if it is killed.

    Args:
        folder: Folder with the lock file ``lock``.
        command: Name of this command in the lock file, shown to other processes.
        patience: Seconds to wait for another process.
        hint: Advice in the error if another process has locked the folder.

    Raises:
        LockedError: another process has locked the folder; the message names that process.
        T2SError: the lock file cannot be made.
    """
    path = folder / "lock"
    try:
        handle = open_own(path)
    except OSError as error:
        raise T2SError(reason_of(error), path=path) from error
    try:
        try:
            _take(handle, patience)
        except BlockingIOError as error:
            message = f"in use by {_holder(handle)}"
            raise LockedError(message, path=folder, hint=hint) from error
        _sign(handle, command, path)
        yield
        with suppress(OSError):
            os.ftruncate(handle, 0)
    finally:
        os.close(handle)


def holder(folder: Path) -> str | None:
    """Return a description of the process that has locked *folder*; None if none is known. Does not lock the folder."""
    try:
        with open_regular(folder / "lock") as stream:
            said = stream.read(_LONGEST).decode("utf-8", "replace")
    except (InputError, OSError):
        return None
    pid, _, rest = said.partition("\n")
    return squeeze(rest) if _PID.fullmatch(pid) and _lives(int(pid)) else None


def _take(handle: int, patience: float) -> None:
    """Lock the file behind *handle*.

    Raises:
        BlockingIOError: after *patience* seconds another process still has the lock.
    """
    until = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                raise
            time.sleep(_LOOK)
        else:
            return


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _holder(handle: int) -> str:
    patient_until = time.monotonic() + _PATIENCE
    while True:
        said = squeeze(os.pread(handle, _LONGEST, 0).decode("utf-8", "replace").partition("\n")[2])
        if said or time.monotonic() > patient_until:
            return said or "another process"
        time.sleep(0.01)


def _sign(handle: int, command: str, path: Path) -> None:
    since = time.strftime("%Y-%m-%d %H:%M:%S")
    pid = os.getpid()
    said = f"{pid}\nprocess {pid} on {os.uname().nodename} ({command}), since {since}"
    try:
        os.ftruncate(handle, 0)
        os.pwrite(handle, said.encode("utf-8", "replace")[:_LONGEST], 0)
    except OSError as error:
        raise T2SError(reason_of(error), path=path) from error
