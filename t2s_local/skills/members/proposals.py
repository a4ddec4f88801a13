"""Read and write the proposals about a library that wait for a person, in the library's own folder."""

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
    """Return the waiting proposals about *library*, by id.

    Raises:
        InputError: another user's t2s or another version wrote the file.
        T2SError: the file cannot be read.
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
    """Replace the waiting proposals by *proposals*; the caller holds the library's lock.

    Raises:
        T2SError: the file cannot be written.
    """
    path = OwnFolder(library).path / _FILE
    book = _Book(proposals=tuple(sorted(proposals, key=lambda one: one.id)))
    data = msgspec.json.format(msgspec.json.encode(book, order="deterministic"), indent=1) + b"\n"
    if bytes_of(path) != data and (book.proposals or path.exists()):
        remember_text(data)
        write_atomic(path, data)
