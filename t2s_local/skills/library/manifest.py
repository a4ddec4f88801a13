"""The list of the skills t2s wrote to a library: which they are, and what is about to be done to them."""

import os

import msgspec

from t2s_local.errors import T2SError
from t2s_local.files import write_atomic
from t2s_local.skills.library.own_folder import ELSEWHERE, OLD_MANIFEST, OwnFolder, bytes_of, refuse
from t2s_local.skills.library.texts import Digests
from t2s_local.user_files.ownership import foreign, remember_text, wrote_text
from t2s_local.values.event import Event
from t2s_local.values.value import Value

VERSION = 2
"""Of the manifest; 1 was a file beside the skills."""


class OwnedSkill(Value, frozen=True, kw_only=True, omit_defaults=True):
    """A skill of ours, as far as it is not read from its folder."""

    files: Digests
    """The version that t2s wrote last, or merged with the user's edits last: what the next merge starts from."""
    proposal: Digests | None = None
    """A version that waits for the user, because it could not be merged."""
    is_kept: bool = False
    """Whether the user brought it back by hand: it then stays when no run supports it."""
    moved_to: str | None = None
    """Folder the user moved it to; it is theirs there, and is not written again."""


class Pending(Value, frozen=True, kw_only=True, omit_defaults=True):
    """A change of one skill that is under way."""

    lies: Digests | None
    """What its folder holds when it is done; None where it is gone then."""
    skill: OwnedSkill | None
    """Its entry when it is done."""
    events: tuple[Event, ...] = ()


class LibraryManifest(Value, frozen=True, kw_only=True, omit_defaults=True):
    """Manifest of the files that t2s wrote to a folder."""

    version: int = VERSION
    skills: dict[str, OwnedSkill] = msgspec.field(default_factory=dict)
    pending: dict[str, Pending] = msgspec.field(default_factory=dict)


class _OldManifest(Value, frozen=True, kw_only=True, omit_defaults=True):
    """The list that earlier versions kept."""

    version: int = 1
    skills: dict[str, Digests] = msgspec.field(default_factory=dict)
    pending: dict[str, Digests | None] = msgspec.field(default_factory=dict)


class _Version(msgspec.Struct, frozen=True):
    version: int = 1


def read_manifest(own: OwnFolder) -> LibraryManifest:
    """Return the manifest; an empty one where there is none, the old one in the new form where only that is there.

    Raises:
        T2SError: it cannot be read, or a newer version wrote it.
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
    """Return what an earlier version was about to make of skills when it was stopped."""
    data, is_old = _data(own)
    if data is None or not is_old:
        return {}
    pending = msgspec.json.decode(data, type=_OldManifest).pending
    return {name: files for name, files in pending.items() if files is not None}


def refuse_foreign(own: OwnFolder) -> None:
    """Refuse a manifest that this user's t2s did not write.

    Raises:
        InputError: it came from elsewhere.
    """
    data, _ = _data(own)
    if data is not None and not wrote_text(data):
        raise foreign(own.library)


def adopt_manifest(own: OwnFolder) -> None:
    """Take the manifest for one that this user's t2s wrote, and what lies beside it of decisions and of an inbox.

    Raises:
        T2SError: there is none, or it cannot be read.
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
    """Write the manifest, and remember that we did; where it is there already, nothing is written.

    Raises:
        T2SError: it cannot be written.
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
    """Return whether there is a manifest, of this version or an earlier one."""
    return os.path.lexists(own.manifest) or os.path.lexists(own.library / OLD_MANIFEST)


def _data(own: OwnFolder) -> tuple[bytes | None, bool]:
    """Return the bytes of the manifest, and whether it is the one that earlier versions kept."""
    own.refuse_odd()
    data = bytes_of(own.manifest)
    return (bytes_of(own.old_manifest), True) if data is None else (data, False)
