"""Copy a skill into the folder an agent reads its skills from, when a person says so."""

import shutil
from pathlib import Path
from typing import Literal

from t2s_local.errors import T2SError
from t2s_local.files import reason_of
from t2s_local.skills.folder import build_folder
from t2s_local.skills.source import SkillSource, read_source

PARTIAL = ".t2s-install.partial"
Installed = Literal["added", "replaced", "unchanged"]


def install(source: SkillSource, folder: Path, *, replace: bool) -> Installed:
    """Copy *source* to ``folder/NAME``, whole or not at all.

    Args:
        source: The skill.
        folder: Where the agent looks for skills; made where it does not exist.
        replace: Whether a different skill of the same name gives way.

    Raises:
        T2SError: another skill of that name is there and *replace* is not set, or the folder cannot be written to.
    """
    target = folder / source.name
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        message = "something that is no folder has the skill's name"
        raise T2SError(message, path=target, hint="Move it away first.")
    there = target.exists()
    if there and read_source(target).raw == source.raw:
        return "unchanged"
    if there and not replace:
        message = "another skill of that name is there, or an older or edited copy of this one"
        raise T2SError(message, path=target, hint="Look at both; --replace puts this one in its place.")
    try:
        _copy(source, target, folder / PARTIAL)
    except OSError as error:
        raise T2SError(reason_of(error), path=error.filename or folder) from error
    return "replaced" if there else "added"


def _copy(source: SkillSource, target: Path, partial: Path) -> None:
    shutil.rmtree(partial, ignore_errors=True)
    try:
        build_folder(partial / "new", source.raw)
        if target.exists():
            target.rename(partial / "old")
        (partial / "new").rename(target)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
