"""Scratch files that runs created to try something out and left in the patch they submitted."""

import re
from collections.abc import Iterator, Sequence

from t2s_local.analysts._lessons import lesson, quote
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._noted.counts import most_common, noted, quotes_of, runs_of, tasks_of
from t2s_local.analysts._notes import Note
from t2s_local.text.events import Event
from t2s_local.text.text import join_words
from t2s_local.values.lesson import Lesson
from t2s_local.values.trajectory import Slice

KIND = "left_behind"
HANDED_IN = "handed_in"
LEAST_RUNS = 3
_LAST = 4
"""Number of last actions of a run that are searched for the patch."""
_FILE = re.compile(r"^diff --git a/(?P<path>\S+) b/\S+\n(?P<new>new file mode)?", re.MULTILINE)


def notes(piece: Slice, events: Sequence[Event]) -> Iterator[Note]:
    """Yield the new files in the patch of *piece* that the run executed as scripts."""
    if piece.stop < len(piece.trajectory.steps):
        return
    for event in reversed(events[-_LAST:]):
        is_patch = event.result is not None and "diff --git a/" in event.output
        files = list(_FILE.finditer(event.output)) if is_patch else []
        if not files:
            continue
        others = [found["path"] for found in files if not found["new"]]
        scratch = [found["path"] for found in files if found["new"] and _is_scratch(found["path"], events)]
        yield Note(kind=HANDED_IN, key=event.head)
        for path in scratch:
            line = next(found[0].splitlines()[0] for found in files if found["path"] == path)
            quotes = (
                quote(piece, event.call, event.action, role="action"),
                quote(piece, event.result or 0, line, role="observation"),
            )
            yield Note(
                kind=KIND, key=event.head, detail=f"{path.rsplit('/', 1)[-1]}{'' if others else chr(10)}", quotes=quotes
            )
        return


def _is_scratch(path: str, events: Sequence[Event]) -> bool:
    """Return whether an action of the run executes the file *path* as a script."""
    name = path.rsplit("/", 1)[-1]
    return any(
        re.search(rf"\b(?:python[\d.]*|node|bash|sh|ruby|\./)\s*\S*{re.escape(name)}", event.action) for event in events
    )


def tell(runs: Sequence[Run]) -> Iterator[Lesson]:
    """Yield one lesson for every way to submit a patch that included scratch files in several runs."""
    handed = noted(runs, HANDED_IN)
    for head, pairs in noted(runs, KIND).items():
        met = runs_of(pairs)
        if len(met) < LEAST_RUNS or len(tasks_of(met)) < LEAST_RUNS:
            continue
        names = join_words(f"`{name}`" for name in most_common((note.detail.strip() for _, note in pairs), most=2))
        alone = len({run.piece.trajectory.id for run, note in pairs if note.detail.endswith("\n")})
        yield lesson(
            when=f"before `{head}`",
            do=f"Remove the scratch files you created first ({names} and the like): the patch takes every new file."
            + (" Then make sure that the patch still changes the source code." if alone > 1 else ""),
            because=f"{len(met)} of {len(runs_of(handed[head]))} patches hold such files"
            + (f", and {alone} hold nothing else" if alone else ""),
            polarity="success",
            pattern=KIND,
            evidence=quotes_of(pairs),
            trajectories=(run.piece.trajectory for run in met),
        )
