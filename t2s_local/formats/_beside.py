"""Files beside a recording to which names in an input lead: none of them lies outside of the recording's folder."""

import os
import stat
from collections.abc import Sequence
from pathlib import Path

from t2s_local.files import is_plain_name, kind_of


def below(folder: Path, *names: str) -> Path | None:
    """The place below *folder* that *names* lead to, where it is there and lies below.

    The names come from an input: each is one name, and no link is followed out of the folder or to a folder.

    Args:
        folder: Where the input lies.
        names: Folder by folder.
    """
    path = folder
    for name in names:
        if not is_plain_name(name):
            return None
        path = path / name
    return path if _leads_below(folder, names, path) else None


def is_below(path: Path, folder: Path) -> bool:
    """Return whether *path* is there, is a regular file or a folder, and lies below *folder* with every link followed.

    Links to files may lead to another place below the folder; links to folders do not count.
    """
    try:
        return _leads_below(folder, path.relative_to(folder).parts, path)
    except ValueError:
        return False


def files_in(folder: Path, ending: str, *, root: Path) -> list[Path]:
    """List the files right in *folder* by name, without links that lead out of *root*; none where it is not listed.

    Args:
        folder: It lies below *root*, or is it.
        ending: How their names end.
        root: Where the input lies.
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
    """Return whether *path*, to which *parts* lead from *folder*, is there and lies below it."""
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
