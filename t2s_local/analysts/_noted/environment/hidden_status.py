"""Failed checks with exit code 0: the shell returned the exit code of a filter behind the check."""

import re
from collections.abc import Iterator, Sequence

from t2s_local.analysts._lessons import lesson, quote
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._noted.counts import most_common, noted, quotes_of, runs_of, tasks_of
from t2s_local.analysts._notes import Note
from t2s_local.text.check_results import check_of, hides_status, result_of, unwrapped
from t2s_local.text.commands import is_shell
from t2s_local.text.events import Event
from t2s_local.text.text import join_words
from t2s_local.values.lesson import Lesson
from t2s_local.values.trajectory import Slice

KIND = "hidden_status"
LEAST_RUNS = 3
_FILTER = re.compile(r"\|\s*(?P<name>[a-z]+)\b[^|]*$")


def notes(piece: Slice, events: Sequence[Event]) -> Iterator[Note]:
    """Yield the checks of *piece* that ended with exit code 0 although their output reports a failure."""
    for event in events:
        if event.result is None or not event.failed or not is_shell(event.tool) or not hides_status(event.action):
            continue
        if piece.trajectory.steps[event.result].exit_code != 0:
            continue
        check = check_of(event.action)
        found = result_of(event.action, event.output)
        if check is None or found is None or found.verdict == "passed":
            continue
        behind = _FILTER.search(unwrapped(event.action).strip().splitlines()[-1])
        quotes = (
            quote(piece, event.call, event.action, role="action"),
            quote(piece, event.result, found.line, role="observation"),
        )
        yield Note(kind=KIND, key=check, detail=behind["name"] if behind else "", quotes=quotes)


def tell(runs: Sequence[Run]) -> Iterator[Lesson]:
    """Yield one lesson for every check whose failures were hidden in several runs."""
    for check, pairs in noted(runs, KIND).items():
        met = runs_of(pairs)
        filters = [f"`{name}`" for name in most_common(note.detail for _, note in pairs if note.detail)][:2]
        if len(met) < LEAST_RUNS or len(tasks_of(met)) < 2 or not filters:
            continue
        yield lesson(
            when=f"`{check}` is piped into {join_words(filters, last='or')}",
            do="Read its summary line, or put `set -o pipefail;` before it: the exit code is 0 even where it failed or"
            " never started.",
            because=f"{len(pairs)} such calls in {len(met)} runs returned 0 and had not passed",
            polarity="success",
            pattern=KIND,
            evidence=quotes_of(pairs),
            trajectories=(run.piece.trajectory for run in met),
            tools=sorted({event.tool for run in met for event in run.events if event.head == check}),
        )
