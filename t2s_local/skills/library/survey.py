"""Read the folders of a library that have names of listed or new skills, and no other folders."""

import os
from collections.abc import Collection, Mapping
from pathlib import Path

from t2s_local.errors import T2SError
from t2s_local.skills.library.manifest import LibraryManifest, OwnedSkill
from t2s_local.skills.library.own_folder import OwnFolder, bytes_of
from t2s_local.skills.library.plan import Situation
from t2s_local.skills.library.texts import sha256
from t2s_local.skills.library.versions import SkillHistory, histories
from t2s_local.skills.source import MAIN, SkillSource, read_source
from t2s_local.values.skill import Skill


def situations(own: OwnFolder, manifest: LibraryManifest, wanted: Mapping[str, Skill]) -> list[Situation]:
    """Return a situation for each skill in the manifest or in *wanted*, by name.

    Raises:
        InputError: a folder of a listed skill or the log cannot be read.
    """
    known = histories(own)
    names = sorted(wanted.keys() | manifest.skills.keys())
    gone = [name for name in names if name in manifest.skills and not os.path.lexists(own.library / name)]
    moves = _moves(own.library, {name: manifest.skills[name] for name in gone}, others=names)
    return [
        Situation(
            name=name,
            entry=manifest.skills.get(name),
            wanted=wanted.get(name),
            source=lying(own.library, name),
            is_blocked=os.path.lexists(own.library / name),
            moved_to=moves.get(name),
            history=known.get(name, SkillHistory()),
        )
        for name in names
    ]


def lying(folder: Path, name: str) -> SkillSource | None:
    """Return the skill in the subfolder *name* of *folder*; None if there is no such subfolder."""
    path = folder / name
    return None if path.is_symlink() or not path.is_dir() else read_source(path)


def _moves(folder: Path, gone: Mapping[str, OwnedSkill], *, others: Collection[str]) -> dict[str, str]:
    """Return the folders that skills were moved to by hand, recognised by an identical file, by name of the skill."""
    if not gone:
        return {}
    candidates = [path for path in sorted(folder.iterdir()) if path.name not in others and (path / MAIN).is_file()]
    found: dict[str, str] = {}
    for name, entry in gone.items():
        for path in candidates:
            if path.name == entry.moved_to or any(_holds(path / file, digest) for file, digest in entry.files.items()):
                found[name] = path.name
                break
    return found


def _holds(path: Path, digest: str) -> bool:
    try:
        data = None if path.is_symlink() else bytes_of(path)
    except T2SError:
        return False
    return data is not None and sha256(data) == digest
