"""All kinds of lessons that are counted over runs: the notes on one run, and the lessons from the notes of all."""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain

from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._mined.ways.same_thing import Needed
from t2s_local.analysts._noted.choices import passed_on, rivals
from t2s_local.analysts._noted.counts import NotedRuns
from t2s_local.analysts._noted.dialogue import answers, asked_again, asked_twice, ending, prose
from t2s_local.analysts._noted.environment import (
    absent,
    bare,
    checks,
    lint_rules,
    lowered,
    quoting,
    too_new,
    unmoved,
)
from t2s_local.analysts._noted.forms import beginnings, limit, of_answers, of_calls, unknown_things
from t2s_local.analysts._noted.searching import contents, elsewhere, exact, look_first, matching, suggested
from t2s_local.analysts._noted.shells import piped, tested
from t2s_local.analysts._noted.tools import (
    call_form,
    cut,
    harmless,
    last_words,
    left_behind,
    mute,
    policies,
    refused_answers,
    refused_edits,
)
from t2s_local.analysts._noted.world import finds, forgotten, known_commands, one_at_a_time, shown, works_on
from t2s_local.analysts._notes import Note
from t2s_local.text.events import Event
from t2s_local.values.lesson import Lesson
from t2s_local.values.trajectory import Slice

_KINDS = (
    absent,
    answers,
    asked_again,
    asked_twice,
    bare,
    beginnings,
    call_form,
    checks,
    contents,
    cut,
    elsewhere,
    ending,
    exact,
    forgotten,
    harmless,
    last_words,
    left_behind,
    limit,
    lint_rules,
    look_first,
    lowered,
    matching,
    mute,
    of_answers,
    of_calls,
    one_at_a_time,
    passed_on,
    piped,
    policies,
    prose,
    quoting,
    refused_answers,
    refused_edits,
    rivals,
    shown,
    suggested,
    tested,
    too_new,
    unknown_things,
    unmoved,
)
_READERS = (finds, known_commands, works_on)
"""Kinds that read the notes of other kinds."""
_NOTES: tuple[Callable[[Slice, Sequence[Event]], Iterator[Note]], ...] = tuple(kind.notes for kind in _KINDS)
_TOLD: tuple[Callable[[Sequence[Run]], Iterator[Lesson]], ...] = tuple(kind.tell for kind in (*_KINDS, *_READERS))


def notes_of(piece: Slice, events: Sequence[Event]) -> tuple[Note, ...]:
    """Return all notes on one run."""
    return tuple(chain.from_iterable(note(piece, events) for note in _NOTES))


def tell_all(runs: Sequence[Run], needed: Sequence[Needed] | None = None) -> Iterator[Lesson]:
    """Yield the lessons of every kind; lessons on the form of calls are left out if another lesson lists all commands.

    Args:
        runs: The runs with their notes.
        needed: The calls that later calls of *runs* needed; None to find them.
    """
    sorted_runs = NotedRuns(runs, needed)
    found = list(chain.from_iterable(tell(sorted_runs) for tell in _TOLD))
    listed = {tool for lesson in found if lesson.pattern == known_commands.PATTERN for tool in lesson.tools}
    yield from (
        lesson for lesson in found if lesson.pattern != call_form.PATTERN or not listed.issuperset(lesson.tools)
    )
