"""Totals that a call must state: the refusals of a wrong total, and how the right total is worked out."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from t2s_local.analysts._lessons import lesson, quote
from t2s_local.analysts._mined.fix import INDEX, leaves
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._noted.counts import noted, quotes_of, runs_of
from t2s_local.analysts._noted.tools.totals.formula import formula_of
from t2s_local.analysts._noted.tools.totals.parts import Results, parts_of
from t2s_local.analysts._notes import Note
from t2s_local.records.outcome import finite
from t2s_local.text.events import Event
from t2s_local.text.text import join_words
from t2s_local.values.lesson import Lesson
from t2s_local.values.trajectory import Slice

PATTERN = "policy"
SUM = "policy_sum"
SUM_MET = "policy_sum_met"
PARTS = "policy_sum_parts"
_MEASURE = re.compile(r"(?P<label>[A-Za-z]+(?: [a-z]+)*?)(?: is| was|:)? \$?(?P<value>\d+(?:\.\d+)?)(?![\w-])")
"""A number in an error with the words that name the quantity."""
_TWO = 2
_MOST_PLACES = 3
"""Most paths of numbers that a call may have to count as a call that states a total."""


def refused_total(piece: Slice, results: Results, event: Event, next_call: Event | None, key: str) -> Iterator[Note]:
    """Yield a note if the error names the sum of the call's numbers and the sum they must have.

    Yield a second note if the next call of the tool passed with the required sum: the error names the right number.
    A third note has the numbers that the right total may consist of.
    """
    named = {
        number: found["label"].lower()
        for found in _MEASURE.finditer(event.error or "")
        if (number := finite(float(found["value"]))) is not None
    }
    found = [(place, total) for place, total in sorted(_totals(leaves(piece, event)).items()) if total in named]
    if len(named) != _TWO or len(found) != 1:
        return
    place, total = found[0]
    right, label = next((value, label) for value, label in named.items() if value != total)
    yield Note(kind=SUM, key=key, detail=f"{place}\n{label}")
    yield _parts(piece, results, event, place, right, total)
    if next_call is not None and not next_call.failed and _totals(leaves(piece, next_call)).get(place) == right:
        fix = quote(piece, next_call.call, next_call.action, role="fix")
        yield Note(kind=SUM_MET, key=key, detail=event.tool, quotes=(fix,))


def accepted_total(piece: Slice, results: Results, event: Event) -> Iterator[Note]:
    """Yield the numbers that totals of an accepted call may consist of; nothing for a call without lists of numbers."""
    if not event.action.lstrip().startswith("{") or "[{" not in event.action.replace(" ", ""):
        return
    totals = {place: total for place, total in _totals(leaves(piece, event)).items() if "[]" in place and total}
    if len(totals) <= _MOST_PLACES:
        yield from (_parts(piece, results, event, place, total, None) for place, total in sorted(totals.items()))


def _parts(piece: Slice, results: Results, event: Event, place: str, total: float, given: float | None) -> Note:
    parts = parts_of(piece, results, event, place=place, total=total, given=given)
    return Note(kind=PARTS, key=f"{event.tool}\n{place}", detail=msgspec.json.encode(parts).decode())


def _totals(arguments: Mapping[str, object]) -> Mapping[str, float]:
    """Return the sums of the numbers in *arguments* by path; the items of one list are added up.

    A sum with a number that is not finite, or too large for a float, is left out.
    """
    sums: dict[str, float] = {}
    for name, value in arguments.items():
        if isinstance(value, int | float) and not isinstance(value, bool):
            place, number = INDEX.sub("[]", name), finite(value)
            sums[place] = sums.get(place, 0.0) + (math.nan if number is None else number)
    return {place: total for place, total in sums.items() if finite(total) is not None}


def tell_total(
    runs: Sequence[Run], wanted: str, pairs: Sequence[tuple[Run, Note]], passed: Sequence[tuple[Run, Note]]
) -> Lesson:
    """Return the lesson that numbers of a call must have a sum, which has to be worked out before the call.

    Args:
        runs: All runs.
        wanted: Path of the numbers and name of their sum, as in the detail of a note.
        pairs: Notes on the refusals.
        passed: Notes on the calls that passed with the sum named.
    """
    place, label = wanted.split("\n")
    met, tools = runs_of(pairs), sorted({note.detail for _, note in pairs})
    known = noted(runs, PARTS)
    formula = formula_of([pair for tool in tools for pair in known.get(f"{tool}\n{place}", ())])
    what = f"the values of `{place}` must add up to" if "[]" in place else f"`{place}` must be"
    again = (
        f" A refusal names the right {label}: confirm it with the user before you send the call again."
        if passed
        else ""
    )
    how = f"first: {what} the {label} exactly" if formula is None else f"first: {formula.words}; {what} it"
    limits = "" if formula is None else formula.limits
    counts = [f"{len(pairs)} calls in {len(met)} runs were refused because they did not come to it"]
    counts += [f"{len(passed)} passed when sent again with the number named"] if passed else []
    counts += [] if formula is None else [formula.counts]
    return lesson(
        when=f"you are about to call {join_words((f'`{tool}`' for tool in tools), last='or')}",
        do=f"Work out the {label} {how}.{limits}{again}",
        because="; ".join(counts),
        polarity="success",
        pattern=PATTERN,
        evidence=[*quotes_of(pairs), *quotes_of(passed, most=2)],
        trajectories=(run.piece.trajectory for run in met),
        tools=tools,
    )
