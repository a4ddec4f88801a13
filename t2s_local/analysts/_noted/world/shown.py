"""Objects that a call may name only while the last answer shows them, such as the objects at the agent's place."""

import re
from collections.abc import Iterator, Sequence

from t2s_local.analysts._exact import tail
from t2s_local.analysts._forms import usual_form
from t2s_local.analysts._lessons import code, lesson, quote, said
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._mined.ways.same_thing import failed_without
from t2s_local.analysts._noted.counts import as_fixes, most_common, needed_in, noted, quotes_of, runs_of, tasks_of
from t2s_local.analysts._notes import Note
from t2s_local.text.commands import changes_files, is_reflection, is_shell
from t2s_local.text.events import Event
from t2s_local.text.text import has_word, join_words, squeeze
from t2s_local.values.lesson import Lesson
from t2s_local.values.trajectory import Slice

KIND = "shown"
LEAST_BAD = 10
LEAST_RUNS = 5
LEAST_TASKS = 3
LEAST_GOOD = 5
LEAST_SHARE = 0.4
"""Least share of the calls on objects in the last answer that pass: otherwise something else decides."""
MOST_CHANCE = 1e-6
MOST_SAID = 0.5
"""Largest share of a command's failed calls that another lesson may explain by an earlier call that they needed."""
LEAST_SHOWING = 0.9
"""Share of the passing calls whose object some calls must have shown for the lesson to recommend these calls."""
_MOST_SHOWING = 2
_LONGEST = 120
_MOST_READ = 400_000
"""Most characters of answers of one run that are kept for the comparison."""
_NUMBERED = re.compile(r"\b[a-z]\w* \d+\b")
_IDENTIFIER = re.compile(r"[\w.:@-]*\d[\w.:@-]*")
_SAID = frozenset({"user", "system", "tool_result"})
_LAST, _EARLIER, _NEVER = "last", "earlier", "never"
_GOOD, _BAD = "good", "bad"


def notes(piece: Slice, events: Sequence[Event]) -> Iterator[Note]:
    """Yield the objects that calls of *piece* name, and whether the last answer showed them, an earlier text, or none.

    Yield nothing for a run in which no call failed.
    """
    tried = [event for event in events if _is_plain(event)]
    if not any(event.failed for event in tried):
        return
    seen: set[tuple[str, str, str, bool]] = set()
    last, left, showing = "", _MOST_READ, ""
    before = [step.text.lower() for step in piece.trajectory.steps[piece.start : tried[0].call] if step.kind in _SAID]
    for event in tried:
        for name, thing in _named(piece, event):
            place = (
                _LAST
                if has_word(last, thing)
                else _EARLIER
                if any(has_word(text, thing) for text in before)
                else _NEVER
            )
            if (event.head, thing, place, event.failed) not in seen:
                seen.add((event.head, thing, place, event.failed))
                yield _note(piece, event, name, f"{place}\n{showing}" if place == _LAST else place)
        if not event.failed and left > 0:
            before.append(last)
            last = event.output[:left].lower()
            left -= len(last)
            showing = f"{event.head}\n{squeeze(event.action)[:_LONGEST]}"


def _is_plain(event: Event) -> bool:
    is_read = event.result is not None and not event.is_infrastructure and not is_shell(event.tool)
    return is_read and not is_reflection(event.head) and not changes_files(event.tool, event.head)


def _named(piece: Slice, event: Event) -> Iterator[tuple[str, str]]:
    """Yield the objects that a call names, each with its argument; of a call in plain text only the first one."""
    arguments = piece.trajectory.steps[event.call].arguments
    if arguments:
        for name, value in arguments.items():
            text = str(value).lower() if isinstance(value, str | int) and not isinstance(value, bool) else ""
            if len(text) <= _LONGEST and _IDENTIFIER.fullmatch(text):
                yield name, text
    elif not event.action.lstrip().startswith(("{", "[")) and len(event.action) <= _LONGEST:
        found = _NUMBERED.search(event.action.lower())
        if found is not None:
            yield "", found[0]


def _note(piece: Slice, event: Event, name: str, place: str) -> Note:
    shown = [quote(piece, event.call, event.action, role="action" if event.failed else "fix")]
    if event.failed and event.error:
        shown.append(quote(piece, event.result or 0, event.error, role="observation"))
    detail = f"{_BAD if event.failed else _GOOD}\n{place}"
    return Note(kind=KIND, key=f"{event.head}\n{name}", detail=detail, quotes=tuple(shown))


