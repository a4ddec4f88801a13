"""Read all runs below some paths into memory, without duplicates and with labels; no store is needed."""

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
    """Trajectories that were read, with a report on everything else."""

    trajectories: tuple[Trajectory, ...]
    """Trajectories, sorted by id."""
    report: Report


def read(
    paths: Sequence[Path],
    *,
    format_name: str | None = None,
    layout: Layout | None = None,
    labels: Path | None = None,
) -> Readings:
    """Read all runs at or below *paths*; a run that was recorded more than once is returned once.

    Args:
        paths: Files and folders.
        format_name: The format of the files; None to detect it for each file.
        layout: The map to read all files by, whatever their format; None for no map.
        labels: A file or folder with the outcomes of runs; its labels outrank the outcomes that the runs record.

    Raises:
        InputError: one of *paths* or *labels* does not exist, or *labels* contains no label.
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
    """Read runs as :func:`read` does, but keep in memory only the value that *keep* returns for each trajectory.

    Args:
        paths: Files and folders.
        keep: Returns the value to keep of a trajectory.
        format_name: As for :func:`read`.
        layout: As for :func:`read`.
        labels: As for :func:`read`.

    Returns:
        The values with their labels, sorted by the ids of their trajectories, and a report on everything else.

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
