"""Files: digests, atomic writes, private modes, and what a path the user named holds."""

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from t2s_local.errors import InputError, T2SError

PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700
_SKIPPED_FOLDERS = frozenset({".git", ".t2s", ".venv", "__pycache__", "node_modules"})


def file_digest(path: Path) -> str:
    """SHA-256 of a file's bytes, in hex.

    Raises:
        InputError: the file cannot be read.
    """
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise InputError(reason_of(error), path=path) from error


def reason_of(error: OSError) -> str:
    """What the system said, in lower case: ``permission denied``, and the like."""
    return (error.strerror or str(error)).lower()


def printable(path: Path | str) -> str:
    r"""A name as it can be written anywhere: bytes that are no UTF-8 stand as ``\xff`` in it."""
    name = str(path)
    try:
        name.encode()
    except UnicodeEncodeError:
        pass
    else:
        return name
    try:
        return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    except UnicodeEncodeError:
        return name.encode("utf-8", "backslashreplace").decode()


def write_atomic(path: Path, data: bytes, *, mode: int = PRIVATE_FILE) -> None:
    """Write *data* so that *path* holds the old bytes or the new, never some of each.

    On the disk when this returns: the bytes first, then the name.

    Raises:
        T2SError: the folder cannot be written to.
    """
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            Path(name).chmod(mode)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        sync_folder(path.parent)
    except OSError as error:
        raise T2SError(reason_of(error), path=path) from error


def sync_folder(path: Path) -> None:
    """Put the names in a folder on the disk; without this a power cut can undo a rename that was seen to happen.

    Raises:
        OSError: the disk does not take them.
    """
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def private_folder(path: Path) -> Path:
    """Make *path* and its parents, readable by this user alone; an existing folder is left as it is.

    Raises:
        InputError: another user owns it.
        T2SError: it cannot be made, or something that is no folder is in the way.
    """
    try:
        path.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        owner = path.stat().st_uid
    except OSError as error:
        raise T2SError(reason_of(error), path=path) from error
    if owner != os.geteuid():
        message = "belongs to another user"
        raise InputError(message, path=path, hint="Name a folder of your own.")
    return path


def files_under(path: Path) -> Iterator[Path | InputError]:
    """Files at or below *path*, sorted; folders that cannot be listed come out as errors, in place.

    Version control, caches and our own workspaces are not entered, symbolic links to folders are not followed.

    Raises:
        InputError: *path* does not exist.
    """
    if path.is_file():
        yield path
        return
    if not path.exists():
        message = "no such file or folder"
        raise InputError(message, path=path)
    failed: list[OSError] = []
    for folder, folders, names in os.walk(path, onerror=failed.append):
        folders[:] = sorted(name for name in folders if name not in _SKIPPED_FOLDERS)
        yield from _listing_errors(failed)
        for name in sorted(names):
            file = Path(folder, name)
            if file.is_file():
                yield file
    yield from _listing_errors(failed)


def _listing_errors(failed: list[OSError]) -> Iterable[InputError]:
    while failed:
        error = failed.pop(0)
        yield InputError(reason_of(error), path=str(error.filename))
