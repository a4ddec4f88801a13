"""Double quotes that are removed between the agent and the shell: one cause of many different errors.

Each sign is a contradiction between the command sent and its output, whatever the program: a quoted text of which
only the first word was printed, an error that repeats the command without its quotes, a shell that calls itself by a
piece of the command, and a syntax error in a line that has none.
"""

import re
import shlex
from collections.abc import Iterator, Sequence

from t2s_local.analysts._lessons import code, lesson, quote
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._noted.counts import noted, quotes_of, runs_of, tasks_of
from t2s_local.analysts._notes import Note
from t2s_local.text.commands import is_shell
from t2s_local.text.events import Event
from t2s_local.text.text import squeeze
from t2s_local.values.lesson import Lesson
from t2s_local.values.trajectory import Slice

KIND = "quoting"
LEAST_RUNS = 3
_PRINTED = re.compile(r'echo "(?P<first>[^\s"$`\\]+) [^"]+"')
_SYNTAX = re.compile(r"unexpected EOF while looking for matching|syntax error (?:near|:)")
_NAMED = re.compile(r"^(?P<name>[^\n]{1,80}): -c: line \d+: ")
_LONGEST = 2000


def notes(piece: Slice, events: Sequence[Event]) -> Iterator[Note]:
    """Yield the shell calls of *piece* whose double quotes did not reach the shell."""
    for event in events:
        if event.result is None or '"' not in event.action or not is_shell(event.tool):
            continue
        if len(event.action) > _LONGEST or "\n" in event.action.strip() or not _lost(event):
            continue
        first = next(line for line in event.output.splitlines() if line.strip())
        quotes = (
            quote(piece, event.call, event.action, role="action"),
            quote(piece, event.result, first[:200], role="observation"),
        )
        shown = _PRINTED.fullmatch(event.action.strip())
        detail = f"{code(event.action)} printed {code(first)}" if shown and not event.failed else ""
        yield Note(kind=KIND, key=event.tool, detail=detail, quotes=quotes)


def _lost(event: Event) -> bool:
    output = event.output.strip()
    if not output:
        return False
    printed = _PRINTED.fullmatch(event.action.strip())
    if printed:
        return output == printed["first"]
    bare = squeeze(event.action.replace('"', ""))
    return _repeats_without_quotes(output, bare) or (
        _SYNTAX.search(output) is not None and (_is_called_by_a_piece(output, event.action) or _is_whole(event.action))
    )


def _repeats_without_quotes(output: str, bare: str) -> bool:
    start = squeeze(output).find(f"`{bare}")
    return start >= 0 and len(bare) > 8


def _is_called_by_a_piece(output: str, action: str) -> bool:
    """Return whether the shell names itself by a word of the command.

    The words after the quotes were read as arguments of the shell, the first as its name.
    """
    found = _NAMED.match(output)
    return found is not None and "bash" not in found["name"] and found["name"].strip() in action


def _is_whole(action: str) -> bool:
    """Return whether a line has closed quotes, and no sign outside them that can cause a shell's syntax error."""
    try:
        parts = shlex.split(action)
    except ValueError:
        return False
    outside = re.sub(r"'[^']*'|\"(?:[^\"\\]|\\.)*\"", "", action)
    return bool(parts) and not re.search(r"[()<&;`$]|\b(?:if|for|while|case|function)\b", outside)


def tell(runs: Sequence[Run]) -> Iterator[Lesson]:
    """Yield one lesson for every shell tool that loses double quotes."""
    for tool, pairs in noted(runs, KIND).items():
        met = runs_of(pairs)
        if len(met) < LEAST_RUNS or len(tasks_of(met)) < 2:
            continue
        shown = next((note.detail for _, note in pairs if note.detail), None)
        example = f" ({shown})" if shown else ""
        yield lesson(
            when=f"a `{tool}` command holds a text with spaces, wildcards or a `$` that is to stay as it is",
            do="Put it in single quotes: at a double quote the command is taken apart before the shell runs"
            f" it{example}.",
            because=f"{len(pairs)} commands of {len(met)} runs came back as if their double quotes were not there,"
            " or as if the command ended at one",
            polarity="success",
            pattern=KIND,
            evidence=quotes_of(pairs),
            trajectories=(run.piece.trajectory for run in met),
            tools=(tool,),
        )
