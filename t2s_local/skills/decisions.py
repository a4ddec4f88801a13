"""Read and write a person's decisions about rules and skills, stored in the library's own folder."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from t2s_local.errors import InputError, T2SError
from t2s_local.files import reason_of, write_atomic
from t2s_local.skills.library.own_folder import OwnFolder, bytes_of
from t2s_local.skills.library.plan import Wishes
from t2s_local.user_files.ownership import foreign, remember_text, wrote_text
from t2s_local.values.decision import Decision
from t2s_local.values.value import Value


class DecisionBook(Value, frozen=True, kw_only=True):
    """The decisions about the rules of a library, in the order they were made."""

    version: int = 1
    decisions: tuple[Decision, ...] = ()


def read_decisions(library: Path) -> tuple[Decision, ...]:
    """Return the decisions about rules of *library*, in the order they were made.

    Raises:
        InputError: another user's t2s or another version wrote the file.
        T2SError: the file cannot be read.
    """
    own = OwnFolder(library)
    own.refuse_odd()
    data = bytes_of(own.decisions)
    if data is None:
        return ()
    if not wrote_text(data):
        raise foreign(library)
    try:
        return msgspec.json.decode(data, type=DecisionBook).decisions
    except msgspec.DecodeError as error:
        message = f"written by another version of t2s ({error})"
        raise InputError(message, path=own.decisions, hint="Update t2s, or name another folder with -o.") from error


@contextmanager
def changed_decisions(library: Path) -> Iterator[list[Decision]]:
    """Yield the list of decisions about rules of *library* for changes in place; it is written at the end of the block.

    Only one process can change the decisions at a time; if the block raises, nothing is written.

    Raises:
        InputError: as for :func:`read_decisions`.
        LockedError: another process changes the library for too long.
        T2SError: the file cannot be written.
    """
    own = OwnFolder(library)
    own.refuse_odd()
    try:
        library.mkdir(parents=True, exist_ok=True)
        with own.locked("t2s review"):
            before = read_decisions(library)
            found = list(before)
            yield found
            if tuple(found) != before:
                _write(own.decisions, found)
    except OSError as error:
        raise T2SError(reason_of(error), path=error.filename or library) from error


def wishes_of(decisions: Sequence[Decision]) -> Wishes:
    """Return the pinned skills and the declined versions; the last decision about each counts."""
    pinned: dict[str, bool] = {}
    declined: dict[str, bool] = {}
    for item in decisions:
        if item.skill is not None and (item.with_skill or item.version is not None):
            pinned[item.skill] = item.verdict == "pinned"
        if item.version is not None and item.version.waited is not None:
            declined[item.version.waited] = item.verdict != "accepted"
    return Wishes(
        pinned=frozenset(name for name, is_so in pinned.items() if is_so),
        declined=frozenset(digest for digest, is_so in declined.items() if is_so),
    )


def _write(path: Path, decisions: Sequence[Decision]) -> None:
    book = DecisionBook(decisions=tuple(decisions))
    data = msgspec.json.format(msgspec.json.encode(book, order="deterministic"), indent=1) + b"\n"
    remember_text(data)
    write_atomic(path, data)
