"""Store the index of a library in a file that only this user's t2s can have written."""

import os
import struct
import weakref
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec

from t2s_local.errors import T2SError
from t2s_local.files import PRIVATE_FOLDER, open_regular, write_atomic
from t2s_local.skills.library.index.index import Surface
from t2s_local.skills.library.index.stamps import Stamp
from t2s_local.skills.library.own_folder import OwnFolder
from t2s_local.user_files.ownership import is_marked, mark
from t2s_local.values.routing.library_index import LeftOut
from t2s_local.values.value import Value

_MAGIC = b"t2s index 2\n"
_HEAD = struct.Struct("<16s16sQQQ")
"""Marks of the two parts of the file, the lengths in bytes of the first part's two values, and of the second part."""


class IndexState(Value, frozen=True, kw_only=True):
    """Facts that decide whether a stored index is up to date."""

    key: str
    """Digest of the embedder and of the code that built the index."""
    read_at: int
    """Time before the skills were read, in nanoseconds since 1970."""
    stamps: dict[str, Stamp]
    left_out: tuple[LeftOut, ...]
    workspace: str
    """State of the workspace that the tasks were read from; empty if there is none."""


class StoredIndex(msgspec.Struct, frozen=True, kw_only=True):
    """A stored index, as read from its file."""

    state: IndexState
    surface: Surface
    deep: Callable[[], bytes]
    """Function that returns the packed entries of the skills, and reads them when it is called.

    It raises T2SError if the file itself was changed in the meantime; a new file in its place changes nothing.
    """


def read_index(own: OwnFolder) -> StoredIndex | None:
    """Return the stored index; None if there is none, or this user's t2s did not write it in this form.

    Raises:
        T2SError: the user's key cannot be read.
    """
    try:
        with open_regular(own.search) as stream:
            start = stream.read(len(_MAGIC) + _HEAD.size)
            if not start.startswith(_MAGIC) or len(start) < len(_MAGIC) + _HEAD.size:
                return None
            first, second, n_state, n_surface, n_deep = _HEAD.unpack_from(start, len(_MAGIC))
            if os.fstat(stream.fileno()).st_size != len(start) + n_state + n_surface + n_deep:
                return None
            data = stream.read(n_state + n_surface)
            handle = os.dup(stream.fileno())
    except (OSError, T2SError):
        return None
    deep = _DeepPart(own.search, handle, (first, second), (len(start) + len(data), n_deep))
    if len(data) < n_state + n_surface or not is_marked(first, data):
        return None
    view = memoryview(data)
    try:
        return StoredIndex(
            state=msgspec.msgpack.decode(view[:n_state], type=IndexState),
            surface=msgspec.msgpack.decode(view[n_state:], type=Surface),
            deep=deep,
        )
    except msgspec.DecodeError:
        return None


class _DeepPart:
    """The second part of an index, read from the same file as the first part, also where another file replaced it."""

    def __init__(self, path: Path, handle: int, marks: tuple[bytes, bytes], place: tuple[int, int]) -> None:
        """Wrap an open file, which is closed with this object.

        Args:
            path: Path of the file when it was opened.
            handle: Handle of the file.
            marks: Marks of the two parts.
            place: First byte of the part, and its length in bytes.
        """
        self._path, self._handle, self._marks, self._place = path, handle, marks, place
        weakref.finalize(self, os.close, handle)

    def __call__(self) -> bytes:
        start, size = self._place
        data = os.pread(self._handle, size, start)
        if not is_marked(self._marks[1], self._marks[0], data):
            self._empty()
            message = "not what was written to it"
            raise T2SError(message, path=self._path, hint="Repeat the command.")
        return data

    def _empty(self) -> None:
        """Empty the file, so that it is built again when needed; a file that replaced it stays as it is."""
        with suppress(OSError):
            now = os.open(self._path, os.O_WRONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
            try:
                if os.path.samestat(os.fstat(now), os.fstat(self._handle)):
                    os.ftruncate(now, 0)
            finally:
                os.close(now)


def write_index(own: OwnFolder, stored: StoredIndex) -> bool:
    """Write an index in one step, and return whether it was written.

    If the index cannot be written, or the own folder is a link, False is returned and no error is raised: an index can
    be built again.
    """
    state, surface = (msgspec.msgpack.encode(part) for part in (stored.state, stored.surface))
    try:
        first = mark(state + surface)
        deep = stored.deep()
        head = _HEAD.pack(first, mark(first, deep), len(state), len(surface), len(deep))
        if not os.path.lexists(own.path):
            own.path.mkdir(mode=PRIVATE_FOLDER)
            own.path.chmod(PRIVATE_FOLDER)
        own.refuse_odd()
        write_atomic(own.search, b"".join((_MAGIC, head, state, surface, deep)))
    except (OSError, T2SError):
        return False
    return True


def workspace_state(store: Path) -> str:
    """Return the state of a workspace's store, which changes if runs are added or removed; empty if there is none."""
    found = []
    for path in (store, store.with_name(f"{store.name}-wal")):
        try:
            about = path.stat()
        except OSError:
            continue
        if about.st_size:
            found.append(f"{about.st_size} {about.st_mtime_ns} {about.st_ino}")
    return ", ".join(found)