def must_be_shown(runs: Sequence[Run]) -> Sequence[str]:
    """Return a key, with name and argument, for each kind of call whose object the last answer must show."""
    return [key for key, pairs in noted(runs, KIND).items() if _is_law(pairs)]


def _is_law(pairs: Sequence[tuple[Run, Note]]) -> bool:
    """Return whether calls on objects that the last answer does not show never pass, and other calls often do."""
    n_good, n_bad = len(_of(pairs, _GOOD, _LAST)), len(_of(pairs, _BAD, _LAST))
    known, away = _of(pairs, _BAD, _EARLIER), _of(pairs, _BAD, _EARLIER, _NEVER)
    met = runs_of(known)
    if _of(pairs, _GOOD, _EARLIER, _NEVER) or len(known) < LEAST_BAD or n_good < LEAST_GOOD:
        return False
    if len(met) < LEAST_RUNS or len(tasks_of(met)) < LEAST_TASKS or n_good < LEAST_SHARE * (n_good + n_bad):
        return False
    return tail(len(away), len(away), n_bad + len(away), n_good + n_bad + len(away)) <= MOST_CHANCE


def _of(pairs: Sequence[tuple[Run, Note]], result: str, *places: str) -> list[tuple[Run, Note]]:
    wanted = {f"{result}\n{place}" for place in places}
    return [pair for pair in pairs if "\n".join(pair[1].detail.split("\n")[:2]) in wanted]


def tell(runs: Sequence[Run]) -> Iterator[Lesson]:
    """Yield one lesson for all plain-text calls, and one for every argument, whose object has to be in sight.

    A command is left out if another lesson names the call that most of its failed calls needed first.
    """
    groups: dict[str, list[str]] = {}
    found = noted(runs, KIND)
    keys = must_be_shown(runs)
    said_already = failed_without(needed_in(runs)) if keys else {}
    for key in keys:
        head, _, argument = key.partition("\n")
        if said_already.get(head, 0) <= MOST_SAID * len(_of(found[key], _BAD, _EARLIER, _NEVER)):
            groups.setdefault(argument, []).append(key)
    for argument, of_argument in sorted(groups.items()):
        pairs = [pair for key in of_argument for pair in found[key]]
        away, good = _of(pairs, _BAD, _EARLIER, _NEVER), _of(pairs, _GOOD, _LAST)
        n_last = len(good) + len(_of(pairs, _BAD, _LAST))
        heads = sorted(key.split("\n")[0] for key in of_argument)
        errors = most_common((note.quotes[1].text for _, note in away if note.quotes[1:]), most=1)
        known = len(_of(pairs, _BAD, _EARLIER))
        yield lesson(
            when=f"before {join_words((code(_form(head, argument, good)) for head in heads), last='or')}",
            do=_advice(argument, good, errors),
            because=f"{len(away)} of {len(away)} calls on what the last answer did not show failed, though earlier ones"
            f" named {known} of these; of {n_last} calls on what it showed {n_last - len(good)} failed",
            polarity="success",
            pattern=KIND,
            evidence=[*quotes_of(away), *as_fixes(quotes_of(good, most=1))],
            trajectories=(run.piece.trajectory for run in runs_of(away)),
            tools=sorted({event.tool for run in runs_of(away) for event in run.events if event.head in heads}),
        )


def _form(head: str, argument: str, good: Sequence[tuple[Run, Note]]) -> str:
    """Return the usual form of a plain-text command's passing calls; for a tool with named arguments, its name."""
    texts = [note.quotes[0].text for _, note in good if note.key == f"{head}\n{argument}"]
    return head if argument or not texts else usual_form(texts)[0]


def _advice(argument: str, good: Sequence[tuple[Run, Note]], errors: Sequence[str]) -> str:
    """Return the advice to make the last answer show the object, by the calls that mostly precede passing calls."""
    showing: dict[str, list[str]] = {}
    for _, note in good:
        head, action = note.detail.split("\n")[2:]
        showing.setdefault(head, []).append(action)
    ranked = sorted(showing, key=lambda head: (-len(showing[head]), head))[:_MOST_SHOWING]
    otherwise = f": otherwise it answers {said(errors[0])}, also if an earlier answer showed it" if errors else ""
    what = f"what it names as `{argument}`" if argument else "what it names"
    if sum(len(showing[head]) for head in ranked) < LEAST_SHOWING * len(good):
        return f"Make sure that the last answer shows {what}{otherwise}."
    forms = (head if argument else usual_form(showing[head])[0] for head in ranked)
    return f"Call {join_words(map(code, forms), last='or')} first, so that the last answer shows {what}{otherwise}."
