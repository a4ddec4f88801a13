"""Step limits: harnesses that end a run after a fixed number of calls, finished or not."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from t2s_local.analysts._lessons import lesson, quote
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._noted.counts import as_fixes, noted, quotes_of, runs_of, tasks_of
from t2s_local.analysts._notes import Note
from t2s_local.text.commands import is_shell
from t2s_local.text.events import Event
from t2s_local.values.lesson import Lesson
from t2s_local.values.trajectory import Slice

KIND = "limit"
LEAST_CUT = 8
"""Fewest runs that were cut off."""
LEAST_SHARE = 0.8
"""Share of the unfinished runs that must have stopped after the same number of calls."""
LEAST_ENDED = 0.5
"""Share of the runs that must end with one tool for the tool to count as the one that submits the answer."""
_LEAST_CALLS = 3
_MOST_BETTER = 0.1


def notes(piece: Slice, events: Sequence[Event]) -> Iterator[Note]:
    """Yield the last tool of a whole run and its number of calls."""
    if piece.start or piece.stop < len(piece.trajectory.steps) or not events or is_shell(events[-1].tool):
        return
    last = events[-1]
    shown = (quote(piece, last.call, last.action, role="action"),)
    yield Note(kind=KIND, key=piece.trajectory.format, detail=f"{last.tool}\n{len(events)}", quotes=shown)


def tell(runs: Sequence[Run]) -> Iterator[Lesson]:
    """Yield one lesson for every harness that cut off several runs after the same number of calls."""
    for pairs in noted(runs, KIND).values():
        ended = Counter(_tool(note) for _, note in pairs)
        tool, times = min(ended.items(), key=lambda item: (-item[1], item[0]))
        cut = [pair for pair in pairs if _tool(pair[1]) != tool]
        done = [pair for pair in pairs if _tool(pair[1]) == tool]
        if times < LEAST_ENDED * len(pairs) or len(cut) < LEAST_CUT or _is_used_before(tool, runs):
            continue
        lengths = Counter(_length(note) for _, note in cut)
        most, same = min(lengths.items(), key=lambda item: (-item[1], item[0]))
        longer = sum(_length(note) > most for _, note in pairs)
        at_end = [pair for pair in cut if _length(pair[1]) == most]
        met = runs_of(at_end)
        if most < _LEAST_CALLS or same < LEAST_SHARE * len(cut) or longer or len(tasks_of(met)) < LEAST_CUT:
            continue
        won = sum(run.succeeded for run in met)
        if won > _MOST_BETTER * len(met):
            continue
        yield lesson(
            when=f"within {most} steps",
            do=f"Call `{tool}` with the best answer that you have: a run is cut off after step {most}.",
            because=f"{len(met)} runs were cut off there, and none is longer",
            polarity="success",
            pattern=KIND,
            evidence=[*quotes_of(at_end), *as_fixes(quotes_of(done, most=1))],
            trajectories=(run.piece.trajectory for run in met),
            tools=(tool,),
        )


def _tool(note: Note) -> str:
    return note.detail.split("\n")[0]


def _length(note: Note) -> int:
    return int(note.detail.split("\n")[1])


def _is_used_before(tool: str, runs: Sequence[Run]) -> bool:
    """Return whether runs often continue after *tool*, so that it does not submit the answer."""
    uses: Mapping[bool, int] = Counter(
        event is run.events[-1] for run in runs for event in run.events if event.tool == tool
    )
    return uses.get(False, 0) > _MOST_BETTER * uses.get(True, 0)
