"""Own folder of a library, ``.t2s-library/``: paths of its files, readable by this user alone, never links."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from t2s_local.errors import T2SError
from t2s_local.files import PRIVATE_FOLDER, open_regular, reason_of

OWN = ".t2s-library"
OLD_MANIFEST = ".t2s-library.json"
"""Name of the manifest that earlier versions of t2s kept beside the skills."""
ELSEWHERE = "Name another folder, or move that away."
_PATIENCE = 10.0
"""Seconds to wait for another process, whose change copies only a few files."""


class OwnFolder:
    """Paths in the own folder of a library; the folder is not created before :meth:`make`."""

    def __init__(self, library: Path) -> None:
        """Compute the paths for *library*."""
        self.library = library
        self.path = library / OWN
        self.manifest = self.path / "manifest.json"
        self.log = self.path / "log.jsonl"
        self.index = self.path / "index.json"
        self.search = self.path / "search.index"
        self.texts = self.path / "texts"
        self.workspace = self.path / "workspace"
        self.decisions = self.path / "decisions.json"
        self.inbox = self.path / "inbox.json"
        self.gates = self.path / "gates.json"
        self.edits = self.path / "edits.json"
        self.deprecated = self.path / "deprecated"
        self.old_manifest = library / OLD_MANIFEST

    @property
    def is_there(self) -> bool:
        """Return whether the library has an own folder or a manifest of an earlier version."""
        return os.path.lexists(self.path) or os.path.lexists(self.old_manifest)

    def refuse_odd(self) -> None:
        """Check that the own folder and its parts are folders and files, and no links.

        Raises:
            T2SError: a path has the wrong kind; the message names it.
        """
        for path in (self.path, self.texts, self.deprecated):
            if os.path.lexists(path) and not stat.S_ISDIR(path.lstat().st_mode):
                refuse(path, "a link or a file, where a folder of the library belongs")
        for path in (
            self.manifest,
            self.log,
            self.index,
            self.search,
            self.decisions,
            self.inbox,
            self.gates,
            self.edits,
            self.workspace,
            self.old_manifest,
        ):
            if os.path.lexists(path) and not stat.S_ISREG(path.lstat().st_mode):
                refuse(path, "a symbolic link or no file, where a file of the library belongs")

    def make(self) -> None:
        """Create the own folder, readable by this user alone.

        Raises:
            OSError: the folder cannot be created.
        """
        for folder in (self.path, self.texts):
            if not folder.exists():
                folder.mkdir(mode=PRIVATE_FOLDER)
                folder.chmod(PRIVATE_FOLDER)

    @contextmanager
    def locked(self, command: str, *, patience: float = _PATIENCE) -> Iterator[None]:
        """Hold the lock for changes of the library during the block; `t2s install` into the library waits too.

        Args:
            command: Command line, shown to other processes that wait for the lock.
            patience: Seconds to wait for another process.

        Raises:
            LockedError: another process changes the library; the message names the process.
            OSError: the folder cannot be opened.
        """
        from t2s_local.skills.working_folder import locked_folder
        from t2s_local.workspace import locked

        self.make()
        hint = "Wait for it and repeat the command."
        with locked(self.path, command, patience=patience, hint=hint), locked_folder(self.library):
            yield


def bytes_of(path: Path) -> bytes | None:
    """Return the bytes of a small file; None if it does not exist.

    Raises:
        T2SError: the file cannot be read.
    """
    if not os.path.lexists(path):
        return None
    try:
        with open_regular(path) as stream:
            return stream.read()
    except OSError as error:
        raise T2SError(reason_of(error), path=path) from error


def workspace_of(folder: Path) -> Path | None:
    """Return the workspace that stores the recordings behind a library's skills; None if none is noted."""
    data = bytes_of(OwnFolder(folder).workspace)
    return None if data is None else Path(data.decode("utf-8", "surrogateescape").rstrip("\n"))


def refuse(path: Path, what: str) -> NoReturn:
    """Raise an error with the message *what* about *path*, and the advice to use another folder.

    Raises:
        T2SError: always.
    """
    raise T2SError(what, path=path, hint=ELSEWHERE)
