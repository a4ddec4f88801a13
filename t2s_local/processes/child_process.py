"""Start Python child processes that import the same modules as this process, but nothing from the current folder.

``python -m`` puts the current folder first in the import path, and so does an empty entry in ``PYTHONPATH``. The
current folder often belongs to someone else's project: a ``msgspec.py`` in it would run with the user's rights.
Children therefore get the full import path.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
_SET_ANEW = frozenset(
    {
        *("PYTHONPATH", "PYTHONSTARTUP", "PYTHONUSERBASE", "PYTHONPYCACHEPREFIX", "PYTHONPLATLIBDIR"),
        *("PYTHONINSPECT", "PYTHONSAFEPATH", "PYTHONBREAKPOINT", "PYTHONEXECUTABLE"),
    }
)
"""Variables that change which code Python runs; their effect on the import path is already in the passed path."""


def command(module: str, *words: str) -> list[str]:
    """Return the command line that runs *module* as a program, with *words* as its arguments."""
    return [sys.executable, "-P", "-m", module, *words]


def environment(**more: str) -> dict[str, str]:
    """Return the environment for a child: that of this process with the full import path, and the variables *more*."""
    kept = {name: value for name, value in os.environ.items() if name not in _SET_ANEW}
    return {**kept, "PYTHONPATH": os.pathsep.join(trusted(sys.path)), "PYTHONSAFEPATH": "1", **more}


def trusted(path: Sequence[str]) -> list[str]:
    """Return the absolute folders of the import *path*, in order, without the current folder.

    The current folder is kept only if it contains this package, as in a checkout of the project.
    """
    here = os.path.realpath(os.curdir) if _has_current_folder() else None
    own = str(PACKAGE.parent)
    found = [
        place
        for place in path
        if Path(place).is_absolute()
        and os.pathsep not in place
        and (os.path.realpath(place) != here or os.path.realpath(place) == own)
    ]
    return found if own in map(os.path.realpath, found) else [*found, own]


def leave_current_folder_out() -> None:
    """Remove the current folder from the import path of this process."""
    sys.path[:] = trusted(sys.path)


def _has_current_folder() -> bool:
    """Return whether the current folder exists; it may have been removed."""
    try:
        return bool(Path.cwd())
    except OSError:
        return False
