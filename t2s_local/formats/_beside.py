"""Checks of the paths that names in an input lead to: a path outside of the recording's folder is refused."""

import os
import stat
from collections.abc import Sequence
from pathlib import Path

from t2s_local.files import is_plain_name, kind_of


def below(folder: Path, *names: str) -> Path | None:
    """Return the path below *folder* that *names* lead to; None if it does not exist or is outside of *folder*.

    The names come from an input: each must be a plain name. A link may lead to a file within *folder*; links to folders
    are refused.

    Args:
        folder: The folder of the input.
        names: Folder names and the last name, in order.
    """
    path = folder
    for name in names:
        if not is_plain_name(name):
            return None
        path = path / name
    return path if _leads_below(folder, names, path) else None


def is_below(path: Path, folder: Path) -> bool:
    """Return whether *path* is an existing regular file or folder below *folder*, with every link followed.

    A link to a file below the folder is accepted; links to folders are not.
    """
    try:
        return _leads_below(folder, path.relative_to(folder).parts, path)
    except ValueError:
        return False


def files_in(folder: Path, ending: str, *, root: Path) -> list[Path]:
    """Return the files directly in *folder*, sorted by name, without links that lead out of *root*; [] on errors.

    Args:
        folder: A folder below *root*, or *root* itself.
        ending: Ending of the names.
        root: The folder of the input.
    """
    try:
        with os.scandir(folder) as entries:
            found = [
                (entry.name, entry.is_file(follow_symlinks=False)) for entry in entries if entry.name.endswith(ending)
            ]
    except OSError:
        return []
    return [folder / name for name, is_plain in sorted(found) if is_plain or _is_file_below(folder / name, root)]


def _is_file_below(path: Path, root: Path) -> bool:
    return path.is_symlink() and is_below(path, root)


def _leads_below(folder: Path, parts: Sequence[str], path: Path) -> bool:
    """Return whether *path*, to which *parts* lead from *folder*, exists and is below it."""
    try:
        place, is_link = os.fspath(folder), False
        mode = 0 if parts else folder.stat().st_mode
        for name in parts:
            if is_link or name == "..":
                return False
            place = f"{place}{os.sep}{name}"
            mode = os.lstat(place).st_mode
            is_link = stat.S_ISLNK(mode)
        if not is_link:
            return kind_of(mode, folders=True) is None
        return kind_of(path.stat().st_mode) is None and path.resolve().is_relative_to(folder.resolve())
    except (OSError, ValueError, RuntimeError):
        return False
