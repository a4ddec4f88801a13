"""Inbox of a library: the run that wrote it last, and the rules of that run that a person has to judge."""

import os
from collections.abc import Iterable
from pathlib import Path

import msgspec

from t2s_local.errors import InputError
from t2s_local.files import write_atomic
from t2s_local.runs.finished.heads import heads_of
from t2s_local.runs.result import RunResult
from t2s_local.skills.library.own_folder import OwnFolder, bytes_of
from t2s_local.user_files.ownership import foreign, remember_text, wrote_text
from t2s_local.values.value import Value


class Inbox(Value, frozen=True, kw_only=True):
    """Ids of all rules to judge in a library; the texts are in the workspace."""

    version: int = 1
    run: str
    """Id of the run that wrote the library last."""
    home: str
    """Folder of the decisions, relative to the library: the library, or the parent of all projects' libraries."""
    libraries: tuple[str, ...]
    """All libraries whose decisions are stored together, relative to this library."""
    rules: tuple[str, ...]
    """Sorted ids of the rules to judge; the inbox in the folder of the decisions also lists rules without a skill."""


def read_inbox(library: Path) -> Inbox | None:
    """Return the inbox of a library; None if there is none.

    Raises:
        InputError: another user's t2s or another version wrote the inbox.
        T2SError: the inbox cannot be read.
    """
    own = OwnFolder(library)
    own.refuse_odd()
    data = bytes_of(own.inbox)
    if data is None:
        return None
    if not wrote_text(data):
        raise foreign(library)
    try:
        return msgspec.json.decode(data, type=Inbox)
    except msgspec.DecodeError as error:
        message = f"written by another version of t2s ({error})"
        raise InputError(message, path=own.inbox, hint="`t2s distill` writes it anew.") from error


def fill_inboxes(home: Path, libraries: Iterable[tuple[Path, frozenset[str]]], *, run: str, result: RunResult) -> None:
    """Write the inbox of every library of a run, unless it is unchanged.

    Args:
        home: Folder of the decisions.
        libraries: Folders of the libraries, each with the names of its skills.
        run: Id of the run.
        result: Result of the run.

    Raises:
        T2SError: a library cannot be written to.
    """
    named = [(folder, frozenset(names)) for folder, names in libraries]
    heads = heads_of(result)
    places = [folder for folder, _ in named]
    for folder, names in named:
        if folder.absolute() != home.absolute():
            _note(folder, home, places, run, [head.id for head in heads if head.skill in names])
    _note(home, home, places, run, [head.id for head in heads])


def _note(folder: Path, home: Path, places: Iterable[Path], run: str, rules: Iterable[str]) -> None:
    own = OwnFolder(folder)
    if not folder.is_dir():
        return
    inbox = Inbox(
        run=run,
        home=os.path.relpath(home, folder),
        libraries=tuple(sorted(os.path.relpath(place, folder) for place in places)),
        rules=tuple(sorted(rules)),
    )
    data = msgspec.json.format(msgspec.json.encode(inbox, order="deterministic"), indent=1) + b"\n"
    if bytes_of(own.inbox) != data:
        own.make()
        remember_text(data)
        write_atomic(own.inbox, data)
