"""Results that state that they are incomplete, and the argument with which runs asked for the next part."""

import re
from collections.abc import Iterator, Sequence

from t2s_local.analysts._lessons import lesson, quote
from t2s_local.analysts._mined.fix import leaves
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._noted.counts import most_common, noted, quotes_of, runs_of, tasks_of
from t2s_local.analysts._notes import Note
from t2s_local.text.commands import is_shell
from t2s_local.text.events import Event
from t2s_local.values.lesson import Lesson
from t2s_local.values.trajectory import Slice

KIND = "cut"
PAGED = "paged"
LEAST_RUNS = 3
_RANGE = re.compile(
    r"(?:(?P<first>\d{1,9})\s?(?:-|–|to)\s?)?(?P<last>\d{1,9})\s(?:\w+\s)?(?:of|out of)\s(?:a total of\s)?"
    r"(?P<all>\d{1,9})\b"
)
_SHOWS = re.compile(
    r"\b(?:show|display|return|list)\w*\b|\b(?:results?|matches|items?|entries|page|rows?)\b", re.IGNORECASE
)
_BEFORE = 30
"""Characters before a range such as *1 to 20 of 90* that are searched for words that say what is shown."""
_SEARCHED = 400
"""Characters at either end of a result that are searched for the statement that it is cut."""


def notes(piece: Slice, events: Sequence[Event]) -> Iterator[Note]:
    """Yield the cut results of *piece*, and the arguments with which the run asked for the next part."""
    for at, event in enumerate(events):
        if event.failed or event.result is None or is_shell(event.tool):
            continue
        found = _cut(event.output)
        if found is not None:
            quotes = (
                quote(piece, event.call, event.action, role="action"),
                quote(piece, event.result, found[0], role="observation"),
            )
            yield Note(kind=KIND, key=event.tool, detail=found[1], quotes=quotes)
            moved = _moved(piece, event, events[at + 1 :])
            if moved is not None:
                yield Note(kind=PAGED, key=event.tool, detail=moved)


def _cut(output: str) -> tuple[str, str] | None:
    """Return the statement that *output* is a part, and the number of items shown; None if there is no statement."""
    for text in (output[:_SEARCHED], output[-_SEARCHED:]):
        for found in _RANGE.finditer(text) if " of " in text else ():
            first, last, total = (int(found[name] or 1) for name in ("first", "last", "all"))
            start = max(text.rfind("\n", 0, found.start()) + 1, found.start() - _BEFORE)
            if first == 1 < last < total and _SHOWS.search(text[start : found.end() + 10]):
                return text[start : found.end()].strip(), str(last)
    return None


def _moved(piece: Slice, event: Event, later: Sequence[Event]) -> str | None:
    """Return the only argument that a later call of the tool changed, to a number; None if there is no such call."""
    before = leaves(piece, event)
    for other in later:
        after = leaves(piece, other) if other.tool == event.tool else {}
        changed = [name for name in {*before, *after} if before.get(name) != after.get(name)]
        if len(changed) == 1 and isinstance(after.get(changed[0]), int):
            return changed[0]
    return None


def tell(runs: Sequence[Run]) -> Iterator[Lesson]:
    """Yield one lesson for every tool that cuts its results."""
    paged = noted(runs, PAGED)
    for tool, pairs in noted(runs, KIND).items():
        met = runs_of(pairs)
        if len(met) < LEAST_RUNS or len(tasks_of(met)) < 2:
            continue
        sizes = most_common((note.detail for _, note in pairs), most=1)
        names = most_common((note.detail for _, note in paged.get(tool, ())), most=1)
        page = f", or page on with `{names[0]}`," if names else ""
        yield lesson(
            when=f"`{tool}` shows the first {sizes[0]} of more",
            do=f"Narrow the search{page} before you count, compare or conclude that something is not there.",
            because=f"It cut its results in {len(met)} runs",
            polarity="success",
            pattern=KIND,
            evidence=quotes_of(pairs),
            trajectories=(run.piece.trajectory for run in met),
            tools=(tool,),
        )
