"""Change a folder of skills under a lock; each skill is either completely changed or unchanged.

A change is prepared in a working folder beside the skills. Old and new skill change places in one step where the system
can do that. Elsewhere a replaced skill is kept in the working folder until the new skill is in its place; if that fails
or the process is killed in between, the old skill is restored, at the latest by the next change.
"""

import ctypes
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from t2s_local.errors import LockedError, T2SError
from t2s_local.files import reason_of, sync_folder

_OLD = "old"
_NEW = "new"
_PATIENCE = 30.0
"""Seconds to wait for another process, whose change copies only a few files."""
_LOOK = 0.05
_HERE = -100
"""``AT_FDCWD`` of Linux: relative paths start at the current folder."""
_EXCHANGE = 2
"""``RENAME_EXCHANGE`` of Linux."""


@contextmanager
def locked_folder(folder: Path) -> Iterator[None]:
    """Hold a lock on *folder* itself during the block; no lock file is created.

    On a file system without locks, the block runs without a lock.

    Raises:
        LockedError: another process changes the folder for too long.
        OSError: the folder cannot be opened.
    """
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        _wait_for(handle, folder)
        yield
    finally:
        os.close(handle)


def is_working_folder(path: Path, prefix: str) -> bool:
    """Return whether *path* has the name of a working folder and is no link."""
    return path.name.startswith(prefix) and path.is_dir() and not path.is_symlink()


class LibraryChange:
    """Change of a folder of skills under way."""

    def __init__(self, folder: Path, place: Path) -> None:
        """Use *place* as the working folder for a change of *folder*."""
        self._folder = folder
        self._place = place

    def prepared(self, name: str) -> Path:
        """Return the folder to build the new skill *name* in."""
        return self._place / _NEW / name

    def put(self, name: str) -> None:
        """Move the prepared skill to its place; a skill already there is replaced, and restored on failure.

        Raises:
            T2SError: the move failed and the old skill cannot be restored; the message names its current folder.
            OSError: the move failed, and nothing was changed.
        """
        if (self._folder / name).exists() and _exchanged(self.prepared(name), self._folder / name):
            return
        had = self._take_away(name)
        try:
            self.prepared(name).rename(self._folder / name)
        except OSError:
            if had:
                self._put_back(name)
            raise

    def remove(self, name: str) -> None:
        """Remove the skill *name* if it exists."""
        self._take_away(name)

    def _take_away(self, name: str) -> bool:
        target = self._folder / name
        if not target.exists():
            return False
        (self._place / _OLD).mkdir(exist_ok=True)
        target.rename(self._place / _OLD / name)
        return True

    def _put_back(self, name: str) -> None:
        old = self._place / _OLD / name
        try:
            old.rename(self._folder / name)
        except OSError as error:
            message = f"{reason_of(error)}; the skill that was there lies in {old}"
            raise T2SError(message, path=self._folder / name, hint="Move it back.") from error


def _exchanged(one: Path, other: Path) -> bool:
    """Let two folders change places in one step; return False where the system or the file system cannot do that."""
    try:
        rename = ctypes.CDLL(None).renameat2
    except (AttributeError, OSError, TypeError):
        return False
    return int(rename(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE)) == 0


@contextmanager
def change(folder: Path, prefix: str) -> Iterator[LibraryChange]:
    """Begin a change of *folder* under the caller's lock, after cleaning up an interrupted earlier change.

    Args:
        folder: The folder of skills.
        prefix: Beginning of the names of working folders.
    """
    finish_left(folder, prefix)
    place = Path(tempfile.mkdtemp(prefix=prefix, dir=folder))
    try:
        yield LibraryChange(folder, place)
        sync_folder(folder)
        _remove(place)
    except BaseException:
        if _restored(folder, place):
            _remove(place)
        raise


def finish_left(folder: Path, prefix: str) -> None:
    """Restore skills that a killed change had removed without a replacement, and remove its working folder."""
    for place in sorted(folder.iterdir()):
        if is_working_folder(place, prefix) and _restored(folder, place):
            _remove(place)


def has_left(folder: Path, prefix: str) -> bool:
    """Return whether a killed change left a working folder in *folder*."""
    return any(is_working_folder(place, prefix) for place in folder.iterdir())


def _restored(folder: Path, place: Path) -> bool:
    """Restore the skills in *place* that *folder* lacks; return whether *place* can be removed without loss."""
    waiting = place / _OLD
    if waiting.is_symlink() or not waiting.is_dir():
        return True
    is_whole = True
    for old in sorted(waiting.iterdir()):
        target = folder / old.name
        if not os.path.lexists(target):
            try:
                old.rename(target)
            except OSError:
                is_whole = False
    return is_whole


def _remove(place: Path) -> None:
    with suppress(OSError):
        shutil.rmtree(place)


def _wait_for(handle: int, folder: Path) -> None:
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() > until:
                message = "another process is changing the skills in it"
                raise LockedError(message, path=folder, hint="Wait for it and repeat the command.") from error
            time.sleep(_LOOK)
        except OSError:
            return
        else:
            return
