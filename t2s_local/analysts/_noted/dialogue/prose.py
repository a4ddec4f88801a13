"""Sentences to a reader that were sent to a shell as a command."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from t2s_local.analysts._lessons import code, lesson, quote
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._noted.counts import noted, quotes_of, runs_of, tasks_of
from t2s_local.analysts._notes import Note
from t2s_local.text.commands import is_shell
from t2s_local.text.events import Event
from t2s_local.text.text import clip, squeeze, words
from t2s_local.values.lesson import Lesson
from t2s_local.values.trajectory import Slice

KIND = "prose"
LEAST_RUNS = 3
_NOT_FOUND = re.compile(r"(?:^|[\s:])(?P<word>[A-Z][a-z]*(?:'[a-z]+)?[!,.]?): (?:command )?not found")
_LEAST_WORDS = 4
_LONGEST = 60
LEAST_ENDED = 10
"""Fewest runs whose last action must be the same word for this word to count as the way to end a run."""
RARELY = 0.1
"""Largest ratio of the runs that send the word earlier to the runs that end with it."""


def notes(piece: Slice, events: Sequence[Event]) -> Iterator[Note]:
    """Yield the shell calls of *piece* that began with a sentence, whose first word the shell did not find."""
    for event in events:
        if not event.failed or event.result is None or not is_shell(event.tool):
            continue
        found = _NOT_FOUND.search(event.output[:2000])
        said = event.action.strip()
        if found is None or not said.startswith(found["word"].rstrip("!,.")) or len(words(said)) < _LEAST_WORDS:
            continue
        quotes = (
            quote(piece, event.call, said[:160], role="action"),
            quote(piece, event.result, found[0].strip(" :\n"), role="observation"),
        )
        yield Note(kind=KIND, key=event.tool, detail=found["word"], quotes=quotes)


def tell(runs: Sequence[Run]) -> Iterator[Lesson]:
    """Yield one lesson for every shell that several runs sent sentences to, and that others end with one word."""
    for tool, pairs in noted(runs, KIND).items():
        met, end = runs_of(pairs), _end(runs, tool)
        if len(met) < LEAST_RUNS or len(tasks_of(met)) < 2 or end is None:
            continue
        shown = min((note.quotes[0].text for _, note in pairs), key=lambda text: (len(text), text))
        word = min(note.detail for _, note in pairs if note.quotes[0].text == shown)
        yield lesson(
            when=f"you are done in `{tool}`",
            do=f"Send {code(end)} alone, without a sentence around it: any other text"
            f" (“{clip(squeeze(shown), _LONGEST)}”) is run as a command (“{word}: command not found”).",
            because=f"{len(met)} runs lost turns this way",
            polarity="success",
            pattern=KIND,
            evidence=quotes_of(pairs),
            trajectories=(run.piece.trajectory for run in met),
            tools=(tool,),
        )


def _end(runs: Sequence[Run], tool: str) -> str | None:
    """Return the word that many runs send to *tool* as their last action and hardly ever before, or None."""
    last, before = Counter[str](), Counter[str]()
    for run in runs:
        sent = [squeeze(event.action) for event in run.events if event.tool == tool]
        last.update(sent[-1:])
        before.update(set(sent[:-1]))
    ends = [word for word, n in last.items() if n >= LEAST_ENDED and " " not in word and before[word] < RARELY * n]
    return min(ends, key=lambda word: (-last[word], word), default=None)
