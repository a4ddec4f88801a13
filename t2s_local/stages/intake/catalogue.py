"""Catalogue of everything that was read: it counts items, then removes duplicates, joins, labels and sorts runs."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

from t2s_local.errors import InputError
from t2s_local.ports.format import Drift, Guess, Passed, Quarantined, Reading
from t2s_local.stages.conversations.assemble import Assembler, Fragment, JoinedRun, Key
from t2s_local.stages.conversations.conversations import plan
from t2s_local.stages.conversations.fingerprint import Fingerprint, print_of
from t2s_local.stages.reading.label_files import NO_LABELS, Labels
from t2s_local.stages.reading.labels import RunNames, join, labels_among
from t2s_local.stages.reading.unread import Unrecognised
from t2s_local.text.text import counted
from t2s_local.values.trajectory import Label, Trajectory
from t2s_local.values.value import Value

T = TypeVar("T")


class Report(Value, frozen=True, kw_only=True):
    """Counts of everything that was read besides trajectories, with the names of files that could not be read."""

    n_files: int
    quarantined: tuple[Quarantined, ...] = ()
    passed: tuple[Passed, ...] = ()
    """Kinds of records that readers skip, summed over all files, without file names."""
    drift: tuple[Drift, ...] = ()
    """Kinds of records that no reader knows yet, summed over all files, without file names."""
    unrecognised: tuple[Unrecognised, ...] = ()
    guesses: tuple[Guess, ...] = ()
    """Certainty of the fallback format about each file that this format read."""
    n_collapsed: int = 0
    """Number of runs that were dropped because another run contains them."""
    n_joined: int = 0
    """Number of recordings that continue another recording and were joined with it to one run."""
    n_branches: int = 0
    """Number of runs that begin like another run and then differ; they contain only their own steps."""
    n_labelled: int = 0
    """Number of trajectories with an outcome or a score from a label file."""
    n_labelled_beside: int = 0
    """Number of labelled trajectories whose label file was found among the inputs, not named by the user."""
    n_labels_unmatched: int = 0
    """Number of labels that belong to no trajectory."""
    n_labels_conflicting: int = 0
    """Number of trajectories that kept their own label, because label files disagree or several share one label."""

    @property
    def seen(self) -> str:
        """Kinds of unrecognised files, such as ``3 .txt files, 1 .png file``; for a single file, its content."""
        if len(self.unrecognised) == self.n_files == 1:
            return f"this file: {self.unrecognised[0].seen}"
        kinds = Counter(Path(item.path).suffix.lower() for item in self.unrecognised)
        parts = [
            counted(count, f"{kind or 'unnamed'} file")
            for kind, count in sorted(kinds.items(), key=lambda pair: (-pair[1], pair[0]))
        ]
        if parts:
            return ", ".join(parts)
        return counted(self.n_files, "file") if self.n_files else "an empty folder"


class Glimpse(NamedTuple, Generic[T]):
    """The part of a trajectory that a catalogue keeps."""

    print: Fingerprint
    named: RunNames
    label: Label | None
    """Label that the recording itself states; None if it states none."""
    value: T


class CatalogueEntry(NamedTuple, Generic[T]):
    """A trajectory that remains after duplicates were removed, with its final label."""

    key: Key
    label: Label | None
    value: T


class Sorted(NamedTuple, Generic[T]):
    """Contents of a catalogue after removal of duplicates, joining, labelling and sorting."""

    entries: list[CatalogueEntry[T]]
    """Trajectories that remain, sorted by id and source."""
    joined_runs: tuple[JoinedRun, ...]
    """Runs assembled from several recordings, and branches."""
    report: Report


class Catalogue(Generic[T]):
    """Collects the items that readers yield; instead of a trajectory, it keeps the value that *keep* returns."""

    def __init__(
        self,
        keep: Callable[[Trajectory], T],
        *,
        quarantined: Iterable[Quarantined] = (),
        left_out: Iterable[Unrecognised] = (),
    ) -> None:
        """Start without trajectories.

        Args:
            keep: Returns the value to keep of a trajectory.
            quarantined: Records and folders that could not be read earlier.
            left_out: Paths that are no regular files and were not opened.
        """
        self._quarantined = list(quarantined)
        self._keep = keep
        self._unrecognised = list(left_out)
        self._guesses: list[Guess] = []
        self._passed: Counter[str] = Counter()
        self._drift: Counter[tuple[str, str | None, str]] = Counter()
        self._glimpses: list[Glimpse[T]] = []

    def add(self, item: Reading | Unrecognised | Glimpse[T]) -> None:
        """Count one item of a reader, or keep a glimpse of a trajectory."""
        if isinstance(item, Glimpse):
            self._glimpses.append(item)
        elif isinstance(item, Trajectory):
            self._glimpses.append(glimpse(item, self._keep))
        elif isinstance(item, Quarantined):
            self._quarantined.append(item)
        elif isinstance(item, Unrecognised):
            self._unrecognised.append(item)
        elif isinstance(item, Guess):
            self._guesses.append(item)
        elif isinstance(item, Drift):
            self._drift[item.agent, item.version, item.record] += item.count
        else:
            self._passed[item.record] += item.count

    def sorted(
        self, stated: Labels, *, n_files: int, again: Callable[[frozenset[Key]], Iterable[Trajectory]]
    ) -> Sorted[T]:
        """Remove duplicates, and join, label and sort the trajectories.

        Args:
            stated: Labels from files.
            n_files: Number of files.
            again: Reads the recordings with these keys a second time, to assemble runs from them.

        Raises:
            InputError: a recording disappeared since it was first read.
        """
        planned = plan([seen.print for seen in self._glimpses])
        joined_runs = tuple(
            tuple(Fragment(_key(self._glimpses[piece.place].named), piece.start) for piece in whole)
            for whole in planned.wholes
        )
        staying = [self._glimpses[place] for place in planned.alone]
        staying += [glimpse(run, self._keep) for run in _assembled(joined_runs, again)]
        staying.sort(key=lambda seen: _key(seen.named))
        names = [seen.named for seen in staying]
        joined = join(stated, names)
        beside = join(labels_among(self._unrecognised), names, only_sure=True) if stated == NO_LABELS else None
        added = {} if beside is None else {k: v for k, v in beside.labels.items() if staying[k].label is None}
        labels = {**joined.labels, **added}
        entries = [
            CatalogueEntry(_key(seen.named), labels.get(place, seen.label), seen.value)
            for place, seen in enumerate(staying)
        ]
        report = Report(
            n_files=n_files,
            quarantined=tuple(self._quarantined),
            passed=tuple(Passed(path=None, record=name, count=count) for name, count in sorted(self._passed.items())),
            drift=_drifted(self._drift),
            unrecognised=tuple(self._unrecognised),
            guesses=tuple(self._guesses),
            n_collapsed=planned.n_gone,
            n_joined=planned.n_joined,
            n_branches=planned.n_branches,
            n_labelled=len(labels),
            n_labelled_beside=len(added),
            n_labels_unmatched=joined.n_unmatched,
            n_labels_conflicting=joined.n_conflicts,
        )
        return Sorted(entries, joined_runs, report)


def _assembled(
    joined_runs: Sequence[JoinedRun], again: Callable[[frozenset[Key]], Iterable[Trajectory]]
) -> list[Trajectory]:
    """Return the runs that consist of several recordings, and the branches.

    Raises:
        InputError: a recording disappeared since it was first read.
    """
    assembler = Assembler(joined_runs)
    wanted = assembler.missing
    runs = again(wanted) if wanted else ()
    assembled = list(assembler.assembled(run for run in runs if (run.id, run.source) in wanted))
    if assembler.missing:
        message = "changed while it was read"
        raise InputError(message, path=min(source for _, source in assembler.missing), hint="Repeat the command.")
    return assembled


def glimpse(run: Trajectory, keep: Callable[[Trajectory], T]) -> Glimpse[T]:
    """Return the part of *run* that a catalogue keeps."""
    named = RunNames(run.id, run.session_id, run.task_id, run.source, run.parent_id)
    return Glimpse(print_of(run), named, run.label, keep(run))


def _drifted(counts: Counter[tuple[str, str | None, str]]) -> tuple[Drift, ...]:
    ordered = sorted(counts.items(), key=lambda item: (item[0][0], item[0][1] or "", item[0][2]))
    return tuple(
        Drift(path=None, agent=agent, version=version, record=record, count=count)
        for (agent, version, record), count in ordered
    )


def _key(named: RunNames) -> Key:
    return named.id, named.source
