"""Tells what this user's t2s wrote from what came with somebody's project.

A folder that is cloned or unpacked can hold anything, a store and a list of our own files among it. What we write is
therefore marked with a key that lies outside of every project, in the user's data folder; what bears no such mark is
not taken for ours. The marks hold for a folder that its user moves or copies, and for no other user.
"""

import hashlib
import hmac
import os
import secrets
import stat
from functools import cache
from pathlib import Path

from t2s_local.errors import InputError, T2SError
from t2s_local.files import PRIVATE_FILE, reason_of
from t2s_local.user_files.folders import data_folder

_KEY_BYTES = 32
_MARK_BYTES = 16
_PLACES = ("HOME", "XDG_DATA_HOME", "TMPDIR")
"""Variables that say where the key lies."""
Part = str | bytes | int | float | None


def mark(*parts: Part) -> bytes:
    """Mark of *parts*, in this order, that nobody makes without the user's key.

    Raises:
        T2SError: there is no key, and none can be made.
    """
    return _mark(_key(*(os.environ.get(name) for name in _PLACES)), parts)


def is_marked(found: object, *parts: Part) -> bool:
    """Return whether *found* is the mark that t2s puts on *parts*; where there is no mark, it is not."""
    return isinstance(found, bytes) and hmac.compare_digest(found, mark(*parts))


def foreign(path: Path) -> InputError:
    """Say that what lies at *path* is not ours, and what its user can do."""
    message = "holds what this version of t2s did not write for you"
    hint = f"`t2s adopt {path}` takes it as yours, if you know where it comes from; otherwise name another folder."
    return InputError(message, path=path, hint=hint)


def remember_text(data: bytes) -> None:
    """Take note that we wrote a file that holds *data*.

    Raises:
        T2SError: the note cannot be kept.
    """
    if wrote_text(data):
        return
    path = _notes()
    try:
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, PRIVATE_FILE)
        try:
            os.write(handle, f"{hashlib.sha256(data).hexdigest()}\n".encode())
        finally:
            os.close(handle)
    except OSError as error:
        raise T2SError(reason_of(error), path=path) from error


def wrote_text(data: bytes) -> bool:
    """Return whether this user's t2s wrote a file that holds *data*, in whatever folder it was then."""
    path = _notes()
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise T2SError(reason_of(error), path=path) from error
    with os.fdopen(handle, "rb") as stream:
        _refuse_odd(path, os.fstat(stream.fileno()))
        known = stream.read()
    return f"{hashlib.sha256(data).hexdigest()}\n".encode() in known


def _mark(key: bytes, parts: tuple[Part, ...]) -> bytes:
    state = hashlib.blake2b(key=key, digest_size=_MARK_BYTES, person=b"t2s ownership")
    for part in parts:
        data = part if isinstance(part, bytes) else repr(part).encode("utf-8", "surrogatepass")
        state.update(b"%s%d:" % (b"b" if isinstance(part, bytes) else b"r", len(data)))
        state.update(data)
    return state.digest()


@cache
def _key(*_places: str | None) -> bytes:
    """The user's key, made where there is none; of two processes that make it at once, one wins."""
    folder = data_folder()
    path = folder / "key"
    try:
        if not path.exists() and not path.is_symlink():
            fresh = folder / f".key.{secrets.token_hex(8)}"
            handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, PRIVATE_FILE)
            with os.fdopen(handle, "wb") as stream:
                stream.write(secrets.token_bytes(_KEY_BYTES))
                stream.flush()
                os.fsync(stream.fileno())
            _link(fresh, path)
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as stream:
            _refuse_odd(path, os.fstat(stream.fileno()))
            key = stream.read(_KEY_BYTES + 1)
    except OSError as error:
        raise T2SError(reason_of(error), path=path, hint="It tells your workspaces from foreign ones.") from error
    if len(key) != _KEY_BYTES:
        message = "is no key of ours"
        raise T2SError(message, path=path, hint="Move it away; `t2s adopt` then takes your workspaces over.")
    return key


def _link(fresh: Path, path: Path) -> None:
    """Give the fresh key its name, unless another process has given one; where names cannot be shared, rename it."""
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    except OSError:
        fresh.replace(path)
        return
    fresh.unlink()


def _notes() -> Path:
    return data_folder() / "libraries"


def _refuse_odd(path: Path, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        message = "not a private file of this user"
        raise T2SError(message, path=path, hint=f"`chmod 600 {path}` where it is yours; otherwise move it away.")
