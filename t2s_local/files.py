"""Files: digests, atomic writes, private modes, and what a path the user named holds."""

import hashlib
import os
import stat
import tempfile
from collections.abc import Iterable, Iterator
from io import BufferedReader
from pathlib import Path

from t2s_local.errors import InputError, T2SError

PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700
_SKIPPED_FOLDERS = frozenset({".git", ".t2s", ".venv", "__pycache__", "node_modules"})
_LONGEST_NAME = 200
"""Bytes of a name from the input that is used as it is: every file system takes 255, and ends are added."""
_CHUNK = 1 << 20


class LeftOutError(InputError):
    """Something below a named path that is no file to be read: a pipe, a device, a link that leads elsewhere."""


def open_regular(path: Path) -> BufferedReader:
    """Open *path* for reading; nothing but a regular file is opened, so nothing waits and nothing is set off.

    Raises:
        InputError: it is no regular file, or cannot be opened.
    """
    return os.fdopen(_opened(path)[0], "rb")


def regular_bytes(path: Path, limit: int) -> bytes | None:
    """Read a regular file whole, None where it has more than *limit* bytes; in as few calls as that takes.

    Raises:
        InputError: it is no regular file, or cannot be read.
    """
    handle, size = _opened(path)
    try:
        return _read(handle, size) if size <= limit else None
    except OSError as error:
        raise InputError(reason_of(error), path=path) from error
    finally:
        os.close(handle)


def regular_start(path: Path, count: int) -> bytes:
    """Read the first *count* bytes of a regular file, or as many as there are.

    Raises:
        InputError: it is no regular file, or cannot be read.
    """
    handle, size = _opened(path)
    try:
        return _read(handle, min(size, count))
    except OSError as error:
        raise InputError(reason_of(error), path=path) from error
    finally:
        os.close(handle)


def _read(handle: int, size: int) -> bytes:
    """Read *size* bytes, or as many as there are."""
    data = os.read(handle, size)
    while len(data) < size and (more := os.read(handle, size - len(data))):
        data += more
    return data


def _opened(path: Path) -> tuple[int, int]:
    """Open a regular file: its handle, and how many bytes it says it has.

    Raises:
        InputError: it is no regular file, or cannot be opened.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError as error:
        raise InputError(reason_of(error), path=path) from error
    status = os.fstat(handle)
    what = kind_of(status.st_mode)
    if what is not None:
        os.close(handle)
        raise InputError(what, path=path) from OSError(what)
    return handle, status.st_size


def file_digest(path: Path) -> str:
    """SHA-256 of a file's bytes, in hex.

    Raises:
        InputError: the file cannot be read, or there is more in it than it says.
    """
    state = hashlib.sha256()
    with open_regular(path) as stream:
        n_read = 0
        try:
            while data := stream.read(_CHUNK):
                state.update(data)
                n_read += len(data)
                if n_read > os.fstat(stream.fileno()).st_size:
                    message = "holds more than it says"
                    raise InputError(message, path=path)
        except OSError as error:
            raise InputError(reason_of(error), path=path) from error
    return state.hexdigest()


def is_plain_name(name: str) -> bool:
    """Return whether *name*, which comes from an input, is the name of one file or folder and no path."""
    if not name or name in (".", "..") or any(mark in name for mark in "/\\\0"):
        return False
    try:
        return len(os.fsencode(name)) <= _LONGEST_NAME
    except UnicodeEncodeError:
        return False


def kind_of(mode: int, *, folders: bool = False) -> str | None:
    """Name the kind of a file that is not read; None for a regular file, and for a folder where those count."""
    if stat.S_ISREG(mode) or (folders and stat.S_ISDIR(mode)):
        return None
    kinds = ((stat.S_ISDIR, "a folder"), (stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket"))
    return next((name for test, name in kinds if test(mode)), "a device")


def reason_of(error: OSError) -> str:
    """Return the system's words in lower case, such as ``permission denied``."""
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
    """Files at or below *path*, sorted; folders that cannot be listed and what is no file come out as errors, in place.

    Version control, caches and our own workspaces are not entered, symbolic links to folders are not followed. A link
    to a file is, where it leads to a file below *path*; what is no regular file, or leads elsewhere, is
    :class:`LeftOutError`.

    Raises:
        InputError: *path* does not exist, or is neither a file nor a folder.
    """
    try:
        what = kind_of(path.stat().st_mode, folders=True)
    except (OSError, ValueError) as error:
        message = reason_of(error) if isinstance(error, PermissionError) else "no such file or folder"
        raise InputError(message, path=path) from error
    if what is not None:
        raise InputError(what, path=path, hint="Name files and folders.")
    if path.is_file():
        yield path
        return
    root = path.resolve()
    failed: list[OSError] = []
    for folder, folders, names in os.walk(path, onerror=failed.append):
        links = [name for name in folders if Path(folder, name).is_symlink()]
        folders[:] = sorted(name for name in folders if name not in _SKIPPED_FOLDERS and name not in links)
        yield from _listing_errors(failed)
        for name in sorted([*names, *links]):
            file = Path(folder, name)
            odd = _left_out(file, root)
            yield file if odd is None else LeftOutError(odd, path=file)
    yield from _listing_errors(failed)


def _left_out(file: Path, root: Path) -> str | None:
    """Why *file* is not read; None where it is."""
    try:
        mode = file.lstat().st_mode
        if not stat.S_ISLNK(mode):
            return kind_of(mode)
        target = file.resolve(strict=True)
        if not target.is_relative_to(root):
            return "a link that leads out of the folder that was named"
        what = kind_of(target.stat().st_mode)
    except (OSError, RuntimeError):
        return "a link that leads nowhere"
    return what and f"a link to {what}"


def _listing_errors(failed: list[OSError]) -> Iterable[InputError]:
    while failed:
        error = failed.pop(0)
        yield InputError(reason_of(error), path=str(error.filename))
