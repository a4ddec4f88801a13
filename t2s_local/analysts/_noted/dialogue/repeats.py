"""Repeats: the outcomes of runs that send the same action three times or more."""

from collections import Counter
from collections.abc import Iterator, Sequence

from t2s_local.analysts._lessons import lesson, quote
from t2s_local.analysts._mined.association import MIN_Z
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._noted.counts import noted, odds, quotes_of, runs_of, tasks_of
from t2s_local.analysts._notes import Note
from t2s_local.text.commands import is_reflection
from t2s_local.text.events import Event
from t2s_local.text.text import first_line, join_words, mask, squeeze, words
from t2s_local.values.lesson import Lesson
from t2s_local.values.trajectory import Slice

KIND = "repeats"
TIMES = 3
LEAST_RUNS = 5
LEAST_SHARE = 0.05
"""Share of the runs with repeats from which on the lesson names an answer or a tool."""
_SHOWN = 2
_LONGEST = 90
_SHORTEST = 12
"""Fewest characters of an action that counts: `submit` or a key may well be sent again."""


def notes(piece: Slice, events: Sequence[Event]) -> Iterator[Note]:
    """Yield the action that labelled *piece* sent most often, unchanged and with the same result, if three times."""
    if piece.trajectory.outcome is None:
        return
    counted = Counter(
        (event.tool, squeeze(event.action), event.output[:200]) for event in events if _says_something(event)
    )
    if not counted:
        return
    (tool, action, answer), times = min(counted.items(), key=lambda item: (-item[1], item[0]))
    if times >= TIMES:
        same = [event for event in events if event.tool == tool and squeeze(event.action) == action][:TIMES]
        quotes = tuple(quote(piece, event.call, event.action, role="action") for event in same)
        yield Note(kind=KIND, key=tool, detail=first_line(mask(answer), limit=_LONGEST), quotes=quotes)


def _says_something(event: Event) -> bool:
    return len(event.action) >= _SHORTEST and event.result is not None and not is_reflection(event.head)


def is_message(answer: str) -> bool:
    """Return whether an *answer* is a message in words, not only a number or a name."""
    return len(words(answer)) > 1 and "<" not in answer


def tell(runs: Sequence[Run]) -> Iterator[Lesson]:
    """Yield one lesson for all tools, if repeating an action goes with failure."""
    pairs = [pair for found in noted(runs, KIND).values() for pair in found]
    met = runs_of(pairs)
    tools = {note.key for _, note in pairs}
    answers = Counter(note.detail for _, note in pairs if is_message(note.detail))
    usual = [answer for answer, count in answers.items() if count >= max(LEAST_RUNS, LEAST_SHARE * len(pairs))]
    shown = sorted(usual, key=lambda answer: (-answers[answer], answer))[:_SHOWN]
    found = odds(met, [run for run in runs if any(event.tool in tools for event in run.events)])
    is_slip = found is not None and found.n >= LEAST_RUNS and found.z <= -MIN_Z
    if found is not None and is_slip and shown and len(tasks_of(met)) >= LEAST_RUNS:
        counted = Counter(note.key for _, note in pairs)
        yield lesson(
            when=f"an action is answered with {join_words((f'“{text}”' for text in shown), last='or')} a second time",
            do="Do not send the same action a third time: look again at what was asked and what is there, then change"
            " the action.",
            because=found.words("that sent one three times or more"),
            polarity="success",
            pattern=KIND,
            evidence=quotes_of(pairs),
            trajectories=(run.piece.trajectory for run in met),
            tools=sorted(tool for tool in tools if counted[tool] >= LEAST_SHARE * len(pairs)),
        )
