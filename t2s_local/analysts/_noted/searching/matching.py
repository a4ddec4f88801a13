"""Search tools that match the whole query as one phrase: every result they return contains it."""

import re
from collections.abc import Iterator, Mapping, Sequence

from t2s_local.analysts._lessons import lesson, quote
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._noted.counts import noted, quotes_of, runs_of, tasks_of
from t2s_local.analysts._noted.searching.nothing import found_nothing
from t2s_local.analysts._notes import Note
from t2s_local.text.commands import is_shell, only_looks
from t2s_local.text.events import Event
from t2s_local.text.text import join_words
from t2s_local.values.lesson import Lesson
from t2s_local.values.trajectory import Slice

FOUND = "search_found"
MISSED = "search_missed"
KIND = "matching"
LEAST_FOUND = 5
LEAST_OF_ALL = 20
"""Fewest successful searches of all such tools together."""
LEAST_MISSED = 3
LEAST_RUNS = 3
LEAST_SHARE = 0.95
"""Share of a tool's successful searches whose results must contain the query for the tool to match whole phrases."""
_LONGEST_QUERY = 120
_DATE = re.compile(r"\s*\d{4}-\d\d")


def notes(piece: Slice, events: Sequence[Event]) -> Iterator[Note]:
    """Yield the searches of *piece* for one text: those with results, and failed searches for several words.

    The detail of a search with results says whether they contain the text as one phrase.
    """
    for event in events:
        asked = asked_of(piece, event)
        if asked is None or event.result is None or event.is_infrastructure:
            continue
        name, text = asked
        missed = found_nothing(event)
        is_other_failure = event.failed and not missed
        if is_other_failure or (missed and " " not in text):
            continue
        key = f"{event.tool}\n{name}"
        if missed:
            line = event.error or event.output.strip().splitlines()[0]
            shown = (
                quote(piece, event.call, event.action, role="action"),
                quote(piece, event.result, line, role="observation"),
            )
            yield Note(kind=MISSED, key=key, detail=text, quotes=shown)
        else:
            is_phrase = text.lower() in event.output.lower()
            fix = quote(piece, event.call, event.action, role="fix")
            yield Note(kind=FOUND, key=key, detail="phrase" if is_phrase else "", quotes=(fix,) if is_phrase else ())


def asked_of(piece: Slice, event: Event) -> tuple[str, str] | None:
    """Return the only text that a search is for, with its argument; None if there is no such text, or several."""
    if is_shell(event.tool) or not only_looks(event.tool, event.head):
        return None
    arguments = piece.trajectory.steps[event.call].arguments or {}
    texts = [
        (name, value.strip())
        for name, value in arguments.items()
        if isinstance(value, str) and len(value.strip()) > 1 and not value.strip().isdigit() and not _DATE.match(value)
    ]
    return texts[0] if len(texts) == 1 and len(texts[0][1]) <= _LONGEST_QUERY else None


def literal(runs: Sequence[Run]) -> Mapping[str, Sequence[tuple[Run, Note]]]:
    """Return the tools that match the whole text as one phrase, each with the searches that found nothing.

    A key is the name of the tool, a line break, and the name of the argument.
    """
    missed = noted(runs, MISSED)
    found: dict[str, Sequence[tuple[Run, Note]]] = {}
    for key, pairs in noted(runs, FOUND).items():
        held = sum(note.detail == "phrase" for _, note in pairs)
        if len(pairs) >= LEAST_FOUND and held >= LEAST_SHARE * len(pairs) and len(missed.get(key, ())) >= LEAST_MISSED:
            found[key] = missed[key]
    return found


def tell(runs: Sequence[Run]) -> Iterator[Lesson]:
    """Yield at most one lesson, for all tools that match a text as one phrase and miss other wordings."""
    tools = literal(runs)
    pairs = [pair for missed in tools.values() for pair in missed]
    met = runs_of(pairs)
    if len(met) < LEAST_RUNS or len(tasks_of(met)) < LEAST_RUNS:
        return
    hits = [pair for key in tools for pair in noted(runs, FOUND)[key]]
    if len(hits) < LEAST_OF_ALL:
        return
    held = sum(note.detail == "phrase" for _, note in hits)
    names = sorted({key.split("\n")[0] for key in tools})
    argument = join_words((f"`{name}`" for name in sorted({key.split("\n")[1] for key in tools})), last="or")
    shown = [one for missed in tools.values() for one in quotes_of(missed, most=2)]
    yield lesson(
        when=f"with {join_words((f'`{name}`' for name in names), last='or')}",
        do=f"Give {argument} one distinctive word, or words that stand next to each other: the whole of it is looked"
        " for as one phrase. Where nothing is found, use fewer words.",
        because=f"{held} of {len(hits)} searches that found something contain what was asked for as one phrase;"
        f" {len(pairs)} searches for several words found nothing, in {len(met)} runs",
        polarity="success",
        pattern=KIND,
        evidence=[*shown, *quotes_of([pair for pair in hits if pair[1].quotes], most=1)],
        trajectories=(run.piece.trajectory for run in met),
        tools=names,
    )
