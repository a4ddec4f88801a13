"""Calls that work once, and again only after another call: one object in hand, one lock, one open transaction."""

from collections.abc import Iterator, Sequence

from t2s_local.analysts._exact import tail
from t2s_local.analysts._forms import usual_form
from t2s_local.analysts._lessons import code, lesson, quote, said
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._noted.counts import as_fixes, most_common, noted, quotes_of, runs_of, tasks_of
from t2s_local.analysts._noted.tools.call_form import PASSED
from t2s_local.analysts._notes import Note
from t2s_local.text.commands import is_reflection, is_shell
from t2s_local.text.events import Event
from t2s_local.values.lesson import Lesson
from t2s_local.values.trajectory import Slice
from t2s_local.values.value import Value

KIND = "one_at_a_time"
LEAST_TOOLS = 2
LEAST_BAD = 12
LEAST_RUNS = 5
LEAST_TASKS = 3
LEAST_GOOD = 5
"""Fewest calls that pass after the other call."""
LEAST_FRESH = 0.4
"""Least share of first calls that pass without the other call: otherwise the other call is needed in any case."""
MOST_CHANCE = 1e-3
_GOOD, _BAD = "good", "bad"
_FIRST, _AGAIN = "first", "again"


def notes(piece: Slice, events: Sequence[Event]) -> Iterator[Note]:
    """Yield the first and later calls of each tool in *piece*; a later call with the tools used since the last pass.

    Yield nothing for a run with few tools.
    """
    tried = [event for event in events if _is_plain(event)]
    if len({event.head for event in tried}) < LEAST_TOOLS:
        return
    since: dict[str, set[str]] = {}
    seen: set[tuple[str, tuple[str, ...] | None, bool]] = set()
    for event in tried:
        between = tuple(sorted(since[event.head])) if event.head in since else None
        order = _FIRST if between is None else _AGAIN
        if (event.action, between, event.failed) not in seen:
            seen.add((event.action, between, event.failed))
            yield _note(piece, event, order, between or ())
        if not event.failed:
            for others in since.values():
                others.add(event.head)
            since[event.head] = set()


def _note(piece: Slice, event: Event, order: str, between: Sequence[str]) -> Note:
    shown = [quote(piece, event.call, event.action, role="action")] if order == _AGAIN else []
    if shown and event.failed and event.error:
        shown.append(quote(piece, event.result or 0, event.error, role="observation"))
    detail = "\n".join((_BAD if event.failed else _GOOD, order, *between))
    return Note(kind=KIND, key=event.head, detail=detail, quotes=tuple(shown))


def _is_plain(event: Event) -> bool:
    is_read = event.result is not None and not event.is_infrastructure and not is_shell(event.tool)
    return is_read and not is_reflection(event.head)


class Held(Value, frozen=True, kw_only=True):
    """A tool that works once, and again only after another tool."""

    other: str
    bad: Sequence[tuple[Run, Note]]
    """Later calls without a call of the other tool since the last pass; all failed."""
    good: Sequence[tuple[Run, Note]]
    """Later calls after the other tool that passed."""
    n_after: int
    chance: float


def tell(runs: Sequence[Run]) -> Iterator[Lesson]:
    """Yield one lesson for every tool that works once, and again only after another tool."""
    worked = noted(runs, PASSED)
    for head, pairs in noted(runs, KIND).items():
        again = [pair for pair in pairs if _order(pair[1]) == _AGAIN]
        others = sorted({name for _, note in again if _is_good(note) for name in _between(note)} - {head})
        tried = [held for other in others if (held := _held(other, again)) is not None]
        best = min(tried, key=lambda held: (held.chance, held.other), default=None)
        first = [pair for pair in pairs if _order(pair[1]) == _FIRST]
        n_first = sum(_is_good(note) for _, note in first)
        if best is None or n_first < LEAST_FRESH * len(first):
            continue
        error = most_common((note.quotes[1].text for _, note in best.bad if len(note.quotes) > 1), most=1)
        until = f", and answers {said(error[0])} until then" if error else ""
        plain = [note.detail for _, note in worked.get(best.other, ())]
        form = code(usual_form(plain)[0] if plain else best.other)
        yield lesson(
            when=f"you have called `{head}` once",
            do=f"Call {form} before the next `{head}`: `{head}` works for one thing at a time{until}.",
            because=f"{len(best.bad)} of {len(best.bad)} second calls without it failed; {len(best.good)} of"
            f" {best.n_after} second calls after it passed, and {n_first} of {len(first)} first calls",
            polarity="success",
            pattern=KIND,
            evidence=[*quotes_of(best.bad), *as_fixes(quotes_of(best.good, most=1))],
            trajectories=(run.piece.trajectory for run in runs_of(best.bad)),
            tools=sorted({head, best.other}),
        )


def _held(other: str, again: Sequence[tuple[Run, Note]]) -> Held | None:
    after = [pair for pair in again if other in _between(pair[1])]
    without = [pair for pair in again if other not in _between(pair[1])]
    good = [pair for pair in after if _is_good(pair[1])]
    met = runs_of(without)
    if len(without) < LEAST_BAD or any(_is_good(note) for _, note in without) or len(good) < LEAST_GOOD:
        return None
    if len(met) < LEAST_RUNS or len(tasks_of(met)) < LEAST_TASKS:
        return None
    chance = tail(len(good), len(after), len(good), len(again))
    if chance > MOST_CHANCE:
        return None
    return Held(other=other, bad=tuple(without), good=tuple(good), n_after=len(after), chance=chance)


def _is_good(note: Note) -> bool:
    return note.detail.startswith(_GOOD)


def _order(note: Note) -> str:
    return note.detail.split("\n")[1]


def _between(note: Note) -> list[str]:
    return note.detail.split("\n")[2:]
