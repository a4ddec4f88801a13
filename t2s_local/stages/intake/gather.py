"""Everything below some paths, read, compared and labelled, without a store."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from t2s_local.stages.conversations.assemble import Key
from t2s_local.stages.intake.catalogue import Pile, Report
from t2s_local.stages.reading.find import find
from t2s_local.stages.reading.label_files import Labels, load
from t2s_local.stages.reading.reading import read_file
from t2s_local.values.trajectory import Trajectory
from t2s_local.values.value import Value

T = TypeVar("T", bound=Value)


class Readings(Value, frozen=True, kw_only=True):
    """Everything that was read."""

    trajectories: tuple[Trajectory, ...]
    """Sorted by id."""
    report: Report


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
    pile.unrecognised += found.left_out
    for file in found.files:
        if file != labels:
            for item in read_file(file, source=str(file), format_name=format_name):
                pile.add(item)

    def again(wanted: frozenset[Key]) -> Iterator[Trajectory]:
        for file in holding(found.files, wanted):
            for item in read_file(file, source=str(file), format_name=format_name):
                if isinstance(item, Trajectory):
                    yield item

    return pile.sorted(stated, n_files=found.n_files, again=again)


def holding(files: Sequence[Path], wanted: frozenset[Key]) -> list[Path]:
    """Those of *files* that hold the wanted recordings, by themselves or as archives."""
    sources = {source for _, source in wanted}
    inside = {str(folder) for source in sources for folder in Path(source).parents}
    return [file for file in files if str(file) in sources or str(file) in inside]
