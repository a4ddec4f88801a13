"""Checks piped into a program that shortens their output, whose exit code hides that the check failed."""

from collections.abc import Iterator, Sequence

from t2s_local.analysts._lessons import lesson, quote
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._noted.counts import most_common, noted, quotes_of, runs_of, tasks_of
from t2s_local.analysts._notes import Note
from t2s_local.text.check_results import result_of
from t2s_local.text.commands import is_shell
from t2s_local.text.events import Event
from t2s_local.text.shell.shell import parse
from t2s_local.text.text import join_words
from t2s_local.values.lesson import Lesson
from t2s_local.values.trajectory import Slice

KIND = "piped"
LEAST_RUNS = 5
LEAST_TASKS = 3
LEAST_HIDDEN = 10
"""Fewest failed checks with an exit code of 0: fewer do not show a habit."""
_MOST_NAMED = 2
_LONGEST = 4000


def notes(piece: Slice, events: Sequence[Event]) -> Iterator[Note]:
    """Yield the checks of *piece* that failed by their output, but exited with 0 because they were piped."""
    for event in events:
        if event.result is None or not event.failed or "|" not in event.action or not is_shell(event.tool):
            continue
        if piece.trajectory.steps[event.result].exit_code != 0 or len(event.action) > _LONGEST:
            continue
        check = result_of(event.action, event.output)
        last = _last_of_pipe(event.action)
        if check is None or check.verdict == "passed" or last is None:
            continue
        shown = (
            quote(piece, event.call, event.action, role="action"),
            quote(piece, event.result, check.line, role="observation"),
        )
        yield Note(kind=KIND, key=event.head, detail=f"{last}\n{check.verdict}", quotes=shown)


def _last_of_pipe(action: str) -> str | None:
    """Return the program at the end of the last pipeline of *action*; None if that program stands alone."""
    commands = [command for command in parse(action).commands if command.program and not command.is_inside]
    if len(commands) < 2 or commands[-1].segment != commands[-2].segment:
        return None
    return commands[-1].program


def tell(runs: Sequence[Run]) -> Iterator[Lesson]:
    """Yield at most one lesson: that the exit code of a piped check is not the check's own."""
    pairs = [pair for same in noted(runs, KIND).values() for pair in same]
    met = runs_of(pairs)
    if len(pairs) < LEAST_HIDDEN or len(met) < LEAST_RUNS or len(tasks_of(met)) < LEAST_TASKS:
        return
    last = most_common((note.detail.partition("\n")[0] for _, note in pairs), most=_MOST_NAMED, least=2)
    never = sum(note.detail.endswith("\nnothing") for _, note in pairs)
    checks = join_words((f"`{name}`" for name in _checks(pairs)), last="or")
    filters = join_words((f"`{name}`" for name in last), last="or")
    yield lesson(
        when=f"you pipe a check such as {checks} into {filters}",
        do="Read in its output whether it passed, and keep the lines that say so: the exit code is 0 also where tests"
        f" failed{' or none ran' if never else ''}, since it is that of {filters}.",
        because=f"{len(pairs)} failed checks in {len(met)} runs exited with 0",
        polarity="success",
        pattern=KIND,
        evidence=quotes_of(pairs),
        trajectories=(run.piece.trajectory for run in met),
        tools=sorted({event.tool for run in met for event in run.events if is_shell(event.tool)}),
    )


def _checks(pairs: Sequence[tuple[Run, Note]]) -> list[str]:
    return most_common((note.key for _, note in pairs), most=_MOST_NAMED, least=2)
