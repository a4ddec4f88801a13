"""Compact copies of many runs: of every step only the parts that the comparison of runs reads."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from t2s_local.analysts._mined.before.records import Known, known_before
from t2s_local.analysts._mined.before.sentences import sentences_of
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._notes import Note
from t2s_local.text.events import Event, events_of
from t2s_local.values.trajectory import Slice, Step
from t2s_local.values.value import digest

MOST_STEPS = 100_000
"""Most steps of the runs that are compared at once: 2,000 runs of 50 steps."""
_LONGEST = 4000
"""Characters kept of an action or a request: quotes and rules need far fewer."""
_NOTHING = Step(kind="system", text="")


Notes = Callable[[Slice, Sequence[Event]], Iterable[Note]]


def _no_notes(piece: Slice, events: Sequence[Event]) -> tuple[Note, ...]:
    """Return no notes, for callers that compare only actions."""
    del piece, events
    return ()


def sample(slices: Sequence[Slice], *, most_steps: int = MOST_STEPS) -> tuple[Slice, ...]:
    """Return the *slices* to compare at once, in their order; all of them if they have few enough steps.

    Otherwise whole tasks are chosen, in the order of a digest, until *most_steps* are used up: a sample that does not
    depend on the order of the input.
    """
    tasks = [digest(piece.trajectory.task_id or piece.trajectory.id) for piece in slices]
    chosen: list[int] = []
    left = most_steps
    for place in sorted(range(len(slices)), key=lambda place: (tasks[place], slices[place].id)):
        if left <= 0:
            break
        left -= slices[place].stop - slices[place].start
        chosen.append(place)
    return tuple(slices[place] for place in sorted(chosen))


def compact(piece: Slice, note: Notes = _no_notes, events: Sequence[Event] | None = None) -> Run:
    """Return a compact run: its events, the notes that *note* finds, and of its steps only what comparisons read.

    Args:
        piece: The run.
        note: Function that finds the facts counted over runs.
        events: Events of the run; None to read them from *piece*.
    """
    events = events_of(piece) if events is None else events
    steps = [_NOTHING] * piece.stop  # what follows is nothing to it
    for event in events:
        call = piece.trajectory.steps[event.call]
        arguments = None if call.arguments is None else _short(call.arguments)
        steps[event.call] = Step(kind="tool_call", text=call.text[:_LONGEST], tool=call.tool, arguments=arguments)
        if event.result is not None:
            steps[event.result] = Step(kind="tool_result", text=event.error or "")
    known, spoken = known_before(piece, events), sentences_of(piece, events)
    for index, text in _kept(known, spoken).items():
        steps[index] = msgspec.structs.replace(steps[index], text="\n".join([steps[index].text, *text]))
    trajectory = msgspec.structs.replace(piece.trajectory, steps=tuple(steps), task=None)
    request = None if piece.request is None else piece.request[:_LONGEST]
    return Run(
        piece=msgspec.structs.replace(piece, trajectory=trajectory, request=request),
        events=tuple(_outlined(event) for event in events),
        notes=tuple(note(piece, events)),
        known=known,
        spoken=spoken,
    )


def _kept(known: Mapping[int, Sequence[Known]], spoken: Sequence[tuple[int, str]]) -> Mapping[int, Sequence[str]]:
    """Return by step index the lines that may be quoted beside calls and errors."""
    kept: dict[int, list[str]] = {}
    for item in sorted({(one.step, one.shown) for items in known.values() for one in items if one.shown}):
        kept.setdefault(item[0], []).append(item[1])
    for index, sentence in spoken:
        kept.setdefault(index, []).append(sentence)
    return kept


def _outlined(event: Event) -> Event:
    """Return *event* with a digest for its output, so that events with different outputs remain different."""
    return msgspec.structs.replace(event, action=event.action[:_LONGEST], output=digest(event.output))


def _short(arguments: Mapping[str, object]) -> dict[str, object]:
    """Return *arguments* without texts of more than 200 characters, which no comparison reads."""
    return {name: _value(value) for name, value in arguments.items()}


def _value(value: object) -> object:
    if isinstance(value, str):
        return value if len(value) <= 200 else ""
    if isinstance(value, dict):
        return _short(value)
    if isinstance(value, list):
        return [_value(item) for item in value]
    return value
