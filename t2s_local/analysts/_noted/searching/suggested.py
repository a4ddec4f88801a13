"""Answers that suggest existing names for an unknown name, and the results of calls with a suggested name."""

import re
from collections.abc import Iterator, Sequence

from t2s_local.analysts._lessons import lesson, quote
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._noted.counts import most_common, noted, quotes_of, runs_of, tasks_of
from t2s_local.analysts._notes import Note
from t2s_local.text.commands import is_shell
from t2s_local.text.events import Event
from t2s_local.text.text import words
from t2s_local.values.lesson import Lesson
from t2s_local.values.trajectory import Slice

KIND = "suggested"
TAKEN = "suggestion_taken"
LEAST_RUNS = 5
_NOT_FOUND = re.compile(r"\b(?:not (?:find|found|exist)|no (?:match|result|such)|unknown|invalid)\b", re.IGNORECASE)
_PARTS = ("not ", "no ", "unknown", "nvalid")
"""Texts, in lower case, of which every match of ``_NOT_FOUND`` contains at least one."""
_OFFER = re.compile(
    r"\b(?:similar|did you mean|available|closest|perhaps|maybe|possible|valid|known)\b[^:\n]{0,40}[:?]", re.IGNORECASE
)
_SEARCHED = 600


def notes(piece: Slice, events: Sequence[Event]) -> Iterator[Note]:
    """Yield the answers in *piece* that suggest names, and whether the next call with a suggested name succeeded."""
    for at, event in enumerate(events):
        if event.result is None or is_shell(event.tool):
            continue
        found = _offer_in(event.output)
        if found is None:
            continue
        shown = (
            quote(piece, event.call, event.action, role="action"),
            quote(piece, event.result, event.output[found.start() : found.end() + 80], role="observation"),
        )
        yield Note(kind=KIND, key=event.tool, detail=found[0].strip(), quotes=shown)
        later = next(
            (other for other in events[at + 1 : at + 3] if other.tool == event.tool and other.result is not None), None
        )
        if later is None or not _is_offered(later, event, event.output[found.end() :]):
            continue
        got = "further" if not later.failed and _offer_in(later.output) is None else "nowhere"
        fix = quote(piece, later.call, later.action, role="fix")
        yield Note(kind=TAKEN, key=event.tool, detail=got, quotes=(*shown, fix))


def _offer_in(output: str) -> re.Match[str] | None:
    """Return the match of the words with which *output* suggests other names; None if it suggests none."""
    start = output[:_SEARCHED]
    lower = start.lower()
    missing = _NOT_FOUND.search(start) if any(part in lower for part in _PARTS) else None
    return None if missing is None else _OFFER.search(output, missing.end(), _SEARCHED)


def _is_offered(later: Event, event: Event, offered: str) -> bool:
    """Return whether the suggestion contains the query of *later*, word by word, and *event* had another query."""
    text = " ".join(words(later.action)[1:])
    return len(text) > 3 and text != " ".join(words(event.action)[1:]) and text in " ".join(words(offered))


def tell(runs: Sequence[Run]) -> Iterator[Lesson]:
    """Yield one lesson for every tool whose suggestions mostly succeed."""
    taken = noted(runs, TAKEN)
    for tool, pairs in noted(runs, KIND).items():
        tried = taken.get(tool, ())
        helped = [pair for pair in tried if pair[1].detail == "further"]
        met = runs_of(helped)
        if len(met) < LEAST_RUNS or len(tasks_of(met)) < LEAST_RUNS or len(helped) * 2 < len(tried):
            continue
        offer = most_common((note.detail for _, note in pairs), most=1)[0]
        yield lesson(
            when=f"`{tool}` does not find it and answers “… {offer} …”",
            do=f"Call `{tool}` with another name from that list, spelt as it stands there, not with other words of your"
            " own.",
            because=f"{len(helped)} of {len(tried)} such calls found something, in {len(met)} runs",
            polarity="success",
            pattern=KIND,
            evidence=quotes_of(helped),
            trajectories=(run.piece.trajectory for run in met),
            tools=(tool,),
        )
