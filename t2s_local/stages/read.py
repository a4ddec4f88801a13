"""Files in, trajectories out: which format a file is in, and what became of every piece of it."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import TypeVar

from t2s_local import registry
from t2s_local.errors import InputError
from t2s_local.files import files_under, reason_of
from t2s_local.ports.format import Quarantined, Reading
from t2s_local.records.archives import is_zip, members
from t2s_local.records.head import look
from t2s_local.safety.inert import inert
from t2s_local.stages.detect import FORMATS, describe, detect
from t2s_local.stages.label_files import Labels, load
from t2s_local.stages.mend import Key
from t2s_local.stages.pile import Pile, Report, Unreadable, Unrecognised
from t2s_local.values.trajectory import Trajectory
from t2s_local.values.value import Value

__all__ = ["Found", "Readings", "Report", "Unrecognised", "find", "gather", "read", "read_file"]
T = TypeVar("T", bound=Value)


class Found(Value, frozen=True, kw_only=True):
    """The files below some paths."""

    files: tuple[Path, ...]
    """In canonical order, each once."""
    quarantined: tuple[Quarantined, ...]
    """Folders that could not be listed."""


class Readings(Value, frozen=True, kw_only=True):
    """Everything that was read."""

    trajectories: tuple[Trajectory, ...]
    """Sorted by id."""
    report: Report


def find(paths: Sequence[Path]) -> Found:
    """List the files at or below *paths*, sorted by name, each once.

    Raises:
        InputError: one of *paths* does not exist.
    """
    files: dict[str, Path] = {}
    failed: list[Quarantined] = []
    for path in paths:
        for item in files_under(path):
            if isinstance(item, InputError):
                failed.append(Quarantined(path=str(item.path), line=None, reason=item.message))
            else:
                files.setdefault(str(item.absolute()), item)
    ordered = sorted(files.values(), key=lambda file: file.as_posix())
    return Found(files=tuple(ordered), quarantined=tuple(failed))


def read_file(path: Path, *, source: str, format_name: str | None = None) -> Iterator[Reading | Unrecognised]:
    """Read the trajectories of one file one by one, made inert; bad content comes out as values.

    Args:
        path: The file.
        source: What to call it in the trajectories.
        format_name: The format to read it as, found out where it is None.
    """
    try:
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
        for item in registry.load(FORMATS, name).read(path, source=source):
            yield inert(item) if isinstance(item, Trajectory) else item
    except OSError as error:
        yield Unreadable(path=source, line=None, reason=reason_of(error))
    except InputError as error:
        hint = f"; {error.hint[:1].lower()}{error.hint[1:].rstrip('.')}" if error.hint else ""
        kind = Unreadable if isinstance(error.__cause__, OSError) else Quarantined
        yield kind(path=source, line=error.line, reason=f"{error.message}{hint}")
    except RecursionError:
        yield Quarantined(path=source, line=None, reason="nested too deeply")


def _archived(path: Path, source: str) -> Iterator[Reading | Unrecognised]:
    """Read every member of an archive as if it were a file; archives inside of archives are left alone."""
    with tempfile.TemporaryDirectory(prefix="t2s-") as name:
        unpacked = Path(name, "member")
        for member, data in members(path, lambda inner: not inner.endswith("/")):
            inside = f"{source}/{member}"
            if isinstance(data, InputError):
                yield Quarantined(path=inside, line=None, reason=data.message)
            elif is_zip(data):
                yield Unrecognised(path=inside, seen="an archive inside of an archive")
            else:
                unpacked.write_bytes(data)
                file = unpacked.rename(Path(name, PurePosixPath(member).name or "member"))
                yield from read_file(file, source=inside)
                file.unlink()


def read(paths: Sequence[Path], *, format_name: str | None = None, labels: Path | None = None) -> Readings:
    """Read everything at or below *paths*; runs that were recorded more than once are taken once.

    Args:
        paths: Files and folders.
        format_name: The format to read them as, found out file by file where it is None.
        labels: A file or folder that says how runs ended; it outranks what the runs say themselves.

    Raises:
        InputError: one of *paths* or *labels* does not exist, or *labels* holds none.
    """
    kept, report = gather(paths, keep=lambda run: run, format_name=format_name, labels=labels)
    return Readings(trajectories=tuple(kept), report=report)


def gather(
    paths: Sequence[Path],
    *,
    keep: Callable[[Trajectory], T],
    format_name: str | None = None,
    labels: Path | None = None,
) -> tuple[list[T], Report]:
    """Do as :func:`read` does, holding only what *keep* makes of each trajectory.

    Args:
        paths: Files and folders.
        keep: Makes a value with ``outcome``, ``score`` and ``label_source`` of a trajectory.
        format_name: As for :func:`read`.
        labels: As for :func:`read`.

    Returns:
        The values, in the order of their trajectories' ids, and what became of everything else.

    Raises:
        InputError: as for :func:`read`.
    """
    stated = load(labels) if labels is not None else Labels((), (), ())
    found = find(paths)
    pile = Pile(keep)
    pile.quarantined += [*stated.quarantined, *found.quarantined]
    for file in found.files:
        if file != labels:
            for item in read_file(file, source=str(file), format_name=format_name):
                pile.add(item)

    def again(wanted: frozenset[Key]) -> Iterator[Trajectory]:
        for file in holding(found.files, wanted):
            for item in read_file(file, source=str(file), format_name=format_name):
                if isinstance(item, Trajectory):
                    yield item

    return pile.sorted(stated, n_files=len(found.files), again=again)


def holding(files: Sequence[Path], wanted: frozenset[Key]) -> list[Path]:
    """Those of *files* that hold the wanted recordings, by themselves or as archives."""
    sources = {source for _, source in wanted}
    inside = {str(folder) for source in sources for folder in Path(source).parents}
    return [file for file in files if str(file) in sources or str(file) in inside]
