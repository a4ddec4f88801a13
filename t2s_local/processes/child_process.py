"""Python processes of our own: they import what this process imports, and never a file of the current folder.

``python -m`` puts the current folder before everything else, and so does an empty place in ``PYTHONPATH``. The folder
is that of somebody's project: a ``msgspec.py`` in it would run in our name. Children are given the path in full.
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
"""Variables of Python that name what is run or where it lies; what they came to here is in the path already."""


def command(module: str, *words: str) -> list[str]:
    """The command line that runs *module* as a program, with *words* as its arguments."""
    return [sys.executable, "-P", "-m", module, *words]


def environment(**more: str) -> dict[str, str]:
    """The environment of a child: that of this process, with the path of the imports written out."""
    kept = {name: value for name, value in os.environ.items() if name not in _SET_ANEW}
    return {**kept, "PYTHONPATH": os.pathsep.join(trusted(sys.path)), "PYTHONSAFEPATH": "1", **more}


def trusted(path: Sequence[str]) -> list[str]:
    """The folders of *path* that are imported from, in its order, without the current folder.

    The current folder stays where it is the one that this package lies in: a checkout that is worked on.
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
    """Import nothing from the current folder in this process from now on."""
    sys.path[:] = trusted(sys.path)


def _has_current_folder() -> bool:
    """Return whether the current folder is there; it may have been removed."""
    try:
        return bool(Path.cwd())
    except OSError:
        return False
