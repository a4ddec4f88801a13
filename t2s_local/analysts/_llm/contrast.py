"""A succeeding and a failing run of one task, side by side."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher

from t2s_local.analysts._events import Event, events_of
from t2s_local.analysts._llm.choice import hints_of, in_short, outline, quoted
from t2s_local.analysts._llm.excerpt import Excerpt, StepSelection
from t2s_local.analysts._mined.labelled_runs import Run, mixed
from t2s_local.values.trajectory import Slice

_ACTION = 200
_RESULT = 200
_MOST_EVENTS = 400
"""Calls of a run that are aligned: as many as the longest slice has."""
_MOST_RUNS = 8
"""Succeeding, and failing, runs of a task among which the pair is looked for."""
_A_SIDE = 2
"""Calls shown of each side of a difference."""

Opcode = tuple[str, int, int, int, int]


def groups(slices: Sequence[Slice]) -> Mapping[str, tuple[Slice, ...]]:
    """Slices by task, of the tasks that have succeeding and failing runs: successes first, each kind by id."""
    ordered = sorted(slices, key=lambda piece: piece.id)
    found = mixed([Run(piece=piece, events=()) for piece in ordered])
    return {
        task_id: tuple(run.piece for wanted in (True, False) for run in _first(runs, succeeded=wanted))
        for task_id, runs in found.items()
    }


def _first(runs: Sequence[Run], *, succeeded: bool) -> list[Run]:
    return [run for run in runs if run.succeeded == succeeded][:_MOST_RUNS]


def pair(slices: Sequence[Slice]) -> dict[str, Slice]:
    """The succeeding and the failing run that are most alike, as ``A`` and ``B``: they differ in what matters."""
    runs = [(piece, [event.head for event in events_of(piece)][:_MOST_EVENTS]) for piece in slices]
    wins = [run for run in runs if run[0].trajectory.outcome == "success"]
    losses = [run for run in runs if run[0].trajectory.outcome == "failure"]
    best = max(
        ((_alike(win[1], loss[1]), win[0], loss[0]) for win in wins for loss in losses),
        key=lambda found: (found[0], found[1].id, found[2].id),
    )
    return {"A": best[1], "B": best[2]}


def choose_both(pieces: Mapping[str, Slice], *, budget: int) -> Excerpt:
    """The steps of two runs worth sending: where they part, how they end, the rest in short, aligned.

    Args:
        pieces: From :func:`pair`.
        budget: Tokens for both together; what the mined analyst quotes is shown beyond it.
    """
    selection = StepSelection(budget=budget)
    events = {run: events_of(piece)[:_MOST_EVENTS] for run, piece in pieces.items()}
    for run, piece in pieces.items():
        for step, wanted in quoted(piece, hints_of(piece)):
            selection.show(piece, step, wanted, run=run, must=True)
    codes = _aligned(events["A"], events["B"])
    for run, event in _telling(codes, events):
        _show(selection, pieces[run], event, run)
    for code, start, stop, other, _ in codes:
        if code == "equal":
            for offset in range(stop - start):
                one, two = events["A"][start + offset], events["B"][other + offset]
                selection.outline(one.call, f"= B{two.call} {in_short(one)}", run="A")
    equal = {event.call for code, _, _, start, stop in codes if code == "equal" for event in events["B"][start:stop]}
    outline(selection, events["A"], run="A")
    outline(selection, [event for event in events["B"] if event.call not in equal], run="B")
    return selection.excerpt(n_steps=sum(piece.stop - piece.start for piece in pieces.values()))


def _alike(one: Sequence[str], other: Sequence[str]) -> float:
    return SequenceMatcher(a=one, b=other, autojunk=False).ratio()


def _aligned(one: Sequence[Event], other: Sequence[Event]) -> list[Opcode]:
    heads = [event.head for event in one], [event.head for event in other]
    return list(SequenceMatcher(a=heads[0], b=heads[1], autojunk=False).get_opcodes())


def _telling(codes: Sequence[Opcode], events: Mapping[str, Sequence[Event]]) -> Iterator[tuple[str, Event]]:
    """The last call of each run, then the calls of every difference, the first one first, then failures."""
    for run in ("A", "B"):
        yield from ((run, event) for event in events[run][-1:])
    for code, *ends in codes:
        if code != "equal":
            yield from (("A", event) for event in events["A"][ends[0] : ends[1]][:_A_SIDE])
            yield from (("B", event) for event in events["B"][ends[2] : ends[3]][:_A_SIDE])
    for run in ("B", "A"):
        yield from ((run, event) for event in reversed(events[run]) if event.failed)


def _show(selection: StepSelection, piece: Slice, event: Event, run: str) -> None:
    shown = selection.show(piece, event.call, event.action[:_ACTION], run=run)
    if shown and event.result is not None:
        selection.show(piece, event.result, event.error or event.output[:_RESULT], run=run)
