"""Copy a skill into the folder that an agent reads its skills from, or remove it from there."""

from pathlib import Path
from typing import Literal

from t2s_local.errors import T2SError
from t2s_local.files import reason_of
from t2s_local.skills.folder import build_folder
from t2s_local.skills.source import SkillSource, read_source
from t2s_local.skills.working_folder import change, finish_left, locked_folder

WORKING = ".t2s-install."
"""Beginning of the names of working folders."""
InstalledSkill = Literal["added", "replaced", "unchanged"]


def install(source: SkillSource, folder: Path, *, replace: bool) -> InstalledSkill:
    """Copy *source* to ``folder/NAME``; if the copy fails, nothing is changed.

    Args:
        source: The skill.
        folder: Folder that the agent reads skills from; created if it does not exist.
        replace: Whether a different skill of the same name is replaced.

    Raises:
        T2SError: another skill of that name is there and *replace* is not set, or the folder cannot be written to;
            everything is as it was.
        LockedError: another process changes the folder for too long.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with locked_folder(folder):
            finish_left(folder, WORKING)
            return _installed(source, folder, replace=replace)
    except OSError as error:
        raise T2SError(reason_of(error), path=error.filename or folder) from error


def uninstall(name: str, folder: Path) -> None:
    """Remove ``folder/NAME``; if the removal fails, nothing is changed.

    Raises:
        T2SError: there is no such folder, or the folder cannot be removed and remains unchanged.
        LockedError: another process changes the folder for too long.
    """
    target = folder / name
    try:
        with locked_folder(folder):
            finish_left(folder, WORKING)
            if target.is_symlink() or not target.is_dir():
                message = "no folder of a skill"
                raise T2SError(message, path=target, hint="Nothing was removed.")
            with change(folder, WORKING) as under_way:
                under_way.remove(name)
    except OSError as error:
        raise T2SError(reason_of(error), path=error.filename or folder) from error


def _installed(source: SkillSource, folder: Path, *, replace: bool) -> InstalledSkill:
    target = folder / source.name
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        message = "something that is no folder has the skill's name"
        raise T2SError(message, path=target, hint="Move it away first.")
    there = target.exists()
    if there and _is_same(read_source(target), source):
        return "unchanged"
    if there and not replace:
        message = "another skill of that name is there, or an older or edited copy of this one"
        raise T2SError(message, path=target, hint="Look at both; --replace puts this one in its place.")
    with change(folder, WORKING) as under_way:
        build_folder(under_way.prepared(source.name), source.raw, programs=source.programs)
        under_way.put(source.name)
    return "replaced" if there else "added"


def _is_same(one: SkillSource, other: SkillSource) -> bool:
    return (one.raw, one.programs) == (other.raw, other.programs)
