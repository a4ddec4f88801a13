"""Everything below some paths, read, compared and labelled, without a store."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from t2s_local.files import printable
from t2s_local.stages.conversations.assemble import Key
from t2s_local.stages.intake.batch import labelled
from t2s_local.stages.intake.catalogue import Catalogue, CatalogueEntry, Report
from t2s_local.stages.intake.reader import holding
from t2s_local.stages.reading.find import find
from t2s_local.stages.reading.label_files import load_labels
from t2s_local.stages.reading.reading import read_file
from t2s_local.values.layout import Layout
from t2s_local.values.trajectory import Trajectory
from t2s_local.values.value import Value

T = TypeVar("T")


class Readings(Value, frozen=True, kw_only=True):
    """Everything that was read."""

    trajectories: tuple[Trajectory, ...]
    """Sorted by id."""
    report: Report


def read(
    paths: Sequence[Path],
    *,
    format_name: str | None = None,
    layout: Layout | None = None,
    labels: Path | None = None,
) -> Readings:
    """Read everything at or below *paths*; runs that were recorded more than once are taken once.

    Args:
        paths: Files and folders.
        format_name: The format to read them as, found out file by file where it is None.
        layout: The map to read them by, whatever their format; None for none.
        labels: A file or folder that says how runs ended; it outranks what the runs say themselves.

    Raises:
        InputError: one of *paths* or *labels* does not exist, or *labels* holds none.
    """
    entries, report = gather(paths, keep=lambda run: run, format_name=format_name, layout=layout, labels=labels)
    return Readings(trajectories=tuple(labelled(entry.value, entry.label) for entry in entries), report=report)


def gather(
    paths: Sequence[Path],
    *,
    keep: Callable[[Trajectory], T],
    format_name: str | None = None,
    layout: Layout | None = None,
    labels: Path | None = None,
) -> tuple[list[CatalogueEntry[T]], Report]:
    """Do as :func:`read` does, holding only what *keep* makes of each trajectory.

    Args:
        paths: Files and folders.
        keep: Makes the value that is held of a trajectory.
        format_name: As for :func:`read`.
        layout: As for :func:`read`.
        labels: As for :func:`read`.

    Returns:
        The values with their labels, in the order of their trajectories' ids, and the counts of everything else.

    Raises:
        InputError: as for :func:`read`.
    """
    stated = load_labels(labels)
    listed = find(paths)
    before = (*stated.quarantined, *listed.quarantined)
    catalogue = Catalogue(keep, quarantined=before, left_out=listed.left_out)
    for file in listed.files:
        if file != labels:
            for item in read_file(file, source=printable(file), format_name=format_name, layout=layout):
                catalogue.add(item)

    def again(wanted: frozenset[Key]) -> Iterator[Trajectory]:
        for file in holding(listed.files, wanted):
            for item in read_file(file, source=printable(file), format_name=format_name, layout=layout):
                if isinstance(item, Trajectory):
                    yield item

    entries, _, report = catalogue.sorted(stated, n_files=listed.n_files, again=again)
    return entries, report
