"""Requests that a user made more than once in one conversation: the agent had acted, but not as wanted.

The records of one conversation (pages, branches, snapshots) count as one, and a message that occurs in several of them
is one message.
"""

from collections.abc import Iterator, Sequence

from t2s_local.analysts._lessons import lesson, quote
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._mined.wishes.own_words import own_words
from t2s_local.analysts._noted.counts import noted
from t2s_local.analysts._notes import Note
from t2s_local.text.events import Event
from t2s_local.text.text import content, mask, quoted, squeeze
from t2s_local.values.lesson import Lesson
from t2s_local.values.trajectory import Slice
from t2s_local.values.value import Value

KIND = "asked_twice"
ALIKE = 0.6
"""Least share of common content words for two requests to be the same in other words."""
_FEWEST = 3
"""Fewest content words of a request: shorter requests are *go on* or *try again*."""
_SHORT = 5
_MOST_WORDS = 40
_LONGEST_COPY = 40
"""Length from which on two identical sentences are copies: people rarely write so many characters alike."""
_MOST = 300
"""Most sentences of one conversation that are compared, from its start; recorded conversations have tens."""
_LONGEST_TURN = 600
"""Most characters of a message: a longer one is a specification, of which parts recur without a wish."""


class Asked(Value, frozen=True, kw_only=True):
    """A request of a user in a run."""

    run: Run
    note: Note
    turn: str
    """Time of the message; without a time its trajectory and step index."""
    n_calls: int
    """Number of calls before the message in the conversation."""
    telling: frozenset[str]


def notes(piece: Slice, events: Sequence[Event]) -> Iterator[Note]:
    """Yield the sentences that the user of *piece* wrote, in a conversation and not in a scripted task."""
    del events
    run = piece.trajectory
    if run.task_id is not None or run.outcome is not None or run.parent_id is not None:
        return
    n_calls = sum(step.kind == "tool_call" for step in run.steps[: piece.start])
    for at in range(piece.start, piece.stop):
        step = run.steps[at]
        n_calls += step.kind == "tool_call"
        if step.kind == "user" and len(step.text) <= _LONGEST_TURN:
            for sentence in own_words(run).get(at, ()):
                said = sentence.strip()
                if len(content(said)) >= _FEWEST and len(said.split()) <= _MOST_WORDS and mask(said) == said:
                    detail = f"{step.at or f'{run.id} {at}'}\n{n_calls}\n{said}"
                    shown = (quote(piece, at, said, role="correction"),)
                    yield Note(kind=KIND, key=_conversation(piece), detail=detail, quotes=shown)


def _conversation(piece: Slice) -> str:
    run = piece.trajectory
    return f"{run.format} {run.session_id or run.id}"


def tell(runs: Sequence[Run]) -> Iterator[Lesson]:
    """Yield one lesson for every request that a user had to repeat."""
    for pairs in noted(runs, KIND).values():
        asked = sorted((_asked(run, note) for run, note in pairs), key=_moment)[:_MOST]
        told: list[frozenset[str]] = []
        for at, later in enumerate(asked):
            first = next((one for one in asked[:at] if _is_repeated(one, later)), None)
            if first is None or any(_alike(later.telling, other) for other in told):
                continue
            told.append(later.telling)
            said = squeeze(later.note.quotes[0].text)
            yield lesson(
                when="in this project",
                do=f"The user asked for this more than once: {quoted(said)}",
                because=None,
                polarity="correction",
                pattern="correction",
                evidence=[*first.note.quotes, *later.note.quotes],
                trajectories=[first.run.piece.trajectory, later.run.piece.trajectory],
            )


def _asked(run: Run, note: Note) -> Asked:
    turn, n_calls, said = note.detail.split("\n", 2)
    return Asked(run=run, note=note, turn=turn, n_calls=int(n_calls), telling=content(said))


def _moment(one: Asked) -> tuple[str, str, int]:
    """Return the sort key of a request in its conversation: start of its record, id of the record, step index."""
    run = one.run.piece.trajectory
    return run.started_at or "", run.id, one.note.quotes[0].step


def _is_repeated(first: Asked, later: Asked) -> bool:
    """Return whether *later* repeats *first* in another message, after the agent had acted.

    A long sentence that recurs letter by letter is a message of a program, or one message in two records.
    """
    one, other = first.note.quotes[0].text, later.note.quotes[0].text
    if first.turn == later.turn or (one == other and len(one) >= _LONGEST_COPY):
        return False
    is_one_record = first.run.piece.trajectory.id == later.run.piece.trajectory.id
    has_acted = later.n_calls > first.n_calls if is_one_record else one != other
    names_another = bool(first.telling - later.telling) and bool(later.telling - first.telling)
    return has_acted and _alike(first.telling, later.telling) and not (names_another and _is_short(later))


def _is_short(asked: Asked) -> bool:
    """Return whether a request has so few content words that one changed word changes its meaning."""
    return len(asked.telling) <= _SHORT


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) >= ALIKE * len(one | other)
