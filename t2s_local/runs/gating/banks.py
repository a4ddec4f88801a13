"""Create the folders of skills with which an evaluation command is run: one skill, several, or none."""

import hashlib
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from t2s_local.errors import InputError
from t2s_local.files import reason_of
from t2s_local.ports.grouping import Embedder
from t2s_local.skills.source import MAIN, read_source
from t2s_local.values.value import digest


class Bank(NamedTuple):
    """A folder of skills, and a digest of the skills in it."""

    folder: Path
    digest: str


def bank_of(place: Path, skills: Sequence[Path], *, is_single: bool = False) -> Bank:
    """Copy *skills* to *place*; of two skills with the same name, only the first is copied.

    Args:
        place: A folder that does not exist yet.
        skills: Folders of skills; empty for an arm without a skill.
        is_single: Whether to return the folder of the first skill instead of *place*.

    Raises:
        InputError: a skill cannot be read.
    """
    place.mkdir(parents=True)
    names: list[str] = []
    targets: list[Path] = []
    for skill in skills:
        source = read_source(skill)
        target = place / source.name
        if target.exists():
            continue
        try:
            shutil.copytree(skill, target, symlinks=True)
        except (OSError, shutil.Error) as error:
            message = reason_of(error) if isinstance(error, OSError) and error.strerror else "cannot be copied"
            raise InputError(message, path=skill) from error
        targets.append(target)
        names.append(f"{source.name} {_digest_of(target)}")
    folder = targets[0] if is_single and targets else place
    return Bank(folder, digest("bank", str(is_single), *sorted(names)))


def _digest_of(folder: Path) -> str:
    """Return a digest of the names, the kinds and the whole content of all files in *folder*."""
    parts: list[str] = []
    for path in sorted(folder.rglob("*")):
        parts.append(path.relative_to(folder).as_posix())
        if path.is_symlink():
            parts.append(f"link {path.readlink()}")
        elif path.is_file():
            with path.open("rb") as file:
                parts.append(f"{path.stat().st_mode & 0o111} {hashlib.file_digest(file, 'sha256').hexdigest()}")
        else:
            parts.append("other")
    return digest(*parts)


def cosines(skills: Sequence[Path], library: Path | None, embedder: Embedder | None) -> list[float | None]:
    """Return for each of *skills* the largest cosine of its description and another skill's description in *library*.

    Values are in [-1, 1], one for each skill; all are None if there is no embedder or no other skill.
    """
    known = [] if library is None else [path.parent for path in sorted(library.glob(f"*/{MAIN}"))]
    own = {skill.resolve() for skill in skills}
    texts = [_description(path) for path in known if path.resolve() not in own]
    if embedder is None or not texts:
        return [None] * len(skills)
    bank, asked = embedder.embed(texts), embedder.embed([_description(skill) for skill in skills])
    return [round(float(row.max()), 4) for row in asked @ bank.T]


def _description(folder: Path) -> str:
    found = read_source(folder).front.get("description")
    return found if isinstance(found, str) else folder.name
