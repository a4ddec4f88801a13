"""A library on a disk: skills written whole or not at all, and nothing touched that we did not write.

The output folder holds a manifest, ``.t2s-library.json``, with the digest of every file we wrote. Before a change it
notes what is about to be there (``pending``), so that a run that was killed half-way is not mistaken for someone's
edit. New folders are built in ``.t2s-library.partial`` beside their targets and renamed in.

Skills are meant to be shared and read by other programs, so their files get 0644 and their folders 0755, where the
workspace with the trajectories themselves gets 0600 and 0700.
"""

import hashlib
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NoReturn

import msgspec

from t2s_local.errors import T2SError
from t2s_local.files import file_digest, reason_of, sync_folder, write_atomic
from t2s_local.skills.source import SkillSource
from t2s_local.values.skill import Skill
from t2s_local.values.value import Value

MANIFEST = ".t2s-library.json"
PARTIAL = ".t2s-library.partial"
_HALF_WRITTEN = f".{MANIFEST}."
"""Start of the names a manifest has while it is being written."""
FILE_MODE = 0o644
FOLDER_MODE = 0o755
_LEFT_BY_SYSTEMS = frozenset({".DS_Store", "Thumbs.db", "desktop.ini", ".git", ".gitignore"})
_ELSEWHERE = "Write to another folder with -o, or move that away."
Digests = dict[str, str]
"""SHA-256 of each file by its path in the skill."""


class LibraryManifest(Value, frozen=True, kw_only=True, omit_defaults=True):
    """What we wrote to a folder."""

    version: int = 1
    skills: dict[str, Digests] = msgspec.field(default_factory=dict)
    pending: dict[str, Digests | None] = msgspec.field(default_factory=dict)
    """What a run that has not finished was about to make of skills; None for those it was about to remove."""


