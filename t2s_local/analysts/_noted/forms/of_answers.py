"""Features of submitted answers that go with failure: length, lists, marks."""

from collections.abc import Iterator, Sequence

from t2s_local.analysts._lessons import lesson, quote
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._noted.counts import as_fixes, noted, quotes_of, runs_of
from t2s_local.analysts._noted.forms.features import LONGEST, faults, inner, names_of
from t2s_local.analysts._notes import Note
from t2s_local.text.commands import is_shell
from t2s_local.text.events import Event
from t2s_local.values.lesson import Lesson
from t2s_local.values.trajectory import Slice

KIND = "answer_form"
LEAST_RUNS = 30
_MOST_TOLD = 3


def notes(piece: Slice, events: Sequence[Event]) -> Iterator[Note]:
    """Yield the short text that the last call of a labelled run submits, with its features."""
    run = piece.trajectory
    if run.outcome is None or not events or piece.stop < len(run.steps):
        return
    last = events[-1]
    is_handed_in = last.result is None or last.result == piece.stop - 1
    if is_shell(last.tool) or not is_handed_in or last.action.lstrip().startswith("["):
        return
    arguments = run.steps[last.call].arguments or {}
    texts = [value for value in arguments.values() if isinstance(value, str)]
    text = (texts[0] if len(texts) == 1 else "") if arguments else inner(last.action)
    if 0 < len(text.strip()) <= LONGEST:
        shown = quote(piece, last.call, last.action, role="action")
        yield Note(kind=KIND, key=last.tool, detail=" ".join(names_of(text.strip())), quotes=(shown,))


def tell(runs: Sequence[Run]) -> Iterator[Lesson]:
    """Yield one lesson for every feature of answers that goes with failure."""
    for tool, pairs in noted(runs, KIND).items():
        if len(runs_of(pairs)) < LEAST_RUNS:
            continue
        for fault in faults(pairs, lambda run, _: run.succeeded, most=_MOST_TOLD):
            met = runs_of(fault.bad)
            right = [pair for pair in pairs if pair[0].succeeded and not fault.feature.is_of(pair[1])]
            yield lesson(
                when=f"you hand in an answer with `{tool}`",
                do=f"{fault.feature.answered}.",
                because=f"Of {fault.n_with} answers {fault.feature.has} {fault.n_with - len(fault.bad)} were right, of"
                f" {fault.n_without} others {fault.good_without}",
                polarity="success",
                pattern=KIND,
                evidence=[*quotes_of(fault.bad), *as_fixes(quotes_of(right, most=1))],
                trajectories=(run.piece.trajectory for run in met),
                tools=(tool,),
            )
