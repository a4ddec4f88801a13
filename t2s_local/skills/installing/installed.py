"""Record in a list of the user which skills t2s copied into folders of agents, and the source of each copy."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from t2s_local.errors import T2SError
from t2s_local.files import open_regular, private_folder, reason_of, write_atomic
from t2s_local.skills.library.texts import Tree, digests_in, tree_digest
from t2s_local.skills.source import SkillSource, read_source
from t2s_local.user_files.folders import data_folder
from t2s_local.values.skill import Digests
from t2s_local.values.value import Value
from t2s_local.workspace import locked

_PATIENCE = 10.0


class Installed(Value, frozen=True, kw_only=True):
    """Record of one copy of a skill."""

    source: str
    """Folder that the skill was copied from."""
    version: str
    """Digest of the version that was copied from the library."""
    files: Digests
    """Files that were copied; fewer than the version has if its evidence was left out."""
    at: str
    """Time of the copy, ISO 8601."""


class _List(Value, frozen=True, kw_only=True):
    version: int = 1
    skills: dict[str, Installed] = msgspec.field(default_factory=dict)


def installed_at(folder: Path) -> Installed | None:
    """Return the record of the copy in *folder*; None if t2s copied nothing to it.

    Raises:
        T2SError: the list cannot be read.
    """
    return _read(_path()).get(_key(folder))


def note_installed(folder: Path, copy: Installed) -> None:
    """Record that *folder* now contains *copy*.

    Raises:
        T2SError: the list cannot be written.
    """
    with _changing() as skills:
        skills[_key(folder)] = copy


def forget_installed(folder: Path) -> None:
    """Remove the record of the copy in *folder*.

    Raises:
        T2SError: the list cannot be written.
    """
    with _changing() as skills:
        skills.pop(_key(folder), None)


def keep_replaced(folder: Path, coming: SkillSource) -> Path | None:
    """Back up a skill that is about to be replaced, unless it is an unchanged copy made by t2s.

    Args:
        folder: Folder of the skill to replace.
        coming: New skill for that folder.

    Returns:
        Folder of the backup in the user's data folder; None if no content would be lost.

    Raises:
        T2SError: the skill cannot be copied.
    """
    if folder.is_symlink() or not folder.is_dir():
        return None
    source = read_source(folder)
    files = digests_in(source)
    known = installed_at(folder)
    is_ours = known is not None and known.files == files and not source.odd
    if is_ours or (source.raw, source.programs) == (coming.raw, coming.programs):
        return None
    name = f"{source.name}-{tree_digest(Tree(files=files, programs=source.programs))[:12]}"
    kept = private_folder(_path().parent / "replaced") / name
    if not kept.exists():
        try:
            half = kept.with_name(f"{name}.half")
            shutil.rmtree(half, ignore_errors=True)
            shutil.copytree(folder, half, symlinks=True)
            half.rename(kept)
        except OSError as error:
            raise T2SError(reason_of(error), path=folder) from error
    return kept


@contextmanager
def _changing() -> Iterator[dict[str, Installed]]:
    """Yield the list of copies to change, under a lock."""
    path = _path()
    private_folder(path.parent)
    with locked(path.parent, "t2s install", patience=_PATIENCE, hint="Wait for it and repeat the command."):
        skills = _read(path)
        yield skills
        data = msgspec.json.encode(_List(skills=dict(sorted(skills.items()))))
        write_atomic(path, msgspec.json.format(data, indent=1) + b"\n")


def _read(path: Path) -> dict[str, Installed]:
    if not path.exists():
        return {}
    try:
        with open_regular(path) as stream:
            return msgspec.json.decode(stream.read(), type=_List).skills
    except OSError as error:
        raise T2SError(reason_of(error), path=path) from error
    except msgspec.DecodeError as error:
        message = f"not a list of installed skills ({error})"
        raise T2SError(message, path=path, hint="Move it away; skills that lie in agents' folders stay.") from error


def _path() -> Path:
    return data_folder() / "installed" / "list.json"


def _key(folder: Path) -> str:
    """Return the real path of the folder, so that a copy is found through any link to it."""
    return str(folder.parent.resolve() / folder.name)
