"""Counts of notes over runs: numbers of runs and tasks, and the association of a note with success."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import overload

from msgspec import structs

from t2s_local.analysts._mined.association import mantel_haenszel
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._mined.ways.same_thing import Needed, needed_calls
from t2s_local.analysts._notes import Note
from t2s_local.values.lesson import Quote
from t2s_local.values.value import Value


class Odds(Value, frozen=True, kw_only=True):
    """Counts of successes among the runs with a feature and among those without it."""

    won: int
    n: int
    won_without: int
    n_without: int
    z: float
    """z value of the Mantel-Haenszel test over harnesses and models; below 0 the feature goes with failure."""

    def words(self, what: str) -> str:
        """Return the counts as a sentence; *what* describes the runs with the feature."""
        return f"Of {self.n} runs {what} {self.won} succeeded, of the {self.n_without} others {self.won_without}"


class NotedRuns(Sequence[Run]):
    """Runs whose notes are sorted by kind and key once, for all kinds of lessons."""

    def __init__(self, runs: Sequence[Run], needed: Sequence[Needed] | None = None) -> None:
        """Sort the notes of *runs*; *needed* are the earlier calls that later calls need, None to find them here."""
        self._runs = runs
        self.needed = tuple(needed_calls(runs)) if needed is None else needed
        self._by_kind: dict[str, dict[str, list[tuple[Run, Note]]]] = {}
        for run in runs:
            for note in run.notes:
                self._by_kind.setdefault(note.kind, {}).setdefault(note.key, []).append((run, note))

    @overload
    def __getitem__(self, at: int) -> Run: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Run]: ...
    def __getitem__(self, at: int | slice) -> Run | Sequence[Run]:
        """Return one run, or several."""
        return self._runs[at]

    def __len__(self) -> int:
        """Return the number of runs."""
        return len(self._runs)

    def of_kind(self, kind: str) -> Mapping[str, Sequence[tuple[Run, Note]]]:
        """Return the notes of one kind with their runs, by key."""
        return dict(sorted(self._by_kind.get(kind, {}).items()))


def noted(runs: Sequence[Run], kind: str) -> Mapping[str, Sequence[tuple[Run, Note]]]:
    """Return the notes of one kind with their runs, by key; within a key in the order of the runs."""
    if isinstance(runs, NotedRuns):
        return runs.of_kind(kind)
    found: dict[str, list[tuple[Run, Note]]] = {}
    for run in runs:
        for note in run.notes:
            if note.kind == kind:
                found.setdefault(note.key, []).append((run, note))
    return dict(sorted(found.items()))


def needed_in(runs: Sequence[Run]) -> Sequence[Needed]:
    """Return the earlier calls without which later calls of *runs* about the same object fail."""
    return runs.needed if isinstance(runs, NotedRuns) else tuple(needed_calls(runs))


def runs_of(pairs: Iterable[tuple[Run, Note]]) -> list[Run]:
    """Return the runs of some notes, each trajectory once."""
    return list({run.piece.trajectory.id: run for run, _ in pairs}.values())


def tasks_of(runs: Iterable[Run]) -> set[str]:
    """Return the tasks of *runs*; a run without a task counts as a task of its own."""
    return {run.piece.trajectory.task_id or run.piece.trajectory.id for run in runs}


def quotes_of(pairs: Sequence[tuple[Run, Note]], *, most: int = 3) -> list[Quote]:
    """Return the quotes of the first note of each of the first *most* runs."""
    shown = {run.piece.trajectory.id: note for run, note in reversed(pairs)}
    first = list(dict.fromkeys(run.piece.trajectory.id for run, _ in pairs))[:most]
    return [quote for identity in first for quote in shown[identity].quotes]


def as_fixes(quotes: Iterable[Quote]) -> list[Quote]:
    """Return *quotes* with the role of a fix."""
    return [structs.replace(quote, role="fix") for quote in quotes]


def most_common(values: Iterable[str], *, most: int = 3, least: int = 1) -> list[str]:
    """Return the most frequent values, ties by length and alphabet: at most *most*, each at least *least* times."""
    counted = Counter(values)
    ranked = sorted(counted, key=lambda value: (-counted[value], len(value), value))
    return [value for value in ranked if counted[value] >= least][:most]


def odds(having: Iterable[Run], runs: Sequence[Run]) -> Odds | None:
    """Return the successes of labelled *runs* with a feature (*having*) and without; None if either side is empty.

    Runs are compared only within a harness and model: a weak model does more of everything that fails.
    """
    ids = {run.piece.trajectory.id for run in having}
    cells: dict[tuple[str, str], list[int]] = {}
    for run in {run.piece.trajectory.id: run for run in runs}.values():
        trajectory = run.piece.trajectory
        if trajectory.outcome is None:
            continue
        cell = cells.setdefault((trajectory.format, trajectory.model or ""), [0, 0, 0, 0])
        cell[(0 if trajectory.id in ids else 1) + (0 if run.succeeded else 2)] += 1
    tables = [cell for _, cell in sorted(cells.items()) if cell[0] + cell[2] and cell[1] + cell[3]]
    if not tables:
        return None
    won, won_without, lost, lost_without = (sum(column) for column in zip(*tables, strict=True))
    _, z = mantel_haenszel(tables)
    return Odds(won=won, n=won + lost, won_without=won_without, n_without=won_without + lost_without, z=z)
