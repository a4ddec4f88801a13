"""Proposals about a library that wait for a person, kept in its own folder."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from t2s_local.errors import InputError
from t2s_local.files import write_atomic
from t2s_local.skills.library.own_folder import OwnFolder, bytes_of
from t2s_local.user_files.ownership import foreign, remember_text, wrote_text
from t2s_local.values.decision import Proposal
from t2s_local.values.value import Value

_FILE = "proposals.json"


class _Book(Value, frozen=True, kw_only=True):
    version: int = 1
    proposals: tuple[Proposal, ...] = ()


def read_proposals(library: Path) -> tuple[Proposal, ...]:
    """Return the proposals about *library* that wait, by id.

    Raises:
        InputError: this user's t2s did not write them, or another version did.
        T2SError: they cannot be read.
    """
    path = OwnFolder(library).path / _FILE
    data = bytes_of(path)
    if data is None:
        return ()
    if not wrote_text(data):
        raise foreign(library)
    try:
        return msgspec.json.decode(data, type=_Book).proposals
    except msgspec.DecodeError as error:
        message = f"written by another version of t2s ({error})"
        raise InputError(message, path=path, hint="`t2s govern` writes it anew.") from error


def write_proposals(library: Path, proposals: Sequence[Proposal]) -> None:
    """Let *proposals* wait, and no others; the library's lock is held.

    Raises:
        T2SError: they cannot be written.
    """
    path = OwnFolder(library).path / _FILE
    book = _Book(proposals=tuple(sorted(proposals, key=lambda one: one.id)))
    data = msgspec.json.format(msgspec.json.encode(book, order="deterministic"), indent=1) + b"\n"
    if bytes_of(path) != data and (book.proposals or path.exists()):
        remember_text(data)
        write_atomic(path, data)
