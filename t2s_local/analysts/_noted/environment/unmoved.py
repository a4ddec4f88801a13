"""Checks that cannot run whatever is edited: time-outs and failed test collections that persist after every edit."""

import re
from collections.abc import Iterator, Sequence

from t2s_local.analysts._lessons import lesson, quote, said
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._noted.counts import most_common, noted, quotes_of, runs_of
from t2s_local.analysts._noted.environment.project import project_of
from t2s_local.analysts._notes import Note
from t2s_local.text.check_results import check_of
from t2s_local.text.commands import changes_files, is_shell
from t2s_local.text.events import Event
from t2s_local.text.text import counted, join_words, mask, squeeze
from t2s_local.values.lesson import Lesson
from t2s_local.values.trajectory import Slice

KIND = "unmoved"
LEAST_RUNS = 4
LEAST_STAYED = 6
MOST_MOVED = 0.1
"""Largest share of the edits after which the check may run: if more edits help, the code is the cause."""
LEAST_PROJECTS = 3
"""Fewest projects for a time-out that no run had before its edits: in fewer, the edits may have caused a loop."""
_MOST_PROJECTS = 5
_STAYED, _MOVED, _LAST, _BEFORE = "stayed", "moved", "last", "before"
_TIMED_OUT = re.compile(r"\btimed[ -]out\b", re.IGNORECASE)
_STOPPED = re.compile(
    r"^.*\b(?:tests?|checks?|suite|command|process|run)\b.{0,40}\btimed[ -]out\b.*$"
    r"|^ERROR \S+ - \w+(?:Error|Warning|Exception)\b.*$"
    r"|^(?:INTERNALERROR>|E  ) +\w+(?:\.\w+)*(?:Error|Warning|Exception): .*$",
    re.IGNORECASE | re.MULTILINE,
)
"""Lines that state why a check stopped; they count only in a report that also shows that no test ran."""
_NOTHING_RAN = re.compile(
    r"\btimed[ -]out\b|\berrors? during collection\b|\bcollected 0 items\b|\bno tests ran\b|\bINTERNALERROR\b",
    re.IGNORECASE,
)
_RAN = re.compile(
    r"\b\d+ (?:passed|failed|tests?|error)|\bRan \d+ tests?\b|\btests? (?:failed|passed|timed)", re.IGNORECASE
)
_LONGEST = 200


def notes(piece: Slice, events: Sequence[Event]) -> Iterator[Note]:
    """Yield notes on reasons why checks of *piece* did not run, and on whether the next check after an edit ran."""
    before, edited, is_new = None, False, True
    for place, text in _marks(piece, events):
        if text is None:
            edited, is_new = True, False
            continue
        if _RAN.search(text) is None:
            continue
        stopped = _reason(text)
        if is_new and stopped is not None:
            yield _note(piece, (place, stopped), _BEFORE)
        if before is not None and edited:
            is_same = stopped is not None and _gist(stopped) == _gist(before[1])
            yield _note(piece, before, _STAYED if is_same else _MOVED)
        before, edited = (place, stopped) if stopped is not None else None, False
    if before is not None:
        yield _note(piece, before, _LAST)


def _marks(piece: Slice, events: Sequence[Event]) -> Sequence[tuple[int, str | None]]:
    """Return the steps at which files changed, with None, and at which a check reported, with its report, in order.

    A tool result without a call counts as a report of a check that the harness ran by itself.
    """
    found: list[tuple[int, str | None]] = []
    for event in events:
        if changes_files(event.tool, event.head) and not event.failed:
            found.append((event.call, None))
        elif event.result is not None and is_shell(event.tool) and check_of(event.action) is not None:
            found.append((event.result, event.output))
    if not any(text is None for _, text in found):
        return ()
    answers = {event.result for event in events}
    for place in range(piece.start, piece.stop):
        step = piece.trajectory.steps[place]
        if step.kind == "tool_result" and place not in answers:
            found.append((place, step.text))
    return sorted(found, key=lambda mark: mark[0])


def _reason(text: str) -> str | None:
    if _NOTHING_RAN.search(text) is None:
        return None
    lines = [found[0].strip()[:_LONGEST] for found in _STOPPED.finditer(text)]
    return min(lines, key=len, default=None)  # The longer ones name the machine and the task.


def _gist(line: str) -> str:
    return squeeze(mask(line))


def _note(piece: Slice, stopped: tuple[int, str], what: str) -> Note:
    place, line = stopped
    shown = quote(piece, place, line, role="observation")
    return Note(kind=KIND, key=_gist(line), detail=f"{what}\n{line}", quotes=(shown,))


def tell(runs: Sequence[Run]) -> Iterator[Lesson]:
    """Yield one lesson for every reason for which checks of several runs did not run, before and after edits.

    Runs of several tasks must have met the reason, or a run must have succeeded although its last check stopped for it:
    otherwise the task may be to remove it. A time-out must also occur before any edit, or in several projects.
    """
    for pairs in noted(runs, KIND).values():
        stayed, moved, last, early = (
            [pair for pair in pairs if pair[1].detail.startswith(what)] for what in (_STAYED, _MOVED, _LAST, _BEFORE)
        )
        met = runs_of(pairs)
        won = [run for run in runs_of(last) if run.succeeded]
        tasks = {run.piece.trajectory.task_id for run in met if run.piece.trajectory.task_id is not None}
        if len(met) < LEAST_RUNS or len(stayed) < LEAST_STAYED or len(moved) > MOST_MOVED * len(stayed + moved):
            continue
        if len(tasks) < 2 and not won:
            continue
        projects = sorted({project for run in met if (project := project_of(run.piece)) is not None})
        line = most_common((note.detail.partition("\n")[2] for _, note in pairs), most=1)[0]
        if _TIMED_OUT.search(line) and not early and len(projects) < LEAST_PROJECTS:
            continue
        counts = [f"{len(stayed)} of {len(stayed + moved)} edits after it, in {len(met)} runs, got it again"]
        counts += [f"before any edit {counted(len(runs_of(early)), 'run')} got it"] if early else []
        counts += [f"{len(won)} runs that ended with it succeeded all the same"] if won else []
        yield lesson(
            when=f"a check{_of(projects)} ends with {said(line)}",
            do="Do not edit the code for it, and do not send the change again: no edit changed it, so the environment"
            " is at fault. Judge the change by reading it.",
            because="; ".join(counts),
            polarity="success",
            pattern=KIND,
            evidence=quotes_of(stayed),
            trajectories=(run.piece.trajectory for run in met),
            tools=(),
        )


def _of(projects: Sequence[str]) -> str:
    """Return words that name *projects*, to follow “check”; empty if no project is known."""
    named = join_words(projects[:_MOST_PROJECTS], last="or")
    return f" of {'projects like ' if len(projects) > _MOST_PROJECTS else ''}{named}" if projects else ""
