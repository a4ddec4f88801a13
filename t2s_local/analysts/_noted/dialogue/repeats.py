"""The same action again and again: how runs end that send one three times or more."""

from collections import Counter
from collections.abc import Iterator, Sequence

from t2s_local.analysts._lessons import lesson, quote
from t2s_local.analysts._mined.association import MIN_Z
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._noted.counts import noted, odds, quotes_of, runs_of, tasks_of
from t2s_local.analysts._notes import Note
from t2s_local.text.commands import is_reflection
from t2s_local.text.events import Event
from t2s_local.text.text import squeeze
from t2s_local.values.lesson import Lesson
from t2s_local.values.trajectory import Slice

KIND = "repeats"
TIMES = 3
LEAST_RUNS = 5
_SHORTEST = 12
"""Characters of an action that says something: `submit` or a key may well be sent again."""


def notes(piece: Slice, events: Sequence[Event]) -> Iterator[Note]:
    """The action that *piece* repeats most, unchanged and with the same result."""
    if piece.trajectory.outcome is None:
        return
    counted = Counter(
        (event.tool, squeeze(event.action), event.output[:200]) for event in events if _says_something(event)
    )
    if not counted:
        return
    (tool, action, _), times = min(counted.items(), key=lambda item: (-item[1], item[0]))
    if times >= TIMES:
        same = [event for event in events if event.tool == tool and squeeze(event.action) == action][:TIMES]
        quotes = tuple(quote(piece, event.call, event.action, role="action") for event in same)
        yield Note(kind=KIND, key=tool, quotes=quotes)


def _says_something(event: Event) -> bool:
    return len(event.action) >= _SHORTEST and event.result is not None and not is_reflection(event.head)


def tell(runs: Sequence[Run]) -> Iterator[Lesson]:
    """One lesson for all tools: that an action sent again and again goes with failure."""
    pairs = [pair for found in noted(runs, KIND).values() for pair in found]
    met = runs_of(pairs)
    tools = {note.key for _, note in pairs}
    found = odds(met, [run for run in runs if any(event.tool in tools for event in run.events)])
    if found is not None and found.n >= LEAST_RUNS and len(tasks_of(met)) >= LEAST_RUNS and found.z <= -MIN_Z:
        yield lesson(
            when="an action gave the same result twice",
            do="Do not send the same action again: change the approach, or question what it rests on.",
            because=found.words("that sent one three times or more"),
            polarity="success",
            pattern=KIND,
            evidence=quotes_of(pairs),
            trajectories=(run.piece.trajectory for run in met),
            tools=sorted(tools),
        )
