"""Errors to be ignored: an edit tool prints these errors although the edit was made."""

import re
from collections.abc import Iterator, Sequence

from t2s_local.analysts._lessons import lesson, quote
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._noted.counts import noted, quotes_of, runs_of, tasks_of
from t2s_local.analysts._notes import Note
from t2s_local.text.commands import changes_files
from t2s_local.text.events import Event
from t2s_local.text.text import mask, squeeze
from t2s_local.values.lesson import Lesson
from t2s_local.values.trajectory import Slice

KIND = "harmless"
LEAST_RUNS = 3
_ERROR = re.compile(
    r"^(?:[\w.]+\.)?[A-Z]\w*(?:Error|Exception|Warning)\b:? .*|^(?:error|fatal|warning): .*", re.MULTILINE
)
_LONG_ENOUGH = 12
_SHOWN = 0.6
"""Share of the new lines that the result must show for the change to count as made."""


def notes(piece: Slice, events: Sequence[Event]) -> Iterator[Note]:
    """Yield the edits of *piece* whose result contains an error and the new text."""
    for event in events:
        if event.result is None or not changes_files(event.tool, event.head):
            continue
        found = _ERROR.search(event.output[:3000])
        if found is None or not _shows(event.output, event.action):
            continue
        quotes = (
            quote(piece, event.call, event.action.splitlines()[0], role="action"),
            quote(piece, event.result, found[0][:200], role="observation"),
        )
        yield Note(kind=KIND, key=f"{event.head}\n{squeeze(mask(found[0]))[:160]}", quotes=quotes)


def _shows(output: str, action: str) -> bool:
    """Return whether *output* contains most of the lines that *action* writes."""
    written = [line.strip() for line in action.splitlines()[1:] if len(line.strip()) >= _LONG_ENOUGH]
    return bool(written) and sum(line in output for line in written) >= _SHOWN * len(written)


def tell(runs: Sequence[Run]) -> Iterator[Lesson]:
    """Yield one lesson for every error that edits of several runs printed although the edits were made."""
    for key, pairs in noted(runs, KIND).items():
        met = runs_of(pairs)
        if len(met) < LEAST_RUNS or len(tasks_of(met)) < 2:
            continue
        head, error = key.split("\n", 1)
        yield lesson(
            when=f"`{head}` prints “{error}”",
            do=f"Do not repeat the `{head}`: the change was made all the same. It is the check that fails, so"
            " check the file yourself, and go on.",
            because=f"{len(pairs)} such results in {len(met)} runs show the new text",
            polarity="success",
            pattern=KIND,
            evidence=quotes_of(pairs),
            trajectories=(run.piece.trajectory for run in met),
            tools=sorted({event.tool for run in met for event in run.events if event.head == head}),
        )
