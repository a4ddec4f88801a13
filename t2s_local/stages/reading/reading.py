"""Read trajectories from files, and report every part of a file that is no trajectory."""

from collections.abc import Iterator
from pathlib import Path

from msgspec.structs import replace

from t2s_local.errors import InputError
from t2s_local.files import reason_of
from t2s_local.ports.format import Passed, Quarantined, Reading
from t2s_local.records.archives import is_zip
from t2s_local.records.budget import close_budget, open_budget
from t2s_local.records.head import look
from t2s_local.records.sqlite import database_of
from t2s_local.records.tars import is_tar
from t2s_local.safety.inert_text import inert
from t2s_local.stages.reading.detect import BROKEN, describe, detect, load_format, load_mapped
from t2s_local.stages.reading.unpack import Unpacked, is_archive, tar_files, zip_files
from t2s_local.stages.reading.unread import Unreadable, Unrecognised
from t2s_local.text.text import counted
from t2s_local.values.layout import Layout
from t2s_local.values.trajectory import Trajectory

_FAULTS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""Errors caused by values that a reader does not expect. Tests ensure that readers accept every JSON value; if a reader
still fails, only the rest of its file is lost, with a line in the report."""


def read_file(
    path: Path, *, source: str, format_name: str | None = None, layout: Layout | None = None
) -> Iterator[Reading | Unrecognised]:
    """Yield the trajectories of one file one by one, with harmless text; unreadable parts are yielded as values.

    Args:
        path: The file.
        source: Name of the file in the trajectories.
        format_name: The format of the file; None to detect it.
        layout: The map to read the file by, whatever its format; None for no map.
    """
    budget = open_budget(path)
    try:
        for item in _items(path, source, format_name, layout):
            if isinstance(item, Trajectory):
                budget.keep_run(len(item.steps))
            yield item
        if budget.n_unsearched:
            yield Quarantined(path=source, line=None, reason=_unsearched(budget.n_unsearched))
    except (OSError, InputError, RecursionError, MemoryError, *_FAULTS) as error:
        yield _account(error, source)
    finally:
        close_budget(path)


def _unsearched(n_members: int) -> str:
    return f"{counted(n_members, 'member')} of no known format: to find out their layout would take too long"


def _account(error: Exception, source: str) -> Quarantined:
    """Return a value with the reason why the rest of a file cannot be read."""
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


def _items(path: Path, source: str, format_name: str | None, layout: Layout | None) -> Iterator[Reading | Unrecognised]:
    if database_of(path) is not None:
        yield Passed(path=source, record="log of a database, read with it")
        return
    name = format_name
    if name is None:
        head = look(path)
        if is_tar(head.raw):
            yield from _each(tar_files(path, source), layout)
            return
        name = detect(head) if layout is None else None
        if name is None and is_zip(head.raw):
            yield from _each(zip_files(path, source), layout)
            return
        if name is None and layout is None:
            yield _of_no_format(describe(head), source)
            return
    is_silent = True
    for item in _readings(path, source, name, layout):
        is_silent = False
        yield inert(item) if isinstance(item, Trajectory) else item
    if is_silent:
        seen = f"looks like {name} and holds no record of it" if name else "holds nothing where the map looks"
        yield Unrecognised(path=source, seen=seen)


def _of_no_format(seen: str, source: str) -> Quarantined | Unrecognised:
    """Return a value for a file of no format: broken JSON, which may have contained trajectories, is reported apart."""
    if seen == BROKEN:
        return Quarantined(path=source, line=None, reason=seen)
    return Unrecognised(path=source, seen=seen)


def _readings(path: Path, source: str, name: str | None, layout: Layout | None) -> Iterator[Reading]:
    """Read a file by the map *layout*; without a map, in the format *name*."""
    if layout is not None:
        return load_mapped().read_mapped(path, source=source, layout=layout)
    return load_format(name or "").read(path, source=source)


def _each(files: Iterator[Unpacked | Quarantined], layout: Layout | None) -> Iterator[Reading | Unrecognised]:
    """Read every member of an archive like a file; archives inside archives are not opened."""
    for item in files:
        if isinstance(item, Quarantined):
            yield item
        elif is_archive(item.file):
            yield Unrecognised(path=item.source, seen="an archive inside of an archive")
        else:
            for found in read_file(item.file, source=item.source, layout=layout):
                yield replace(found, path=item.name_of(found.path)) if isinstance(found, Quarantined) else found
