"""The form in which calls of plain text work, and the forms in which they never do."""

from collections import Counter
from collections.abc import Iterator, Sequence

from t2s_local.analysts._forms import fixed_words, form_of
from t2s_local.analysts._lessons import code, lesson, quote
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._noted.counts import noted, quotes_of, runs_of, tasks_of
from t2s_local.analysts._notes import Note
from t2s_local.text.commands import is_shell
from t2s_local.text.events import Event
from t2s_local.text.text import squeeze
from t2s_local.values.lesson import Lesson
from t2s_local.values.trajectory import Slice

KIND = "form_failed"
PASSED = "form_passed"
LEAST_PASSED = 20
LEAST_RUNS = 5
LEAST_SHARE = 0.97
"""Share of the passing calls that have one form, for it to be the only one that works."""
_LONGEST = 80


def notes(piece: Slice, events: Sequence[Event]) -> Iterator[Note]:
    """Short calls of *piece* in plain text, which failed and which passed."""
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


def tell(runs: Sequence[Run]) -> Iterator[Lesson]:
    """One lesson for every tool whose calls work in one form alone."""
    passed = noted(runs, PASSED)
    for tool, failed in noted(runs, KIND).items():
        good = [note.detail for _, note in passed.get(tool, ())]
        if len(good) < LEAST_PASSED:
            continue
        fixed = fixed_words(good)
        forms = Counter(form_of(text, fixed) for text in good)
        form, times = min(forms.items(), key=lambda item: (-item[1], item[0]))
        others = [pair for pair in failed if form_of(pair[1].detail, fixed) not in forms]
        met = runs_of(others)
        if (
            len(fixed) < 2
            or times < LEAST_SHARE * len(good)
            or len(met) < LEAST_RUNS
            or len(tasks_of(met)) < LEAST_RUNS
        ):
            continue
        yield lesson(
            when=f"with `{tool}`",
            do=f"Write it as {code(form)}: no other form works.",
            because=f"{len(others)} calls of {len(met)} runs in another form failed, and none passed; {times} of"
            f" {len(good)} that passed had this one",
            polarity="success",
            pattern="call_form",
            evidence=quotes_of(others),
            trajectories=(run.piece.trajectory for run in met),
            tools=(tool,),
        )
