"""Temporary files, which may contain recorded text: in one private folder that is removed with the process.

The folder is removed at every end of the process that Python can handle, signals included (:mod:`t2s_local.cli`
converts them into exceptions). The folder of a killed process is removed by the next process that starts, because its
lock is then free.
"""

import atexit
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

from t2s_local.errors import T2SError
from t2s_local.files import PRIVATE_FILE
from t2s_local.user_files.folders import temporary_root

_SESSION = "s-"
_LOCK = "lock"
_VARIABLE = "T2S_SCRATCH"
_GRACE = 60.0
"""Seconds for which a folder may exist without its lock, which is made right after the folder."""


@contextmanager
def scratch(prefix: str) -> Iterator[Path]:
    """Yield a new private folder that is removed at the end of the block."""
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=_session()))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def for_children() -> dict[str, str]:
    """Return variables for a child process that make its temporary files be removed with those of this process."""
    return {_VARIABLE: str(_session())}


def sweep() -> None:
    """Remove the temporary folders of processes that no longer exist."""
    with suppress(T2SError, OSError):
        for folder in sorted(temporary_root().glob(f"{_SESSION}*")):
            if not folder.is_symlink() and _is_abandoned(folder):
                shutil.rmtree(folder, ignore_errors=True)
        temporary_root().rmdir()


@cache
def _session() -> Path:
    """Return the temporary folder of this process, or of the process that started it."""
    inherited = Path(os.environ.get(_VARIABLE) or "/")
    try:
        root = temporary_root()
    except T2SError:  # another user or a link has the name of the folder
        return _kept(Path(tempfile.mkdtemp(prefix="t2s-")))
    if inherited.parent == root and inherited.is_dir() and not inherited.is_symlink():
        return inherited
    return _kept(Path(tempfile.mkdtemp(prefix=_SESSION, dir=root)))


def _kept(folder: Path) -> Path:
    """Lock *folder* until this process ends, remove the folder at the end, and return it."""
    handle = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE_FILE)
    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    atexit.register(_remove, folder, os.getpid())
    return folder


def _remove(folder: Path, owner: int) -> None:
    if os.getpid() == owner:
        shutil.rmtree(folder, ignore_errors=True)
        with suppress(OSError):
            folder.parent.rmdir()


def _is_abandoned(folder: Path) -> bool:
    try:
        handle = os.open(folder / _LOCK, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return time.time() - folder.stat().st_mtime > _GRACE
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(handle)
    return True
