"""Rules that a project's own checks enforce: messages of a linter or compiler at places in the code."""

import re
from collections.abc import Iterator, Sequence

from t2s_local.analysts._lessons import lesson, quote
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._noted.counts import most_common, noted, quotes_of, runs_of
from t2s_local.analysts._notes import Note
from t2s_local.text.check_results import check_of
from t2s_local.text.commands import is_shell
from t2s_local.text.events import Event
from t2s_local.text.text import mask, squeeze
from t2s_local.values.lesson import Lesson
from t2s_local.values.trajectory import Slice

KIND = "lint_rule"
LEAST_RUNS = 2
_PLACED = re.compile(r"^(?:\[[\w:-]+\] )?[\w./@-]+\.\w{1,5}:\d+(?::\d+)?:? (?P<said>.{12,200})$", re.MULTILINE)
_ORDERS = re.compile(
    r"\b(?:must|should|use|avoid|do not|don'?t|never|forbidden|not allowed|disallowed|prefer|require[sd]?|expected)\b",
    re.IGNORECASE,
)
_ORDER = re.compile(r"(?:use|avoid|do not|don'?t|never|prefer|replace|remove|add) ", re.IGNORECASE)
_MOST = 5
"""Most messages of one output that are read: the first messages state what is wrong."""


def notes(piece: Slice, events: Sequence[Event]) -> Iterator[Note]:
    """Yield the messages of checks of *piece* that demand or forbid something at a place in the code."""
    for event in events:
        if not event.failed or event.result is None or not is_shell(event.tool):
            continue
        check = check_of(event.action)
        if check is None:
            continue
        for found in list(_PLACED.finditer(event.output[:20_000]))[:_MOST]:
            if _ORDERS.search(found["said"]):
                quotes = (
                    quote(piece, event.call, event.action, role="action"),
                    quote(piece, event.result, found[0], role="observation"),
                )
                yield Note(kind=KIND, key=squeeze(mask(found["said"])), detail=check, quotes=quotes)


def tell(runs: Sequence[Run]) -> Iterator[Lesson]:
    """Yield one lesson for every demand that checks made in several runs."""
    for said, pairs in noted(runs, KIND).items():
        met = runs_of(pairs)
        if len(met) < LEAST_RUNS:
            continue
        check = most_common((note.detail for _, note in pairs), most=1)[0]
        yield lesson(
            when=f"in code that `{check}` checks",
            do=_order(said),
            because=f"It refused {len(met)} runs for this",
            polarity="success",
            pattern=KIND,
            evidence=quotes_of(pairs),
            trajectories=(run.piece.trajectory for run in met),
            tools=sorted({event.tool for run in met for event in run.events if event.head == check}),
        )


def _order(said: str) -> str:
    """Return a message with its instruction first: *Use b: a must not be called (code)*; otherwise in quotes."""
    text, _, name = said.strip().rpartition(" (") if said.rstrip().endswith(")") else (said.strip(), "", "")
    sentences = [part.strip(" .") for part in re.split(r"(?<=[.;])\s+", text) if part.strip(" .")]
    first = next((part for part in sentences if _ORDER.match(part)), None)
    if first is None:
        return f"“{said.rstrip('.')}”."
    rest = "; ".join(part for part in sentences if part != first)
    label = f" ({name}" if name else ""
    return f"{first[0].upper()}{first[1:]}{': ' if rest else ''}{rest}{label}."
