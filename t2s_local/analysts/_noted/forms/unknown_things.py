"""Names in calls that no earlier text contains: places, ids and addresses that the agent made up."""

import re
from collections.abc import Iterator, Sequence

from t2s_local.analysts._forms import usual_form
from t2s_local.analysts._lessons import code, lesson, quote
from t2s_local.analysts._mined.association import mantel_haenszel
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._noted.counts import as_fixes, most_common, noted, quotes_of, runs_of, tasks_of
from t2s_local.analysts._noted.searching.nothing import came_to_nothing
from t2s_local.analysts._notes import Note
from t2s_local.text.commands import changes_files, is_reflection, is_shell
from t2s_local.text.events import Event
from t2s_local.text.text import has_word, join_words
from t2s_local.values.lesson import Lesson, Quote
from t2s_local.values.trajectory import Slice

KIND = "unknown_thing"
LEAST_RUNS = 5
LEAST_TASKS = 3
LEAST_GOOD = 20
MOST_GOOD = 0.25
"""Largest share of the calls with an unknown name that may succeed."""
MIN_Z = 5.0
_LONGEST = 120
_MOST_READ = 400_000
"""Most characters of one run that are read."""
_GOOD, _BAD = "good", "bad"
_KNOWN = "known"
_NUMBERED = re.compile(r"\b[a-z]\w* \d+\b")
_GUESSED = re.compile(r"[\d_@]")
"""Characters of a value that an agent cannot guess: an identifier, an address."""


def notes(piece: Slice, events: Sequence[Event]) -> Iterator[Note]:
    """Yield the names in a run's calls, and whether an earlier text contains them.

    Yield nothing for a run in which every call found something.
    """
    tried = [event for event in events if _is_looked_at(event)]
    if not any(came_to_nothing(event) for event in tried):
        return
    seen: set[tuple[str, str]] = set()
    for event, said in _with_said(piece, tried):
        for name, thing in _named(piece, event):
            if (event.head, thing) not in seen:
                seen.add((event.head, thing))
                yield _note(piece, event, name, thing, is_known=any(has_word(text, thing) for text in said))


def _with_said(piece: Slice, tried: Sequence[Event]) -> Iterator[tuple[Event, Sequence[str]]]:
    """Yield calls with the request and the answers before them, in lower case, up to 400,000 characters."""
    said: list[str] = []
    read, left = piece.start, _MOST_READ
    for event in tried:
        for step in piece.trajectory.steps[read : event.call]:
            if step.kind in {"user", "system", "tool_result"}:
                said.append(step.text[:left].lower())
                left = max(0, left - len(step.text))
        read = event.call
        if not left:
            return
        yield event, said


def _note(piece: Slice, event: Event, name: str, thing: str, *, is_known: bool) -> Note:
    is_bad = came_to_nothing(event)
    shown: tuple[Quote, ...] = (quote(piece, event.call, event.action, role="fix" if is_known else "action"),)
    if is_bad and event.output.strip():
        shown = (*shown, quote(piece, event.result or 0, event.output.strip()[:_LONGEST], role="observation"))
    detail = f"{_BAD if is_bad else _GOOD}\n{thing}\n{_KNOWN if is_known else ''}"
    return Note(kind=KIND, key=f"{event.head}\n{name}", detail=detail, quotes=shown)


def _is_looked_at(event: Event) -> bool:
    is_plain = event.result is not None and not event.is_infrastructure and not is_shell(event.tool)
    return is_plain and not is_reflection(event.head) and not changes_files(event.tool, event.head)


def _named(piece: Slice, event: Event) -> Iterator[tuple[str, str]]:
    """Yield the names in a call, each with its argument; of a call in plain text only the last name."""
    arguments = piece.trajectory.steps[event.call].arguments
    if arguments:
        for name, value in arguments.items():
            if isinstance(value, str) and len(value) <= _LONGEST and " " not in value and _GUESSED.search(value):
                yield name, value.lower()
    elif not event.action.lstrip().startswith(("{", "[")) and len(event.action) <= _LONGEST:
        found = _NUMBERED.findall(event.action.lower())
        if found:
            yield "", found[-1]


def tell(runs: Sequence[Run]) -> Iterator[Lesson]:
    """Yield one lesson for all plain-text calls that fail on unknown names, and one for every such named argument."""
    groups: dict[str, list[str]] = {}
    found = noted(runs, KIND)
    for key, pairs in found.items():
        if _is_needed(pairs):
            groups.setdefault(key.split("\n")[1], []).append(key)
    for argument, keys in sorted(groups.items()):
        pairs = [pair for key in keys for pair in found[key]]
        unknown = [pair for pair in pairs if not _is_known(pair[1])]
        bad = [pair for pair in unknown if _is_bad(pair[1])]
        known = [pair for pair in pairs if _is_known(pair[1])]
        good = [pair for pair in known if not _is_bad(pair[1])]
        names = sorted({key.split("\n")[0] for key in keys})
        met = runs_of(bad)
        what = f"as `{argument}` only what" if argument else "only things that"
        guessed = most_common((_thing(note) for _, note in bad), most=2)
        shown = f" ({join_words((f'`{name}`' for name in guessed), last='or')})" if not argument else ""
        yield lesson(
            when=f"with {join_words((code(_form(name, argument, good)) for name in names), last='or')}",
            do=f"Give {what} the request or an answer has named, spelt as it stands there: guessed ones{shown} do not"
            " exist.",
            because=f"{len(bad)} of {len(unknown)} calls with a name that no earlier text contained came to"
            f" nothing, and {len(known) - len(good)} of {len(known)} calls with a known name",
            polarity="success",
            pattern=KIND,
            evidence=[*quotes_of(bad), *as_fixes(quotes_of(good, most=1))],
            trajectories=(run.piece.trajectory for run in met),
            tools=sorted({event.tool for run in met for event in run.events if event.head in names}),
        )


def _form(name: str, argument: str, good: Sequence[tuple[Run, Note]]) -> str:
    """Return the usual form of a plain-text command's passing calls; for a tool with named arguments, its name."""
    texts = [note.quotes[0].text for _, note in good if note.key == f"{name}\n{argument}"]
    return name if argument or not texts else usual_form(texts)[0]


def _thing(note: Note) -> str:
    return note.detail.split("\n")[1]


def _is_known(note: Note) -> bool:
    return note.detail.endswith(_KNOWN)


def _is_bad(note: Note) -> bool:
    return note.detail.startswith(_BAD)


def _is_needed(pairs: Sequence[tuple[Run, Note]]) -> bool:
    """Return whether calls with an unknown name fail or find nothing, and calls with a known name mostly do not."""
    cells = [0, 0, 0, 0]
    for _, note in pairs:
        cells[(0 if _is_known(note) else 2) + (1 if _is_bad(note) else 0)] += 1
    good_known, _, good_unknown, bad_unknown = cells
    met = runs_of([pair for pair in pairs if not _is_known(pair[1]) and _is_bad(pair[1])])
    if len(met) < LEAST_RUNS or len(tasks_of(met)) < LEAST_TASKS or good_known < LEAST_GOOD:
        return False
    return good_unknown <= MOST_GOOD * (good_unknown + bad_unknown) and mantel_haenszel([cells])[1] >= MIN_Z
