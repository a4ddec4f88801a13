"""Folders of the user outside of any project: the home, the data folder of t2s, and a replacement for both.

In a container a process may have no home and no user name. It then gets a private folder among the temporary files, so
that all commands run; the content of this folder is lost with the container.
"""

import os
import pwd
import stat
import tempfile
from pathlib import Path

from t2s_local.errors import T2SError
from t2s_local.files import PRIVATE_FOLDER, private_folder, reason_of

STORE = "store.db"
"""Name of the file in a workspace that stores its runs."""
_XDG = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME")
_NO_HOME = "Set HOME or XDG_DATA_HOME to a folder of your own."


def settle_home() -> None:
    """Set ``HOME`` to a usable absolute folder if it is none: the user's home, or else a temporary folder.

    Also removes XDG variables with relative paths.

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
    """Return whether *home* is usable: in a container with a changed user it may be the home of another user."""
    try:
        is_folder = Path(home).is_absolute() and stat.S_ISDIR(Path(home).stat().st_mode)
        return is_folder and os.access(home, os.R_OK | os.X_OK)
    except FileNotFoundError:
        return True
    except OSError:
        return False


def data_folder() -> Path:
    """Return the folder for the user's data of t2s, made if missing; if it is unusable, a temporary folder.

    Raises:
        T2SError: neither folder can be made.
    """
    import platformdirs

    folder = Path(platformdirs.user_data_dir("t2s"))
    try:
        made = private_folder(folder)
    except T2SError:
        return temporary_root()
    return made if os.access(made, os.R_OK | os.W_OK | os.X_OK) else temporary_root()


def conversations_workspace() -> Path:
    """Return the path of the user's workspace for the conversations on this machine, which may not exist yet.

    Raises:
        T2SError: there is no folder for data of the user, and none can be made.
    """
    return data_folder() / "workspace"


def workspace_to_read(folder: Path) -> Path:
    """Return *folder* if it has a store, otherwise the workspace of this machine's conversations if that has one.

    If neither has a store, return *folder*.
    """
    users = conversations_workspace()
    return users if not (folder / STORE).exists() and (users / STORE).exists() else folder


def temporary_root() -> Path:
    """Return the private folder of t2s for this user among the temporary files, made if missing.

    Raises:
        T2SError: the folder cannot be made, or its name is that of a link or of another user's folder.
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
