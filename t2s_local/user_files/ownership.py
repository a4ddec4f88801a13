"""Distinguish files that this user's t2s wrote from files that came with someone else's project.

A cloned or unpacked folder can contain anything, even a store or a list of files that t2s wrote. All that t2s writes is
therefore marked with a secret key outside of every project, in the user's data folder, and content without a valid mark
is not trusted. Marks are still valid if the user moves or copies a folder, but not for another user.
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
"""Variables on which the place of the key depends."""
Part = str | bytes | int | float | None


def mark(*parts: Part) -> bytes:
    """Return the mark of *parts* in this order, 16 bytes, which cannot be made without the user's key.

    Raises:
        T2SError: there is no key, and none can be made.
    """
    return _mark(_key(*(os.environ.get(name) for name in _PLACES)), parts)


def is_marked(found: object, *parts: Part) -> bool:
    """Return whether *found* is the valid mark of *parts*; False if it is no bytes, such as None."""
    return isinstance(found, bytes) and hmac.compare_digest(found, mark(*parts))


def foreign(path: Path) -> InputError:
    """Return the error for content at *path* that this user's t2s did not write, with advice in the hint."""
    message = "holds what this version of t2s did not write for you"
    hint = f"`t2s adopt {path}` takes it as yours, if you know where it comes from; otherwise name another folder."
    return InputError(message, path=path, hint=hint)


def remember_text(data: bytes) -> None:
    """Record in the user's data folder that t2s wrote a file with the content *data*.

    Raises:
        T2SError: the record cannot be read or written.
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
    """Return whether this user's t2s has recorded a file with the content *data*, in any folder."""
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
    """Return the user's key, made if missing; if two processes make it at once, both return the same key."""
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
    """Link the *fresh* key to *path*, unless another process has made one; without hard links, rename it."""
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
