"""Features of arguments that go with calls without a result: quotation marks, lists, many words."""

from collections.abc import Iterator, Sequence

from t2s_local.analysts._lessons import lesson, quote
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._noted.counts import noted, quotes_of, runs_of
from t2s_local.analysts._noted.forms.features import LONGEST, MOST_LOST_CALLS, faults, inner, names_of
from t2s_local.analysts._noted.searching.nothing import came_to_nothing
from t2s_local.analysts._notes import Note
from t2s_local.text.commands import changes_files, is_reflection, is_shell
from t2s_local.text.events import Event
from t2s_local.values.lesson import Lesson
from t2s_local.values.trajectory import Slice

KIND = "argument_form"
LEAST_CALLS = 30
_MOST_TOLD = 2
_GOOD, _BAD = "good", "bad"


def notes(piece: Slice, events: Sequence[Event]) -> Iterator[Note]:
    """Yield the short arguments of calls of *piece*, with their features and whether the call had a result."""
    seen: set[tuple[str, str]] = set()
    for event in events:
        if event.result is None or event.is_infrastructure or is_shell(event.tool) or is_reflection(event.head):
            continue
        if changes_files(event.tool, event.head):
            continue
        for name, text in _texts(piece, event):
            if (name, text) in seen:
                continue
            seen.add((name, text))
            is_bad = came_to_nothing(event)
            shown = (
                quote(piece, event.call, event.action, role="action" if is_bad else "fix"),
                *([quote(piece, event.result, event.output.strip()[:120], role="observation")] if is_bad else []),
            )
            detail = f"{' '.join(names_of(text))}\n{_BAD if is_bad else _GOOD}"
            yield Note(kind=KIND, key=f"{event.tool}\n{name}", detail=detail, quotes=shown if event.output else ())


def _texts(piece: Slice, event: Event) -> Iterator[tuple[str, str]]:
    """Yield the short texts passed to a call, each with its argument's name; the name is empty for plain text."""
    arguments = piece.trajectory.steps[event.call].arguments
    if arguments:
        for name, value in arguments.items():
            if isinstance(value, str) and 0 < len(value.strip()) <= LONGEST:
                yield name, value.strip()
    elif not event.action.lstrip().startswith(("{", "[")) and len(event.action) <= LONGEST:
        text = inner(event.action).strip()
        if text:
            yield "", text


def tell(runs: Sequence[Run]) -> Iterator[Lesson]:
    """Yield one lesson for every feature of an argument with which calls fail or find nothing."""
    for key, pairs in noted(runs, KIND).items():
        if len(pairs) < LEAST_CALLS:
            continue
        tool, _, argument = key.partition("\n")
        for fault in faults(pairs, lambda _, note: note.detail.endswith(_GOOD), most=_MOST_TOLD, lost=MOST_LOST_CALLS):
            met = runs_of(fault.bad)
            n_good = fault.n_with - len(fault.bad)
            good = [pair for pair in pairs if pair[1].detail.endswith(_GOOD) and not fault.feature.is_of(pair[1])]
            yield lesson(
                when=f"with `{tool}`",
                do=f"{fault.feature.asked.format(it=f'`{argument}`' if argument else 'what you ask for')}.",
                because=f"Of {fault.n_with} {fault.feature.has} {n_good} found something, of {fault.n_without} others"
                f" {fault.good_without}",
                polarity="success",
                pattern=KIND,
                evidence=[*quotes_of(fault.bad), *quotes_of(good, most=1)],
                trajectories=(run.piece.trajectory for run in met),
                tools=(tool,),
            )
