"""How a folder of skills is changed: by one process at a time, each skill whole or as it was.

A change is prepared in a folder of its own beside the skills. What had to give way waits there until its successor
stands; where that fails, or the process is killed in between, it is put back, at the latest by the next change.
"""

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
"""Seconds another process may take for its change: it copies a few files."""
_LOOK = 0.05


@contextmanager
def locked_folder(folder: Path) -> Iterator[None]:
    """Hold the lock of *folder*, which is on the folder itself and leaves no file in it.

    On a file system that knows no locks nothing is held.

    Raises:
        LockedError: another process changes the folder for long.
        OSError: the folder cannot be opened.
    """
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        _wait_for(handle, folder)
        yield
    finally:
        os.close(handle)


def is_working_folder(path: Path, prefix: str) -> bool:
    """Return whether *path* is a working folder of ours by its name, and no link."""
    return path.name.startswith(prefix) and path.is_dir() and not path.is_symlink()


class LibraryChange:
    """A change of a folder of skills that is under way."""

    def __init__(self, folder: Path, place: Path) -> None:
        """Prepare in *place* what goes to *folder*."""
        self._folder = folder
        self._place = place

    def prepared(self, name: str) -> Path:
        """Where the new skill of that name is to be built."""
        return self._place / _NEW / name

    def put(self, name: str) -> None:
        """Put the prepared skill in its place; what is there gives way, and comes back where that fails.

        Raises:
            T2SError: it failed, and what was there cannot be put back; the message says where it lies.
            OSError: it failed, and everything is as it was.
        """
        had = self._take_away(name)
        try:
            self.prepared(name).rename(self._folder / name)
        except OSError:
            if had:
                self._put_back(name)
            raise

    def remove(self, name: str) -> None:
        """Take the skill of that name away, where there is one."""
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


@contextmanager
def change(folder: Path, prefix: str) -> Iterator[LibraryChange]:
    """Begin a change of *folder*, whose lock is held; first what an earlier one left is brought to its end.

    Args:
        folder: The folder of skills.
        prefix: How the names of working folders begin.
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
    """Put back what a change that was killed had taken away, unless its successor stands; remove its working folder."""
    for place in sorted(folder.iterdir()):
        if is_working_folder(place, prefix) and _restored(folder, place):
            _remove(place)


def has_left(folder: Path, prefix: str) -> bool:
    """Return whether a change of *folder* was killed."""
    return any(is_working_folder(place, prefix) for place in folder.iterdir())


def _restored(folder: Path, place: Path) -> bool:
    """Put back what lies in *place* and nowhere else; whether nothing is lost when *place* goes."""
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
