"""Pairs of a succeeding and a failing run of one task, and the calls that only the succeeding run made."""

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher

from t2s_local.analysts._mined.labelled_runs import Run, mixed
from t2s_local.text.events import action_signature, events_of
from t2s_local.values.trajectory import Slice

_MOST_EVENTS = 400
"""Most calls of a run that are compared: as many as the longest slice has."""
_MOST_RUNS = 8
"""Most succeeding runs, and most failing runs, of a task among which the pair is looked for."""


def groups(slices: Sequence[Slice]) -> Mapping[str, tuple[Slice, ...]]:
    """Return the slices of each task that has succeeding and failing runs: successes first, each kind by id."""
    ordered = sorted(slices, key=lambda piece: piece.id)
    found = mixed([Run(piece=piece, events=()) for piece in ordered])
    return {
        task_id: tuple(run.piece for wanted in (True, False) for run in _first(runs, succeeded=wanted))
        for task_id, runs in found.items()
    }


def _first(runs: Sequence[Run], *, succeeded: bool) -> list[Run]:
    return [run for run in runs if run.succeeded == succeeded][:_MOST_RUNS]


def pair(slices: Sequence[Slice]) -> tuple[Slice, Slice]:
    """Return the succeeding and the failing run that are most alike, so that their differences are few."""
    runs = [(piece, [event.head for event in events_of(piece)][:_MOST_EVENTS]) for piece in slices]
    wins = [run for run in runs if run[0].trajectory.outcome == "success"]
    losses = [run for run in runs if run[0].trajectory.outcome == "failure"]
    best = max(
        ((_alike(win[1], loss[1]), win[0], loss[0]) for win in wins for loss in losses),
        key=lambda found: (found[0], found[1].id, found[2].id),
    )
    return best[1], best[2]


def parted(won: Slice, lost: Slice) -> list[int]:
    """Return the step indices of the calls of *won* that passed and that *lost* did not make."""
    known = {action_signature(event) for event in events_of(lost)}
    return [
        event.call
        for event in events_of(won)[:_MOST_EVENTS]
        if not event.failed and action_signature(event) not in known
    ]


def _alike(one: Sequence[str], other: Sequence[str]) -> float:
    return SequenceMatcher(a=one, b=other, autojunk=False).ratio()
