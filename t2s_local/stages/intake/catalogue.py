"""What was read so far: counted, compared, and in the end collapsed, labelled and sorted."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Generic, NamedTuple, TypeVar

import msgspec

from t2s_local.errors import InputError
from t2s_local.ports.format import Guess, Passed, Quarantined, Reading
from t2s_local.stages.conversations.assemble import Fragment, Key, Mender, Whole
from t2s_local.stages.conversations.conversations import plan
from t2s_local.stages.conversations.fingerprint import Print, print_of
from t2s_local.stages.reading.label_files import Labels
from t2s_local.stages.reading.labels import Named, join
from t2s_local.stages.reading.unread import Unrecognised
from t2s_local.values.trajectory import Trajectory
from t2s_local.values.value import Value

T = TypeVar("T", bound=Value)


class Report(Value, frozen=True, kw_only=True):
    """What became of everything that is no trajectory."""

    n_files: int
    quarantined: tuple[Quarantined, ...] = ()
    passed: tuple[Passed, ...] = ()
    """Summed over all files; the path is empty."""
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
    n_labels_unmatched: int = 0
    """Labels that belong to none of the trajectories."""
    n_labels_conflicting: int = 0
    """Trajectories for which label files disagree, or that share one label; they were left as they were."""


class Glimpse(NamedTuple, Generic[T]):
    """What is held of a trajectory."""

    print: Print
    named: Named
    value: T


class Pile(Generic[T]):
    """What was read so far; of a trajectory only what *keep* makes of it is held."""

    def __init__(self, keep: Callable[[Trajectory], T]) -> None:
        """Start empty.

        Args:
            keep: Makes a value with ``outcome``, ``score`` and ``label_source`` of a trajectory.
        """
        self.quarantined: list[Quarantined] = []
        self.wholes: tuple[Whole, ...] = ()
        """Runs that are put together of several recordings, and branches; known once everything is sorted."""
        self._keep = keep
        self.unrecognised: list[Unrecognised] = []
        self._guesses: list[Guess] = []
        self._passed: Counter[str] = Counter()
        self._prints: list[Print] = []
        self._names: list[Named] = []
        self._values: list[T] = []

    def add(self, item: Reading | Unrecognised) -> None:
        """Take in one thing a reader said."""
        if isinstance(item, Trajectory):
            self.hold(glimpse(item, self._keep))
        elif isinstance(item, Quarantined):
            self.quarantined.append(item)
        elif isinstance(item, Unrecognised):
            self.unrecognised.append(item)
        elif isinstance(item, Guess):
            self._guesses.append(item)
        else:
            self._passed[item.record] += item.count

    def hold(self, seen: Glimpse[T]) -> None:
        """Take in what was seen of a trajectory."""
        self._prints.append(seen.print)
        self._names.append(seen.named)
        self._values.append(seen.value)

    def sorted(
        self, stated: Labels, *, n_files: int, again: Callable[[frozenset[Key]], Iterable[Trajectory]]
    ) -> tuple[list[T], Report]:
        """Collapse, join, label and sort what was taken in.

        Args:
            stated: What label files say.
            n_files: How many files there were.
            again: Reads recordings once more, so that runs can be put together of them.

        Raises:
            InputError: one of them is no longer there.
        """
        planned = plan(self._prints)
        self.wholes = tuple(
            tuple(
                Fragment((self._names[piece.place].id, self._names[piece.place].source), piece.start) for piece in whole
            )
            for whole in planned.wholes
        )
        staying = [(self._names[place], self._values[place]) for place in planned.alone]
        staying += [(_named(run), self._keep(run)) for run in self._mended(again)]
        staying.sort(key=lambda pair: (pair[0].id, pair[0].source))
        joined = join(stated, [name for name, _ in staying])
        values = [value for _, value in staying]
        for place, label in joined.labels.items():
            values[place] = msgspec.structs.replace(
                values[place], outcome=label.outcome, score=label.score, label_source=label.source
            )
        return values, Report(
            n_files=n_files,
            quarantined=tuple(self.quarantined),
            passed=tuple(Passed(path="", record=name, count=count) for name, count in sorted(self._passed.items())),
            unrecognised=tuple(self.unrecognised),
            guesses=tuple(self._guesses),
            n_collapsed=planned.n_gone,
            n_joined=planned.n_joined,
            n_branches=planned.n_branches,
            n_labelled=len(joined.labels),
            n_labels_unmatched=joined.n_unmatched,
            n_labels_conflicting=joined.n_conflicts,
        )

    def _mended(self, again: Callable[[frozenset[Key]], Iterable[Trajectory]]) -> list[Trajectory]:
        """The runs that are put together of several recordings, and branches."""
        mender = Mender(self.wholes)
        wanted = mender.missing
        runs = again(wanted) if wanted else ()
        found = list(mender.mended(run for run in runs if (run.id, run.source) in wanted))
        if mender.missing:
            message = "changed while it was read"
            raise InputError(message, path=min(source for _, source in mender.missing), hint="Repeat the command.")
        return found


def glimpse(run: Trajectory, keep: Callable[[Trajectory], T]) -> Glimpse[T]:
    """What is held of *run*."""
    return Glimpse(print_of(run), _named(run), keep(run))


def _named(run: Trajectory) -> Named:
    return Named(run.id, run.session_id, run.task_id, run.source, run.parent_id)
