"""Build the folder of a skill completely before it is renamed to its place."""

import shutil
from collections.abc import Collection, Mapping
from pathlib import Path

from t2s_local.files import write_atomic

FILE_MODE = 0o644
FOLDER_MODE = 0o755
PROGRAM_MODE = 0o755


def build_folder(target: Path, files: Mapping[str, bytes], *, programs: Collection[str] = ()) -> None:
    """Create the folder *target* with *files*, by path with ``/``; *programs* are the paths of executable files."""
    target.mkdir(parents=True)
    for name, data in sorted(files.items()):
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(path, data, mode=PROGRAM_MODE if name in programs else FILE_MODE)
    for folder in (target, *(path for path in target.rglob("*") if path.is_dir())):
        folder.chmod(FOLDER_MODE)


def overlay_folder(folder: Path, target: Path, changes: Mapping[str, bytes | None]) -> None:
    """Create the folder *target* as a copy of *folder*, including files the user added, with changes.

    Args:
        folder: The folder to copy; links in it are copied as links.
        target: The copy.
        changes: New content of files, by path with ``/``; None for files to remove.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(folder, target, symlinks=True)
    for name, data in sorted(changes.items()):
        path = target / name
        if data is None:
            path.unlink(missing_ok=True)
            continue
        mode = path.stat().st_mode & 0o777 if path.exists() else FILE_MODE
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(path, data, mode=mode)
