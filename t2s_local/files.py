"""Functions on files: digests, safe reading, atomic writing, private folders, and the files below a path."""

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
"""Longest name from the input, in bytes, that is used unchanged: file systems allow 255, and suffixes are added."""
_CHUNK = 1 << 20


class LeftOutError(InputError):
    """An entry below a named path that is not read: a pipe, a device, or a link to a place outside of the path."""


def open_regular(path: Path) -> BufferedReader:
    """Open a regular file for reading; pipes and devices, which could block or have side effects, are refused.

    Raises:
        InputError: *path* is no regular file, or cannot be opened.
    """
    return os.fdopen(_opened(path)[0], "rb")


def regular_bytes(path: Path, limit: int) -> bytes | None:
    """Return the content of a regular file; None if it has more than *limit* bytes.

    Raises:
        InputError: *path* is no regular file, or cannot be read.
    """
    handle, size = _opened(path)
    try:
        return _read(handle, size) if size <= limit else None
    except OSError as error:
        raise InputError(reason_of(error), path=path) from error
    finally:
        os.close(handle)


def regular_start(path: Path, count: int) -> bytes:
    """Return the first *count* bytes of a regular file, or all bytes if there are fewer.

    Raises:
        InputError: *path* is no regular file, or cannot be read.
    """
    handle, size = _opened(path)
    try:
        return _read(handle, min(size, count))
    except OSError as error:
        raise InputError(reason_of(error), path=path) from error
    finally:
        os.close(handle)


def _read(handle: int, size: int) -> bytes:
    """Return the next *size* bytes, or all bytes if there are fewer."""
    data = os.read(handle, size)
    while len(data) < size and (more := os.read(handle, size - len(data))):
        data += more
    return data


def _opened(path: Path) -> tuple[int, int]:
    """Open a regular file, and return its handle and its size in bytes.

    Raises:
        InputError: *path* is no regular file, or cannot be opened.
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
    """Return the SHA-256 of a file's bytes, in hex.

    Raises:
        InputError: the file cannot be read, or contains more bytes than its size states.
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
    """Return whether *name*, read from an input, is a valid name of one file or folder, and not a path."""
    if not name or name in (".", "..") or any(mark in name for mark in "/\\\0"):
        return False
    try:
        return len(os.fsencode(name)) <= _LONGEST_NAME
    except UnicodeEncodeError:
        return False


def kind_of(mode: int, *, folders: bool = False) -> str | None:
    """Return the kind of an entry that is not read, as ``a pipe``; None for regular files, and folders if *folders*."""
    if stat.S_ISREG(mode) or (folders and stat.S_ISDIR(mode)):
        return None
    kinds = ((stat.S_ISDIR, "a folder"), (stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket"))
    return next((name for test, name in kinds if test(mode)), "a device")


def reason_of(error: OSError) -> str:
    """Return the system's message in lower case, such as ``permission denied``."""
    return (error.strerror or str(error)).lower()


def printable(path: Path | str) -> str:
    r"""Return the path as text that can be written everywhere: bytes that are not UTF-8 become escapes as ``\xff``."""
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
    """Write *data* to *path* atomically: the file contains either the old bytes or the new bytes, never a mixture.

    When the function returns, the bytes and the name are on the disk.

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
    """Write the names in a folder to the disk; otherwise a power cut can undo a completed rename.

    Raises:
        OSError: the folder cannot be written to the disk.
    """
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def private_folder(path: Path) -> Path:
    """Make the folder *path*, readable by this user alone, with its parents; an existing folder is not changed.

    Raises:
        InputError: another user owns the folder.
        T2SError: the folder cannot be made, or *path* exists and is no folder.
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
    """Yield the files at or below *path*, sorted, with an error in place of each entry that cannot be read.

    Folders of version control, caches and workspaces of t2s are not entered, and links to folders are not followed. A
    link to a file is followed if the file is below *path*. Other links, and entries that are not regular files, are
    yielded as :class:`LeftOutError`; folders that cannot be listed as :class:`InputError`.

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
    """Return the reason, as a phrase, why *file* is not read; None if it is read."""
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
