"""Files in, trajectories out: which format a file is in, and what became of every piece of it."""

from collections.abc import Iterator
from pathlib import Path

from t2s_local.errors import InputError
from t2s_local.files import is_plain_name, reason_of
from t2s_local.ports.format import Quarantined, Reading
from t2s_local.records.archives import is_zip, members
from t2s_local.records.budget import close_budget, open_budget
from t2s_local.records.head import look
from t2s_local.safety.inert_text import inert
from t2s_local.stages.reading.detect import describe, detect, load_format
from t2s_local.stages.reading.unread import Unreadable, Unrecognised
from t2s_local.user_files.scratch import scratch
from t2s_local.values.trajectory import Trajectory

_DEEP = ("a", "b", "c", "d")
"""Folders a member is unpacked in, each empty but for the next: formats that look beside a file find nothing else."""
_LONGEST_END = 16
_FAULTS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""Errors that come of values no reader expects. Readers expect every JSON value, which a test holds them to; where one
does not after all, its file costs a line and never the run."""


def read_file(path: Path, *, source: str, format_name: str | None = None) -> Iterator[Reading | Unrecognised]:
    """Read the trajectories of one file one by one, made inert; bad content comes out as values.

    Args:
        path: The file.
        source: What to call it in the trajectories.
        format_name: The format to read it as, found out where it is None.
    """
    budget = open_budget(path)
    try:
        for item in _read(path, source, format_name):
            if isinstance(item, Trajectory):
                budget.keep_run()
            yield item
    except (OSError, InputError, RecursionError, MemoryError, *_FAULTS) as error:
        yield _account(error, source)
    finally:
        close_budget(path)


def _read(path: Path, source: str, format_name: str | None) -> Iterator[Reading | Unrecognised]:
    name = format_name
    if name is None:
        head = look(path)
        name = detect(head)
        if name is None and is_zip(head.raw):
            yield from _archived(path, source)
            return
        if name is None:
            yield Unrecognised(path=source, seen=describe(head))
            return
    for item in load_format(name).read(path, source=source):
        yield inert(item) if isinstance(item, Trajectory) else item


def _account(error: Exception, source: str) -> Quarantined:
    """Say in a line why the rest of a file is not read."""
    if isinstance(error, OSError):
        return Unreadable(path=source, line=None, reason=reason_of(error))
    if isinstance(error, InputError):
        hint = f"; {error.hint[:1].lower()}{error.hint[1:].rstrip('.')}" if error.hint else ""
        kind = Unreadable if isinstance(error.__cause__, OSError) else Quarantined
        return kind(path=source, line=error.line, reason=f"{error.message}{hint}")
    if isinstance(error, RecursionError):
        reason = "nested too deeply"
    elif isinstance(error, MemoryError):
        reason = "needs more memory than there is"
    else:
        reason = f"its content is not what its format allows ({type(error).__name__})"
    return Quarantined(path=source, line=None, reason=reason)


def _archived(path: Path, source: str) -> Iterator[Reading | Unrecognised]:
    """Read every member of an archive as if it were a file; archives inside of archives are left alone."""
    with scratch("m-") as folder:
        place = folder.joinpath(*_DEEP)
        place.mkdir(parents=True)
        for member, data in members(path, lambda inner: not inner.endswith("/")):
            inside = f"{source}/{member}"
            if isinstance(data, InputError):
                yield Quarantined(path=inside, line=None, reason=data.message)
            elif is_zip(data):
                yield Unrecognised(path=inside, seen="an archive inside of an archive")
            else:
                file = place / _file_name(member)
                file.write_bytes(data)
                yield from read_file(file, source=inside)
                file.unlink()


def _file_name(member: str) -> str:
    """The name a member is unpacked under: its own, where that is the name of a file, otherwise only its ending."""
    name = member.replace("\\", "/").rpartition("/")[2]
    if is_plain_name(name):
        return name
    ending = f".{name.rpartition('.')[2]}"
    return f"member{ending if ending[1:].isalnum() and len(ending) <= _LONGEST_END else ''}"