class Written(Value, frozen=True, kw_only=True):
    """Names of the skills by what became of them; each sorted."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]


def write_library(folder: Path, skills: Iterable[Skill]) -> Written:
    """Make *folder* hold exactly *skills*; where it does already, nothing is written.

    Raises:
        T2SError: the folder is a symbolic link, holds anything we did not write or that was edited since, or cannot be
            written to. Nothing was changed.
    """
    wanted = {skill.name: skill for skill in sorted(skills, key=lambda skill: skill.name)}
    try:
        present = check_library(folder)
        target = {name: digests_of(skill) for name, skill in wanted.items()}
        changed = [name for name in target if name in present and present[name] != target[name]]
        added = [name for name in target if name not in present]
        removed = [name for name in present if name not in target]
        _apply(folder, wanted, target, present, touched=sorted(added + changed), removed=removed)
    except OSError as error:
        raise T2SError(reason_of(error), path=error.filename or folder) from error
    return Written(
        added=tuple(added),
        changed=tuple(changed),
        unchanged=tuple(name for name in target if present.get(name) == target[name]),
        removed=tuple(removed),
    )


def check_library(folder: Path) -> dict[str, Digests]:
    """The skills in *folder*, all of which we wrote as they are.

    Raises:
        T2SError: it is no folder, or it holds something we did not write.
    """
    if folder.is_symlink():
        _refuse(folder, "a symbolic link: skills are written to real folders")
    if not folder.exists():
        return {}
    if not folder.is_dir():
        _refuse(folder, "not a folder")
    manifest = read_manifest(folder)
    present = {}
    for path in sorted(folder.iterdir()):
        if path.name in (MANIFEST, PARTIAL) or path.name in _LEFT_BY_SYSTEMS or path.name.startswith(_HALF_WRITTEN):
            continue
        known = [manifest.skills.get(path.name), manifest.pending.get(path.name)]
        present[path.name] = _ours(path, [digests for digests in known if digests is not None])
    return present


def read_manifest(folder: Path) -> LibraryManifest:
    """The manifest in *folder*; an empty one where there is none.

    Raises:
        T2SError: it cannot be read.
    """
    path = folder / MANIFEST
    try:
        if path.is_symlink():
            _refuse(path, "a symbolic link")
        return msgspec.json.decode(path.read_bytes(), type=LibraryManifest)
    except FileNotFoundError:
        return LibraryManifest()
    except msgspec.DecodeError as error:
        message = f"not a manifest of ours ({error})"
        raise T2SError(message, path=path, hint=_ELSEWHERE) from error


def digests_of(skill: Skill) -> Digests:
    """SHA-256 of the files *skill* will have, by path."""
    return {file.path: hashlib.sha256(file.text.encode()).hexdigest() for file in sorted(skill.files, key=_path)}


def edited_files(skill: Path, source: SkillSource) -> tuple[str, ...] | None:
    """Files of *skill* that are not as we wrote them; None where its folder has no manifest that knows it.

    Raises:
        T2SError: there is a manifest, and it cannot be read.
    """
    written = read_manifest(skill.absolute().parent).skills.get(source.name)
    if written is None:
        return None
    now = {path: hashlib.sha256(data).hexdigest() for path, data in source.raw.items()}
    return tuple(sorted(path for path in written.keys() | now.keys() if written.get(path) != now.get(path)))


def build_folder(target: Path, files: Mapping[str, bytes]) -> None:
    """Make the folder *target* with these files, by their paths with ``/``."""
    target.mkdir(parents=True)
    target.chmod(FOLDER_MODE)
    for name, data in sorted(files.items()):
        path = target / name
        path.parent.mkdir(exist_ok=True)
        path.parent.chmod(FOLDER_MODE)
        write_atomic(path, data, mode=FILE_MODE)


def _path(file: object) -> str:
    return str(getattr(file, "path", ""))


def _ours(path: Path, known: list[Digests]) -> Digests:
    if not known or path.is_symlink() or not path.is_dir():
        _refuse(path, "not written by t2s")
    files = [item for item in sorted(path.rglob("*")) if not item.is_dir() or item.is_symlink()]
    links = [item for item in files if item.is_symlink()]
    if links:
        _refuse(links[0], "a symbolic link")
    found = {item.relative_to(path).as_posix(): file_digest(item) for item in files}
    if found in known:
        return found
    expected = known[0]
    odd = min(name for name in found.keys() | expected.keys() if found.get(name) != expected.get(name))
    what = "edited since t2s wrote it" if odd in found and odd in expected else "not as t2s left it"
    _refuse(path / odd, what)


def _apply(
    folder: Path,
    wanted: Mapping[str, Skill],
    target: dict[str, Digests],
    present: dict[str, Digests],
    *,
    touched: list[str],
    removed: list[str],
) -> None:
    final = (
        msgspec.json.format(msgspec.json.encode(LibraryManifest(skills=target), order="deterministic"), indent=1)
        + b"\n"
    )
    partial = folder / PARTIAL
    half_written = list(folder.glob(f"{_HALF_WRITTEN}*"))
    left_over = partial.exists() or half_written
    if not touched and not removed and not left_over and _bytes(folder / MANIFEST) == final:
        return
    if not folder.exists():
        folder.mkdir(parents=True)
        folder.chmod(FOLDER_MODE)
    pending: dict[str, Digests | None] = {name: target.get(name) for name in (*touched, *removed)}
    before = LibraryManifest(skills=present, pending=pending)
    write_atomic(folder / MANIFEST, msgspec.json.encode(before, order="deterministic"), mode=FILE_MODE)
    shutil.rmtree(partial, ignore_errors=True)
    for name in touched:
        build_folder(partial / "new" / name, {file.path: file.text.encode() for file in wanted[name].files})
    (partial / "old").mkdir(parents=True, exist_ok=True)
    for name in (*touched, *removed):
        if (folder / name).exists():
            (folder / name).rename(partial / "old" / name)
        if name in target:
            (partial / "new" / name).rename(folder / name)
    for path in (partial, *half_written):
        _remove(path)
    sync_folder(folder)
    write_atomic(folder / MANIFEST, final, mode=FILE_MODE)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def _refuse(path: Path, what: str) -> NoReturn:
    raise T2SError(what, path=path, hint=_ELSEWHERE)
