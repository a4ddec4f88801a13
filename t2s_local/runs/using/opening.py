"""Open the index of a library; skills that changed since the index was stored are indexed again."""

import time
from collections.abc import Mapping
from pathlib import Path

import msgspec

from t2s_local.code_digest import sources_stamp
from t2s_local.errors import InputError, NothingFoundError, UsageError
from t2s_local.files import reason_of
from t2s_local.ports.grouping import Embedder
from t2s_local.skills.library.index.index import LibraryIndex, index_from
from t2s_local.skills.library.index.stamps import Stamp, skill_stamps
from t2s_local.skills.library.index.storing import IndexState, StoredIndex, read_index, workspace_state, write_index
from t2s_local.skills.library.manifest import is_ours, refuse_foreign, without_skills
from t2s_local.skills.library.own_folder import OwnFolder, workspace_of
from t2s_local.skills.library.versions import histories
from t2s_local.skills.source import MAIN
from t2s_local.text.text import counted
from t2s_local.user_files.folders import STORE
from t2s_local.values.routing.library_index import LeftOut
from t2s_local.values.value import digest

_CODE = ("runs/using", "skills", "stages/check", "stages/use/route", "safety", "text")
"""Folders of the package whose code determines the contents of an index."""


class OpenedIndex(msgspec.Struct, frozen=True, kw_only=True):
    """The index of a library, and the skills that it does not contain."""

    index: LibraryIndex
    left_out: tuple[LeftOut, ...]
    """Skills that cannot be read or have a grave finding of `t2s scan`, by name."""
    n_aside: int
    """Number of skills that were set aside: they are not offered to agents."""
    is_stored: bool
    """Whether the index is stored; False if the library cannot be written to."""


def open_index(library: Path, embedder: Embedder) -> OpenedIndex:
    """Open the index of *library*, and store it in the library if it is new or outdated.

    Nothing else is written. Two processes may do this at the same time, because an index is replaced in one step and
    each process uses the index that it built.

    Args:
        library: Folder of skills, whoever wrote them.
        embedder: Embedder whose vectors are stored.

    Raises:
        InputError: the folder or its log cannot be read, or another user's t2s wrote its list of skills.
        NothingFoundError: the library contains no skill that may be used; the message states the reason.
        UsageError: the folder is a skill itself.
    """
    stamps = _stamps(library)
    own = OwnFolder(library)
    refuse_foreign(own)
    aside = {name for name, history in histories(own).items() if history.is_aside}
    noted = workspace_of(library) if is_ours(own) else None
    store = None if noted is None else noted / STORE
    state = IndexState(
        key=digest(embedder.digest, str(embedder.dimensions), sources_stamp(*_CODE)),
        read_at=time.time_ns(),
        stamps={name: stamp for name, stamp in stamps.items() if name not in aside},
        left_out=(),
        workspace="" if store is None else workspace_state(store),
    )
    if not state.stamps:
        raise _nothing(library, (), n_aside=len(aside))
    stored, is_stored = _fresh(read_index(own), state), True
    if stored is None:
        stored, is_stored = _renewed(own, state, embedder, noted)
    if not stored.surface.skills:
        raise _nothing(library, stored.state.left_out, n_aside=len(aside))
    index = index_from(stored.surface, stored.deep, embedder.dimensions)
    return OpenedIndex(index=index, left_out=stored.state.left_out, n_aside=len(aside), is_stored=is_stored)


def _stamps(library: Path) -> Mapping[str, Stamp]:
    """Return the stamps of the skills in a folder.

    Raises:
        InputError: the folder cannot be listed.
        UsageError: the folder is a skill itself.
    """
    if (library / MAIN).exists():
        message = f"{library} is a skill, and no library of skills"
        raise UsageError(message, hint=f"Name the folder that it is in: {library.absolute().parent}.")
    if not library.is_dir():
        message = "no such folder" if not library.exists() else "not a folder"
        raise InputError(message, path=library, hint="Name a folder of skills.")
    try:
        return skill_stamps(library)
    except OSError as error:
        raise InputError(reason_of(error), path=library) from error


def _fresh(stored: StoredIndex | None, now: IndexState) -> StoredIndex | None:
    """Return the stored index if it is up to date; None otherwise."""
    if stored is None:
        return None
    then = stored.state
    is_same = (then.key, then.stamps, then.workspace) == (now.key, now.stamps, now.workspace)
    return stored if is_same and all(stamp.is_settled(then.read_at) for stamp in then.stamps.values()) else None


def _renewed(own: OwnFolder, state: IndexState, embedder: Embedder, workspace: Path | None) -> tuple[StoredIndex, bool]:
    """Build the index of a library; return it, and whether it could be stored."""
    from t2s_local.runs.using.making import made_index

    before = read_index(own)
    if before is not None and before.state.key != state.key:
        before = None
    stored = made_index(own.library, state, embedder, before=before, workspace=workspace)
    return stored, write_index(own, stored)


def _nothing(library: Path, left_out: tuple[LeftOut, ...], *, n_aside: int) -> NothingFoundError:
    """Return the error for a library without a skill that may be used."""
    if left_out:
        first = left_out[0]
        message = f"no skill can be used: {first.skill}: {first.reason}"
        more = f"; {len(left_out) - 1} more were left out" if len(left_out) > 1 else ""
        return NothingFoundError(message + more, path=library, hint="`t2s lint` and `t2s scan` say more.")
    if n_aside:
        message = f"no skill is in use; {counted(n_aside, 'skill')} set aside"
        return NothingFoundError(message, path=library, hint="`t2s library log` says why.")
    return without_skills(library)
