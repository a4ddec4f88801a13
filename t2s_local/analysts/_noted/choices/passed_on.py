"""Addresses and identifiers that a result shows, and the tool with which succeeding runs look them up."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from t2s_local.analysts._lessons import lesson, quote
from t2s_local.analysts._mined.association import MIN_Z_TRIED, mantel_haenszel
from t2s_local.analysts._mined.labelled_runs import Run, mixed
from t2s_local.analysts._noted.counts import most_common, noted, odds, quotes_of, runs_of, tasks_of
from t2s_local.analysts._notes import Note
from t2s_local.text.commands import is_shell, only_looks
from t2s_local.text.events import Event
from t2s_local.text.text import join_words
from t2s_local.values.lesson import Lesson
from t2s_local.values.trajectory import Slice, TrajectoryId

KIND = "passed_on"
SHOWN = "shown_name"
LEAST_RUNS = 5
LEAST_OTHERS = 3
LEAST_TASKS = 3
MIN_Z_ALONE = 3.3
"""Least z value where no task has runs of both outcomes, so that the tasks themselves may differ."""
MIN_Z_OF_MODELS = 1.64
"""Least z value within models, also where tasks are compared: a strong model does more of everything that pays."""
TIMES = 1.5
"""Least ratio of the success rates of runs that look the names up and of those that do not."""
ADDRESS = "a web address"
_LONGEST = 20_000
_MOST_NAMES = 200
_NAME = re.compile(
    r"(?:https?://(?:www\.)?|www\.)(?P<address>[\w.-]+\.[a-z]{2,}[^\s\"'<>()\[\]{},\\]*)|\b(?P<kind>[A-Za-z]{2,12}[-_])\d{2,9}\b"
)
_MOST_SHOWERS = 2


def notes(piece: Slice, events: Sequence[Event]) -> Iterator[Note]:
    """Yield the forms of names that results of a labelled run show first, and the tools that were then given one."""
    if piece.trajectory.outcome is None:
        return
    said = "\n".join([piece.request or "", *(step.text for step in piece.steps if step.kind == "user")]).lower()
    seen: dict[str, Event] = {}
    shown: dict[str, str] = {}
    passed: set[tuple[str, str]] = set()
    for event in filter(_is_answered, events):
        for name, form in _names(event.action):
            if name in seen and (form, event.tool) not in passed and only_looks(event.tool, event.head):
                passed.add((form, event.tool))
                yield _passed(piece, seen[name], event, name, form)
        for name, form in _names(event.output[:_LONGEST]):
            if len(seen) < _MOST_NAMES and name not in seen and name.lower() not in said:
                seen[name] = event
                shown.setdefault(form, event.tool)
    for form, tool in sorted(shown.items()):
        yield Note(kind=SHOWN, key=form, detail=tool)


def _is_answered(event: Event) -> bool:
    return event.result is not None and not event.failed and not is_shell(event.tool)


def identifier(start: str) -> str:
    """Return words for the identifiers that begin with *start* and end with a number."""
    return f"a `{start}<number>`"


def _names(text: str) -> Iterator[tuple[str, str]]:
    """Yield the addresses, without their scheme, and identifiers in *text*, each with its form."""
    for found in _NAME.finditer(text):
        if found["kind"] is not None:
            yield found[0], identifier(found["kind"])
        else:
            yield found["address"].rstrip("./:;!?*`"), ADDRESS


def _passed(piece: Slice, source: Event, event: Event, name: str, form: str) -> Note:
    """Return the note that *event* was given *name*, which the result of *source* shows."""
    line = next(line for line in source.output.splitlines() if name in line).strip()
    at = line.index(name)
    quotes = (
        quote(piece, source.result or 0, line[max(0, at - 80) : at + len(name)], role="observation"),
        quote(piece, event.call, event.action, role="fix"),
    )
    return Note(kind=KIND, key=f"{form}\n{event.tool}", detail=source.tool, quotes=quotes)


class Followed(NamedTuple):
    """A form of names, the tool with which looking such names up pays, and the counts that show it."""

    form: str
    tool: str
    because: str


def followed(runs: Sequence[Run]) -> Iterator[Followed]:
    """Yield the forms of names that are worth looking up, each with the tool of most runs."""
    labelled = [run for run in runs if run.piece.trajectory.outcome is not None]
    shown = noted(runs, SHOWN)
    told: set[str] = set()
    for key, pairs in sorted(noted(runs, KIND).items(), key=lambda item: (-len(item[1]), item[0])):
        form, _, tool = key.partition("\n")
        because = None if form in told else _pays(runs_of(pairs), runs_of(shown.get(form, ())), labelled)
        if because is not None:
            told.add(form)
            yield Followed(form, tool, because)


def tell(runs: Sequence[Run]) -> Iterator[Lesson]:
    """Yield at most one lesson a form: the tool with which runs that look such names up succeed more often."""
    found = noted(runs, KIND)
    for form, tool, because in followed(runs):
        pairs = found[f"{form}\n{tool}"]
        showers = most_common((note.detail for _, note in pairs), most=_MOST_SHOWERS)
        yield lesson(
            when=f"{join_words((f'`{name}`' for name in showers), last='or')} shows {form} that the request does not",
            do=f"Call `{tool}` with it before you act or answer.",
            because=because,
            polarity="success",
            pattern=KIND,
            evidence=quotes_of(pairs),
            trajectories=(run.piece.trajectory for run in runs_of(pairs)),
            tools=sorted({tool, *showers}),
        )


def _pays(passing: Sequence[Run], base: Sequence[Run], labelled: Sequence[Run]) -> str | None:
    """Return the counts of successes as a sentence if *passing* runs do better than the rest of *base*; else None.

    Runs are compared within models, and within tasks; over all tasks only if no task of *labelled* runs has runs of
    both outcomes.
    """
    ids = {run.piece.trajectory.id for run in passing}
    if len(passing) < LEAST_RUNS or len(tasks_of(passing)) < LEAST_TASKS:
        return None
    found = odds(passing, base)
    if found is None or found.n_without < LEAST_OTHERS or found.z < MIN_Z_OF_MODELS:
        return None
    if not mixed(labelled):
        if found.z < MIN_Z_ALONE:
            return None
        is_more = found.won * found.n_without >= TIMES * found.won_without * found.n
        return found.words("that did") if is_more else None
    tables = _tables(ids, mixed(base).values())
    if len(tables) < LEAST_TASKS or mantel_haenszel(tables)[1] < MIN_Z_TRIED:
        return None
    won, won_without, lost, lost_without = (sum(column) for column in zip(*tables, strict=True))
    n, n_without = won + lost, won_without + lost_without
    if n_without < LEAST_OTHERS or won * n_without < TIMES * won_without * n:
        return None
    return f"Of {n} runs that did {won} succeeded, of {n_without} runs of the same tasks that did not {won_without}"


def _tables(ids: set[TrajectoryId], groups: Iterable[Sequence[Run]]) -> list[list[int]]:
    """Return the table of each task with runs in *ids* and others: successes of both, then failures of both."""
    tables = []
    for group in groups:
        cells = [0, 0, 0, 0]
        for run in group:
            cells[(0 if run.piece.trajectory.id in ids else 1) + (0 if run.succeeded else 2)] += 1
        if cells[0] + cells[2] and cells[1] + cells[3]:
            tables.append(cells)
    return tables
