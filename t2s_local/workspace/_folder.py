"""The folder of a workspace: refused where anything in it could lead elsewhere."""

import os
import stat
from pathlib import Path

from t2s_local.errors import InputError
from t2s_local.files import reason_of

_WRITTEN = ("lock", "store.")
"""How the names of the files begin that we open, empty, copy to or remove."""


def refuse_odd(folder: Path) -> None:
    """Refuse a workspace that is a link, or in which a file we write is none of ours alone.

    A project that is cloned can bring links under the names we use: what they lead to would be emptied.

    Raises:
        InputError: the folder or a file in it is a link, no plain file, another user's, or has a second name.
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
    """Open *path* for reading and writing, making it where there is none; no link is followed.

    Raises:
        OSError: it cannot be opened.
        InputError: it is no plain file of this user's.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    handle = os.open(path, flags, stat.S_IRUSR | stat.S_IWUSR)
    what = _oddity(os.fstat(handle))
    if what is not None:
        os.close(handle)
        raise InputError(what, path=path, hint="Move it away, or name another --workspace.")
    return handle


def _oddity(found: os.stat_result) -> str | None:
    """Why a file is not taken for ours; None where it may be."""
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
