"""Read the whole evidence log of a library with checks, and append events to it."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec

from t2s_local.errors import T2SError
from t2s_local.files import reason_of, write_atomic
from t2s_local.skills.library.applying import settle
from t2s_local.skills.library.evidence_log import append, read_log, verify_log
from t2s_local.skills.library.library import check_library
from t2s_local.skills.library.manifest import LibraryManifest, has_manifest, note, read_manifest
from t2s_local.skills.library.own_folder import OwnFolder, bytes_of
from t2s_local.skills.library.versions import known_head, write_index
from t2s_local.values.event import Event

_STAMPS = "read.json"
"""File in the library's own folder: digest of the path of each conversation that was read, to the file's stamp."""


class BrokenChainError(T2SError):
    """Error for an evidence log that was changed after writing: nothing may be concluded from it."""

    exit_code = 4


def checked_events(library: Path) -> Iterator[Event]:
    """Yield the events of a library, oldest first; nothing if it has no log.

    Raises:
        BrokenChainError: a line was changed or damaged after it was written.
        InputError: a line is not a valid event, or a newer version of t2s wrote it.
    """
    own = OwnFolder(library)
    own.refuse_odd()
    _, breaks = verify_log(own.log, known_head(own))
    if breaks:
        first = breaks[0]
        message = f"the evidence log was changed: the line {first.message}"
        hint = "`t2s library verify` names every changed line; put the log back from a copy."
        raise BrokenChainError(message, path=own.log, line=first.line, hint=hint)
    yield from read_log(own.log)


def add_events(library: Path, make: Callable[[], Sequence[Event]], *, command: str) -> list[Event]:
    """Add events to the log of a library while no other process changes it.

    Args:
        library: Folder of the library; an empty manifest is written if it has none.
        make: Returns the events; called under the library's lock.
        command: Command line, shown to other processes that wait for the library.

    Raises:
        LockedError: another process changes the library.
        T2SError: the log cannot be written; it remains unchanged.
    """
    check_library(library)
    own = OwnFolder(library)
    try:
        with own.locked(command):
            if has_manifest(own):
                settle(own, read_manifest(own))
            else:
                note(own, LibraryManifest())
            events = list(make())
            if events:
                append(own.log, events)
                write_index(own)
    except OSError as error:
        raise T2SError(reason_of(error), path=error.filename or library) from error
    return events


def read_stamps(library: Path) -> dict[str, str]:
    """Return the stamps of conversations that were read for a library; empty if none are noted."""
    data = bytes_of(OwnFolder(library).path / _STAMPS)
    try:
        return {} if data is None else msgspec.json.decode(data, type=dict[str, str])
    except msgspec.DecodeError:
        return {}


def note_stamps(library: Path, stamps: dict[str, str]) -> None:
    """Add stamps of conversations that were read to the stored stamps.

    Raises:
        T2SError: the file cannot be written.
    """
    known = read_stamps(library)
    if known | stamps != known:
        data = msgspec.json.encode(dict(sorted((known | stamps).items())))
        write_atomic(OwnFolder(library).path / _STAMPS, msgspec.json.format(data, indent=1) + b"\n")
