"""Statements that fail on unknown names unless the run looked the names up before."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from t2s_local.analysts._lessons import lesson, quote
from t2s_local.analysts._mined.association import mantel_haenszel
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._noted.counts import noted, quotes_of, runs_of, tasks_of
from t2s_local.analysts._notes import Note
from t2s_local.text.commands import is_shell
from t2s_local.text.events import Event
from t2s_local.text.failures import error_signature
from t2s_local.text.text import join_words
from t2s_local.values.lesson import Lesson, Quote
from t2s_local.values.trajectory import Slice

KIND = "first_failed"
FIRST = "first_statement"
LEAST_RUNS = 10
LEAST_SHARE = 0.25
"""Share of the runs with look-ups that must have used a kind of look-up for the lesson to name this kind."""
MIN_Z = 4.0
"""Least z value: high, because statements differ in many ways."""
_VERB = re.compile(r"^[\s(]*(?P<verb>[A-Za-z]{3,12})\b(?:\s+(?P<next>[A-Z]{3,12})\b(?!\s*\())?")
_UNKNOWN = re.compile(
    r"\b(?:unknown|doesn'?t exist|does not exist|no such|undefined|not found|unrecognized)\b", re.IGNORECASE
)


def notes(piece: Slice, events: Sequence[Event]) -> Iterator[Note]:
    """Yield a note on the first statement of the kind that *piece* sent most often: did it fail on an unknown name?

    The detail of the note lists the kinds of statements that had passed before.
    """
    sent = [event for event in events if event.result is not None and _is_statement(event)]
    if not sent:
        return
    kinds = Counter(_verb(event) for event in sent)
    main = min(kinds, key=lambda verb: (-kinds[verb], verb), default="")
    first = next((event for event in sent if _verb(event) == main), None)
    if first is None or not main:
        return
    before = sorted({_verb(event) for event in sent if event.call < first.call and not event.failed} - {main, ""})
    quotes: tuple[Quote, ...] = (quote(piece, first.call, first.action, role="action"),)
    is_unknown = first.failed and first.error is not None and _UNKNOWN.search(first.error) is not None
    if is_unknown and first.result is not None:
        quotes = (*quotes, quote(piece, first.result, first.error or "", role="observation"))
    detail = "\n".join((error_signature(first.error or "") if is_unknown else "", *before))
    yield Note(kind=KIND if is_unknown else FIRST, key=f"{first.tool}\n{main}", detail=detail, quotes=quotes)


def _is_statement(event: Event) -> bool:
    return (
        not is_shell(event.tool)
        and not event.action.lstrip().startswith(("{", "["))
        and _VERB.match(event.action) is not None
    )


def _verb(event: Event) -> str:
    """Return the kind of a statement in capitals: its first word, and the second word if both are in capitals."""
    found = _VERB.match(event.action)
    if found is None or not found["verb"].isalpha():
        return ""
    second = found["next"] if found["next"] and found["verb"].isupper() else None
    return " ".join(part.upper() for part in (found["verb"], second) if part and part != "DISTINCT")


def tell(runs: Sequence[Run]) -> Iterator[Lesson]:
    """Yield one lesson for every kind of statement that rarely fails if the run looked the names up first."""
    passed = noted(runs, FIRST)
    for key, failed in noted(runs, KIND).items():
        tool, _, verb = key.partition("\n")
        pairs = [*failed, *passed.get(key, ())]
        met = runs_of(failed)
        looked = [pair for pair in pairs if "\n" in pair[1].detail]
        blind = [pair for pair in pairs if "\n" not in pair[1].detail]
        if len(met) < LEAST_RUNS or len(tasks_of(met)) < LEAST_RUNS or min(len(looked), len(blind)) < LEAST_RUNS:
            continue
        bad_looked, bad_blind = (sum(note.kind == KIND for _, note in group) for group in (looked, blind))
        table = (len(looked) - bad_looked, len(blind) - bad_blind, bad_looked, bad_blind)
        if mantel_haenszel([table])[1] < MIN_Z:
            continue
        looks = Counter(name for _, note in looked for name in note.detail.split("\n")[1:])
        often = [name for name, count in _ranked(looks) if count >= LEAST_SHARE * len(looked)]
        names = [name for name in often if not any(other != name and name.startswith(other) for other in often)]
        errors = Counter(note.detail.split("\n")[0] for _, note in failed)
        shown = [error for error, _ in _ranked(errors)[:2]]
        if not names:
            continue
        yield lesson(
            when=f"before the first `{verb}`",
            do=f"Look up the names with {join_words(f'`{name}`' for name in names[:3])}: guessed ones do not exist"
            f" ({join_words((f'“{error}”' for error in shown), last='or')}).",
            because=f"The first `{verb}` of {bad_blind} of {len(blind)} runs that had not looked failed so, and of"
            f" {bad_looked} of {len(looked)} that had",
            polarity="success",
            pattern=KIND,
            evidence=[*quotes_of(failed), *quotes_of(looked, most=1)],
            trajectories=(run.piece.trajectory for run in met),
            tools=(tool,),
        )


def _ranked(counted: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counted.items(), key=lambda item: (-item[1], item[0]))
