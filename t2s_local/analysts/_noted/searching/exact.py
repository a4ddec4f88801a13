"""Search tools whose results mostly lack the text that was asked for, beside a tool whose results contain it."""

import re
from collections.abc import Iterator, Mapping, Sequence

from t2s_local.analysts._lessons import code, lesson, quote
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._noted.counts import as_fixes, noted, quotes_of, runs_of, tasks_of
from t2s_local.analysts._noted.objects import objects_of
from t2s_local.analysts._noted.searching.matching import asked_of
from t2s_local.analysts._noted.searching.nothing import found_nothing
from t2s_local.analysts._notes import Note
from t2s_local.text.events import Event
from t2s_local.values.lesson import Lesson
from t2s_local.values.trajectory import Slice

KIND = "inexact"
LEAST_SEARCHES = 15
LEAST_RUNS = 8
LEAST_TASKS = 3
MOST_LOOSE = 0.5
"""Largest share of a tool's results that may contain what was asked for, for the tool to count as inexact."""
LEAST_LOOSE = 3
"""Fewest of its results that must contain it: a tool that is given a name and never answers with it is no search."""
LEAST_EXACT = 0.95
_SEARCHES = re.compile(r"search|find|grep|query|look_?up|match", re.IGNORECASE)
"""Names of tools that are given what they search for."""
_MOST_WORDS = 3
_LEAST_LETTERS = 4
_HELD, _LACKING = "held", "lacking"


def notes(piece: Slice, events: Sequence[Event]) -> Iterator[Note]:
    """Yield the searches of *piece* for a short text that found something, with whether the results contain it."""
    for event in events:
        asked = asked_of(piece, event) if _SEARCHES.search(event.tool) else None
        if asked is None or event.result is None or event.failed or found_nothing(event):
            continue
        text = asked[1]
        if len(text) < _LEAST_LETTERS or len(text.split()) > _MOST_WORDS:
            continue
        first, _, rest = event.output.partition("\n")
        is_held = text.lower() in (rest if rest and text in first else event.output).lower()
        shown = quote(piece, event.call, event.action, role="action")
        yield Note(kind=KIND, key=event.tool, detail=f"{_HELD if is_held else _LACKING}\n{text}", quotes=(shown,))


def tell(runs: Sequence[Run]) -> Iterator[Lesson]:
    """Yield one lesson for every inexact search tool with an exact one for the same objects."""
    found = {tool: pairs for tool, pairs in noted(runs, KIND).items() if len(pairs) >= LEAST_SEARCHES}
    exact = [tool for tool, pairs in found.items() if _n_held(pairs) >= LEAST_EXACT * len(pairs)]
    for loose, pairs in found.items():
        rivals = [tool for tool in exact if objects_of(tool).keys() & objects_of(loose).keys()]
        if rivals and LEAST_LOOSE <= _n_held(pairs) <= MOST_LOOSE * len(pairs):
            best = min(rivals, key=lambda tool: (-len(found[tool]), tool))
            yield from _lesson(loose, best, found)


def _lesson(loose: str, exact: str, found: Mapping[str, Sequence[tuple[Run, Note]]]) -> Iterator[Lesson]:
    lacking = [pair for pair in found[loose] if pair[1].detail.startswith(_LACKING)]
    met = runs_of(lacking)
    if len(met) < LEAST_RUNS or len(tasks_of(met)) < LEAST_TASKS:
        return
    asked = sorted({note.detail.partition("\n")[2] for _, note in lacking}, key=lambda text: (len(text), text))
    yield lesson(
        when=f"you look for an exact name or value, such as {code(asked[len(asked) // 2])}",
        do=f"Use `{exact}` instead of `{loose}`, whose results mostly do not contain it.",
        because=f"What was asked for stands in {_n_held(found[loose])} of {len(found[loose])} results of `{loose}`, and"
        f" in {_n_held(found[exact])} of {len(found[exact])} of `{exact}`",
        polarity="success",
        pattern=KIND,
        evidence=[*quotes_of(lacking), *as_fixes(quotes_of(found[exact], most=1))],
        trajectories=(run.piece.trajectory for run in met),
        tools=(loose, exact),
    )


def _n_held(pairs: Sequence[tuple[Run, Note]]) -> int:
    return sum(note.detail.startswith(_HELD) for _, note in pairs)
