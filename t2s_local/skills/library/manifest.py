"""Manifest of a library: the list of the skills that t2s wrote, and of changes under way."""

import os
from pathlib import Path

import msgspec

from t2s_local.errors import NothingFoundError, T2SError
from t2s_local.files import write_atomic
from t2s_local.skills.library.own_folder import ELSEWHERE, OLD_MANIFEST, OwnFolder, bytes_of, refuse
from t2s_local.user_files.ownership import foreign, remember_text, wrote_text
from t2s_local.values.event import Event
from t2s_local.values.skill import Digests
from t2s_local.values.value import Value

VERSION = 2
"""Version of the manifest's format; version 1 was a file beside the skills."""


class OwnedSkill(Value, frozen=True, kw_only=True, omit_defaults=True):
    """Entry of a skill that t2s wrote: the facts that its folder does not contain."""

    files: Digests
    """Files of the version that t2s last wrote or merged with the user's edits; base of the next merge."""
    proposal: Digests | None = None
    """Files of a version that waits for the user because it could not be merged; None if none waits."""
    is_kept: bool = False
    """Whether the user restored the skill by hand, so that the skill is not set aside when no run supports it."""
    moved_to: str | None = None
    """Folder the user moved the skill to; t2s does not write it again."""


class Pending(Value, frozen=True, kw_only=True, omit_defaults=True):
    """State of a skill after a change that is under way."""

    lies: Digests | None
    """Files of the skill's folder after the change; None if the folder is removed."""
    skill: OwnedSkill | None
    """Entry of the skill after the change; None if the skill has no entry."""
    events: tuple[Event, ...] = ()


class LibraryManifest(Value, frozen=True, kw_only=True, omit_defaults=True):
    """Manifest of the files that t2s wrote to a folder."""

    version: int = VERSION
    skills: dict[str, OwnedSkill] = msgspec.field(default_factory=dict)
    pending: dict[str, Pending] = msgspec.field(default_factory=dict)


class _OldManifest(Value, frozen=True, kw_only=True, omit_defaults=True):
    """Manifest of earlier versions of t2s."""

    version: int = 1
    skills: dict[str, Digests] = msgspec.field(default_factory=dict)
    pending: dict[str, Digests | None] = msgspec.field(default_factory=dict)


class _Version(msgspec.Struct, frozen=True):
    version: int = 1


def read_manifest(own: OwnFolder) -> LibraryManifest:
    """Return the manifest; an old one is converted to the new form, and a missing one is empty.

    Raises:
        T2SError: the manifest cannot be read, or a newer version of t2s wrote it.
    """
    data, is_old = _data(own)
    if data is None:
        return LibraryManifest()
    path = own.old_manifest if is_old else own.manifest
    try:
        version = msgspec.json.decode(data, type=_Version).version
        if version > VERSION:
            message = (
                f"a newer version of t2s keeps this library (its list has version {version}, this t2s knows {VERSION})"
            )
            raise T2SError(message, path=path, hint="Update t2s, or write to another folder with -o.")
        if not is_old:
            return msgspec.json.decode(data, type=LibraryManifest)
        old = msgspec.json.decode(data, type=_OldManifest)
    except msgspec.DecodeError as error:
        message = f"not a manifest of ours ({error})"
        raise T2SError(message, path=path, hint=ELSEWHERE) from error
    pending = {name: files for name, files in old.pending.items() if files is not None and name not in old.skills}
    return LibraryManifest(skills={name: OwnedSkill(files=files) for name, files in (old.skills | pending).items()})


def old_pending(own: OwnFolder) -> dict[str, Digests]:
    """Return the planned files of skills, by name, from an interrupted change by an earlier version of t2s."""
    data, is_old = _data(own)
    if data is None or not is_old:
        return {}
    pending = msgspec.json.decode(data, type=_OldManifest).pending
    return {name: files for name, files in pending.items() if files is not None}


def refuse_foreign(own: OwnFolder) -> None:
    """Check that this user's t2s wrote the manifest.

    Raises:
        InputError: another user's t2s wrote the manifest.
    """
    data, _ = _data(own)
    if data is not None and not wrote_text(data):
        raise foreign(own.library)


def is_ours(own: OwnFolder) -> bool:
    """Return whether the library has a manifest that this user's t2s wrote."""
    data, _ = _data(own)
    return data is not None and wrote_text(data)


def adopt_manifest(own: OwnFolder) -> None:
    """Mark the manifest, the decisions and the inbox beside it as written by this user's t2s.

    Raises:
        T2SError: there is no manifest, or it cannot be read.
    """
    data, _ = _data(own)
    if data is None:
        refuse(own.library, "no library of skills")
    read_manifest(own)
    remember_text(data)
    for beside in map(bytes_of, (own.decisions, own.inbox, own.edits)):
        if beside is not None:
            remember_text(beside)


def note(own: OwnFolder, manifest: LibraryManifest) -> None:
    """Write the manifest and mark it as this user's; an unchanged manifest is not written again.

    Raises:
        T2SError: the manifest cannot be written.
    """
    data = encoded(manifest)
    if bytes_of(own.manifest) == data:
        return
    remember_text(data)
    write_atomic(own.manifest, data)


def encoded(manifest: LibraryManifest) -> bytes:
    """Return the bytes of a manifest."""
    return msgspec.json.format(msgspec.json.encode(manifest, order="deterministic"), indent=1) + b"\n"


def has_manifest(own: OwnFolder) -> bool:
    """Return whether there is a manifest in the current or the old form."""
    return os.path.lexists(own.manifest) or os.path.lexists(own.library / OLD_MANIFEST)


def is_library(folder: Path) -> bool:
    """Return whether *folder* has a list of skills by t2s."""
    return has_manifest(OwnFolder(folder))


def libraries_below(folder: Path) -> tuple[Path, ...]:
    """Return the libraries directly below *folder*, sorted; links are not followed."""
    if not folder.is_dir():
        return ()
    return tuple(item for item in sorted(folder.iterdir()) if not item.is_symlink() and is_library(item))


def without_skills(folder: Path) -> NothingFoundError:
    """Return the error for a folder without a skill directly in it."""
    if below := libraries_below(folder):
        message = "holds a library for each project, and no skill itself"
        return NothingFoundError(message, path=folder, hint=f"Name one: {', '.join(map(str, below))}.")
    return NothingFoundError("no skills", path=folder, hint="Name a folder that holds folders with a SKILL.md.")


def _data(own: OwnFolder) -> tuple[bytes | None, bool]:
    """Return the bytes of the manifest (None if there is none), and whether it has the old form."""
    own.refuse_odd()
    data = bytes_of(own.manifest)
    return (bytes_of(own.old_manifest), True) if data is None else (data, False)
