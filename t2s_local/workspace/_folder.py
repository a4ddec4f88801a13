"""Check the folder of a workspace: links and odd files in it are refused."""

import os
import stat
from pathlib import Path

from t2s_local.errors import InputError
from t2s_local.files import reason_of

_WRITTEN = ("lock", "store.")
"""Beginnings of the names of files that the workspace opens, empties, writes or removes."""


def refuse_odd(folder: Path) -> None:
    """Refuse a workspace that is a link, or in which a file that t2s writes is not a plain file of this user alone.

    A cloned project can contain links with these file names, whose targets would then be emptied.

    Raises:
        InputError: the folder is a link, or a file in it is a link, no plain file, another user's, or hard-linked.
    """
    if folder.is_symlink():
        message = "a link, and no folder of its own"
        raise InputError(message, path=folder, hint=f"Name the folder itself: --workspace {_target(folder)}")
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if not path.name.startswith(_WRITTEN):
            continue
        try:
            found = path.lstat()
        except FileNotFoundError:
            continue
        except OSError as error:
            raise InputError(reason_of(error), path=path) from error
        what = _oddity(found)
        if what is not None:
            raise InputError(what, path=path, hint="Move it away, or name another --workspace.")


def open_own(path: Path) -> int:
    """Open *path* for reading and writing, made if missing; links are not followed.

    Raises:
        OSError: the file cannot be opened.
        InputError: the file is no plain file of this user alone.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    handle = os.open(path, flags, stat.S_IRUSR | stat.S_IWUSR)
    what = _oddity(os.fstat(handle))
    if what is not None:
        os.close(handle)
        raise InputError(what, path=path, hint="Move it away, or name another --workspace.")
    return handle


def _oddity(found: os.stat_result) -> str | None:
    """Return the reason to refuse a file, as a clause; None for a plain file of this user with a single name."""
    if stat.S_ISLNK(found.st_mode):
        return "a link, where a file of the workspace belongs"
    if not stat.S_ISREG(found.st_mode):
        return "no plain file, where a file of the workspace belongs"
    if found.st_uid != os.geteuid():
        return "belongs to another user"
    return "has a second name elsewhere, and would be changed there too" if found.st_nlink > 1 else None


def _target(folder: Path) -> Path:
    try:
        return folder.resolve()
    except (OSError, RuntimeError):
        return folder
