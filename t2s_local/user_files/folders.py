"""Folders of the user outside of any project: where a home is, where our own data lies, and what is there without one.

In a container a process may have no home and no name. It then gets a private folder among the temporary files, so
that everything runs; what lies there is gone when the container is.
"""

import os
import pwd
import stat
import tempfile
from pathlib import Path

from t2s_local.errors import T2SError
from t2s_local.files import PRIVATE_FOLDER, private_folder, reason_of

_XDG = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME")
_NO_HOME = "Set HOME or XDG_DATA_HOME to a folder of your own."


def settle_home() -> None:
    """See to it that ``HOME`` names a folder that may be entered; one relative to the current folder does not count.

    Raises:
        T2SError: there is no home, and no private folder can be made among the temporary files.
    """
    for name in _XDG:
        if not Path(os.environ.get(name) or "/").is_absolute():
            del os.environ[name]
    if _may_be_home(os.environ.get("HOME") or "."):
        return
    try:
        home = pwd.getpwuid(os.getuid()).pw_dir
    except KeyError:
        home = ""
    os.environ["HOME"] = home if _may_be_home(home or ".") else str(temporary_root())


def _may_be_home(home: str) -> bool:
    """Return whether *home* can be used: a container that changes its user leaves the home of another one in place."""
    try:
        is_folder = Path(home).is_absolute() and stat.S_ISDIR(Path(home).stat().st_mode)
        return is_folder and os.access(home, os.R_OK | os.X_OK)
    except FileNotFoundError:
        return True
    except OSError:
        return False


def data_folder() -> Path:
    """Our folder for what is kept of the user, made where it does not exist; without a home, a temporary one.

    Raises:
        T2SError: no such folder can be made.
    """
    import platformdirs

    folder = Path(platformdirs.user_data_dir("t2s"))
    try:
        made = private_folder(folder)
    except T2SError:
        return temporary_root()
    return made if os.access(made, os.R_OK | os.W_OK | os.X_OK) else temporary_root()


def conversations_workspace() -> Path:
    """Return the user's one workspace for the conversations of this machine, which need not be there yet.

    Raises:
        T2SError: there is no folder for data of the user, and none can be made.
    """
    return data_folder() / "workspace"


def temporary_root() -> Path:
    """Our one folder among the temporary files, this user's alone.

    Raises:
        T2SError: it cannot be made, or another user or a link holds its name.
    """
    folder = Path(tempfile.gettempdir()) / f"t2s-{os.getuid()}"
    try:
        if folder.parent.samefile(os.curdir) and folder.parent != Path(os.environ.get("TMPDIR", "")):
            message = "there is no folder for temporary files"
            raise T2SError(message, hint="Set TMPDIR to a folder of your own.")
        folder.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
        found = folder.lstat()
    except OSError as error:
        raise T2SError(reason_of(error), path=folder, hint=_NO_HOME) from error
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        message = "not a private folder of this user"
        raise T2SError(message, path=folder, hint="Move it away, or set TMPDIR to another folder.")
    return folder
