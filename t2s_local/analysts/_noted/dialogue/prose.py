"""Sentences to a reader that were sent to a shell as a command."""

import re
from collections.abc import Iterator, Sequence

from t2s_local.analysts._lessons import lesson, quote
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._noted.counts import most_common, noted, quotes_of, runs_of, tasks_of
from t2s_local.analysts._notes import Note
from t2s_local.text.commands import is_shell
from t2s_local.text.events import Event
from t2s_local.text.text import clip, join_words, words
from t2s_local.values.lesson import Lesson
from t2s_local.values.trajectory import Slice

KIND = "prose"
LEAST_RUNS = 3
_NOT_FOUND = re.compile(r"(?:^|[\s:])(?P<word>[A-Z][a-z]*(?:'[a-z]+)?[!,.]?): (?:command )?not found")
_LEAST_WORDS = 4


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
    """Yield one lesson for every shell to which several runs sent sentences."""
    for tool, pairs in noted(runs, KIND).items():
        met = runs_of(pairs)
        if len(met) < LEAST_RUNS or len(tasks_of(met)) < 2:
            continue
        shown = join_words(
            (f"“{word}: command not found”" for word in most_common((note.detail for _, note in pairs), most=2)),
            last="or",
        )
        won = sum(run.succeeded for run in met)
        labelled = sum(run.piece.trajectory.outcome is not None for run in met)
        outcome = f", and {won} of them succeeded" if labelled == len(met) else ""
        yield lesson(
            when=f"an action is sent to `{tool}`",
            do="Send the command alone: a sentence around it (thanks, an apology, an explanation) is run as a command"
            f" ({clip(shown, 120)}).",
            because=f"{len(met)} runs lost turns this way{outcome}",
            polarity="success",
            pattern=KIND,
            evidence=quotes_of(pairs),
            trajectories=(run.piece.trajectory for run in met),
            tools=(tool,),
        )
