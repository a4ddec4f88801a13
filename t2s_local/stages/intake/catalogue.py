"""Everything that was read so far: counted, compared, and in the end collapsed, labelled and sorted."""

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
    """Counts of everything that is no trajectory, with the names of what could not be read."""

    n_files: int
    quarantined: tuple[Quarantined, ...] = ()
    passed: tuple[Passed, ...] = ()
    """Summed over all files, which they do not name."""
    drift: tuple[Drift, ...] = ()
    """Kinds of records that no reader knows yet, summed over all files, which they do not name."""
    unrecognised: tuple[Unrecognised, ...] = ()
    guesses: tuple[Guess, ...] = ()
    """How sure the fallback is of each file that it read."""
    n_collapsed: int = 0
    """Runs that another run holds already."""
    n_joined: int = 0
    """Recordings that go on where another one ends, and became one run with it."""
    n_branches: int = 0
    """Runs that begin like another one and then part from it; they hold only what is their own."""
    n_labelled: int = 0
    """Trajectories to which a label file gave an outcome or a score."""
    n_labelled_beside: int = 0
    """Of those, trajectories whose label stood in a file among the inputs that nobody named."""
    n_labels_unmatched: int = 0
    """Labels that belong to none of the trajectories."""
    n_labels_conflicting: int = 0
    """Trajectories for which label files disagree, or that share one label; they were left as they were."""

    @property
    def seen(self) -> str:
        """Kinds of files that were looked at: ``3 .txt files, 1 .png file``; of a single one, what it holds."""
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
    """How the recording itself says it ended."""
    value: T


class CatalogueEntry(NamedTuple, Generic[T]):
    """A trajectory that stays in the catalogue, under the label it gets."""

    key: Key
    label: Label | None
    value: T


class Sorted(NamedTuple, Generic[T]):
    """Everything a catalogue holds, collapsed, joined, labelled and sorted."""

    entries: list[CatalogueEntry[T]]
    """Trajectories that stay, by id and source."""
    joined_runs: tuple[JoinedRun, ...]
    """Runs that are put together of several recordings, and branches."""
    report: Report


class Catalogue(Generic[T]):
    """Collects what readers yield; of a trajectory it keeps a value that *keep* makes of it."""

    def __init__(
        self,
        keep: Callable[[Trajectory], T],
        *,
        quarantined: Iterable[Quarantined] = (),
        left_out: Iterable[Unrecognised] = (),
    ) -> None:
        """Start without trajectories.

        Args:
            keep: Makes the value that is kept of a trajectory.
            quarantined: Records and folders that could not be read before.
            left_out: What is no file to be read.
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
        """Collapse, join, label and sort the trajectories.

        Args:
            stated: Labels from files.
            n_files: How many files there were.
            again: Reads recordings once more, so that runs can be put together of them.

        Raises:
            InputError: a recording is no longer there.
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
    """Put the runs together that have several recordings, and the branches."""
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
