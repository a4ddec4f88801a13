"""Forms of plain-text calls: the only form that works, and forms that always fail."""

from collections import Counter
from collections.abc import Iterator, Sequence

from t2s_local.analysts._forms import fixed_words, form_of
from t2s_local.analysts._lessons import code, lesson, quote
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._noted.counts import noted, quotes_of, runs_of, tasks_of
from t2s_local.analysts._notes import Note
from t2s_local.text.commands import is_shell
from t2s_local.text.events import Event
from t2s_local.text.text import join_words, squeeze
from t2s_local.values.lesson import Lesson
from t2s_local.values.trajectory import Slice
from t2s_local.values.value import Value

PATTERN = "call_form"
KIND = "form_failed"
PASSED = "form_passed"
LEAST_PASSED = 20
LEAST_RUNS = 5
LEAST_FIXED = 2
"""Fewest words that the passing calls of a tool must share to have a form."""
LEAST_SHARE = 0.97
"""Share of the passing calls that must have one form for the lesson to call it the only form that works."""
_LONGEST = 80


def notes(piece: Slice, events: Sequence[Event]) -> Iterator[Note]:
    """Yield the short plain-text calls of *piece*, failed and passed."""
    for event in events:
        if event.result is None or is_shell(event.tool):
            continue
        action = squeeze(event.action)
        if len(action) > _LONGEST or action.startswith(("{", "[")):
            continue
        if event.failed and event.error is not None:
            quotes = (
                quote(piece, event.call, event.action, role="action"),
                quote(piece, event.result, event.error, role="observation"),
            )
            yield Note(kind=KIND, key=event.tool, detail=action, quotes=quotes)
        elif not event.failed:
            yield Note(kind=PASSED, key=event.tool, detail=action)


class Form(Value, frozen=True, kw_only=True):
    """The only form in which calls of a tool pass."""

    tool: str
    text: str
    n_passed: int
    """Number of passing calls that have the form."""
    n_good: int
    others: Sequence[tuple[Run, Note]]
    """Failed calls in another form."""


def tell(runs: Sequence[Run]) -> Iterator[Lesson]:
    """Yield at most one lesson, for all tools whose calls work only in one form."""
    passed = noted(runs, PASSED)
    found = [_form(tool, failed, passed.get(tool, ())) for tool, failed in noted(runs, KIND).items()]
    forms = sorted((form for form in found if form is not None), key=lambda form: (-len(form.others), form.tool))
    if not forms:
        return
    others = [pair for form in forms for pair in form.others]
    met = runs_of(others)
    n_passed, n_good = sum(form.n_passed for form in forms), sum(form.n_good for form in forms)
    spelt = join_words(code(form.text) for form in forms)
    is_one = len(forms) == 1
    yield lesson(
        when=f"with {join_words((f'`{form.tool}`' for form in forms), last='or')}",
        do=f"Write it as {spelt}: no other form works." if is_one else f"Write {spelt}: no other form of them works.",
        because=f"{len(others)} calls of {len(met)} runs in another form failed, and none passed; {n_passed} of"
        f" {n_good} that passed had {'this one' if is_one else 'these'}",
        polarity="success",
        pattern=PATTERN,
        evidence=quotes_of(others),
        trajectories=(run.piece.trajectory for run in met),
        tools=sorted(form.tool for form in forms),
    )


def _form(tool: str, failed: Sequence[tuple[Run, Note]], passed: Sequence[tuple[Run, Note]]) -> Form | None:
    good = [note.detail for _, note in passed]
    if len(good) < LEAST_PASSED:
        return None
    fixed = fixed_words(good)
    forms = Counter(form_of(text, fixed) for text in good)
    text, times = min(forms.items(), key=lambda item: (-item[1], item[0]))
    others = [pair for pair in failed if form_of(pair[1].detail, fixed) not in forms]
    met = runs_of(others)
    is_sure = len(fixed) >= LEAST_FIXED and times >= LEAST_SHARE * len(good)
    if not is_sure or len(met) < LEAST_RUNS or len(tasks_of(met)) < LEAST_RUNS:
        return None
    return Form(tool=tool, text=text, n_passed=times, n_good=len(good), others=others)
