"""Ends of runs: an answer before any call, a question, a call that was only written as text."""

import re
from collections.abc import Iterator, Sequence

from t2s_local.analysts._lessons import lesson, quote
from t2s_local.analysts._mined.association import MIN_Z, mantel_haenszel
from t2s_local.analysts._mined.before.records import acts
from t2s_local.analysts._mined.labelled_runs import Run, mixed
from t2s_local.analysts._noted.counts import Odds, noted, odds, quotes_of, runs_of, tasks_of
from t2s_local.analysts._notes import Note
from t2s_local.text.commands import changes_state
from t2s_local.text.events import Event
from t2s_local.text.text import content
from t2s_local.values.lesson import Lesson
from t2s_local.values.trajectory import Slice, TrajectoryId

KIND = "ending"
CARRIED_OUT = "carried_out"
"""Kind of the notes on runs in which a call that was written as text was carried out."""
LEAST_RUNS = 5
WORSE = 0.5
"""Largest ratio of the success rate of runs with an ending to that of the other runs."""
MOST_SHARE = 0.6
"""Largest share of runs with an ending: a more frequent one is how the task is done, not a mistake."""
MOST_SHARED = 0.3
"""Largest share of common runs of two endings for both endings to be reported."""
LEAST_SHARED = 1
"""Fewest content words that a question must share with the request to be about the request."""
_CALL = re.compile(
    r"<function[=\s(]|<tool_call>|<invoke\b|<tool_code>|```tool_code|\"(?:name|tool|function)\"\s*:\s*\"(\w+)\"[^}]*\"(?:arguments|parameters|input|args)\"\s*:"
)
_NOTHING = re.compile(
    r"\b(?:no (?:such|matching|record|entr|person|result|file|one|information|data)\w*|none\b|zero\b"
    r"|(?<![\w.,\"])(?<!: )0(?![\w\"'.,:-])"
    r"|not (?:found|exist|listed|available|present)"
    r"|(?:could|can)(?:n[o'’]t| not) (?:be )?(?:find|found|determine|identif|locat|match)\w*"
    r"|(?:does|do|did)(?:n['’]t| not) (?:exist|appear|have|own|match)"
    r"|unable to (?:find|determine|locate|identify))",
    re.IGNORECASE,
)
_LAST = 350
"""Characters at the end of the last message that are searched for the answer."""
_QUOTED = 160


def notes(piece: Slice, events: Sequence[Event]) -> Iterator[Note]:
    """Yield the kinds of ending of a labelled run, and whether a call written as text was carried out in it."""
    run = piece.trajectory
    if any(event.result is not None and _is_written(piece, event.call - 1) for event in events):
        yield Note(kind=CARRIED_OUT, key="", detail="")
    if run.outcome is None or piece.stop < len(run.steps):
        return
    last = next((at for at in range(piece.stop - 1, piece.start - 1, -1) if run.steps[at].kind == "assistant"), None)
    if last is None or any(event.call > last for event in events):
        return
    said = run.steps[last].text
    tail = said.strip()[-_LAST:]
    words = tail[-_QUOTED:].strip()
    quotes = (quote(piece, last, words, role="result"),) if words else ()
    called = [event for event in events if event.result is not None]
    changed = any(changes_state(event.tool, event.head) or acts(event) for event in called if not event.failed)
    is_alone = sum(step.kind == "user" for step in run.steps) <= 1
    is_written = _CALL.search(said) is not None
    for key, holds in (
        ("written", is_written),
        ("no call", not called and not is_written),
        ("one call", len(called) == 1 and not is_written),
        ("question", _asks(tail, piece) and not changed and not is_written),
        ("nothing", bool(called) and _NOTHING.search(tail) is not None and not is_written),
    ):
        if holds and quotes:
            yield Note(kind=KIND, key=key, detail=_ALONE if is_alone else "", quotes=quotes)


def _is_written(piece: Slice, at: int) -> bool:
    """Return whether step *at* of a slice is words of the agent with a call in them."""
    step = piece.trajectory.steps[at] if at >= piece.start else None
    return step is not None and step.kind == "assistant" and _CALL.search(step.text) is not None


_ALONE = "alone"
"""Detail of a run with only one message of the user: nobody would have answered a question."""
_UNHEARD = "There is no user to reply, so never end with a question."
_THERE_IS = "In these tasks there nearly always is an answer."
LEAST_NEVER = 20
NEARLY_NEVER = 0.1
"""Largest share that may be right, of twenty or more answers that none exists, for the lesson that one always does.

A wrong answer of this kind proves by itself that an answer existed: no other runs of the same tasks are needed.
"""
LEAST_INERT = 10
"""Fewest runs that all failed after a call written as text, for the lesson that such a call is not carried out.

Nobody executes such a call, whichever model writes it and whatever the task, so neither has to be compared. Where other
such calls were carried out, the harness reads them from the text, and those at the end were only malformed.
"""
_TOLD = {
    "written": (
        "a tool is to be called",
        "Do not write the call into the answer, in tags or as JSON: only a tool call is executed.",
        "that ended with a call written into the text",
    ),
    "no call": (
        "a request can be carried out with the tools",
        "Do not answer before you have called one: look up with the tools what the request leaves open, and act first.",
        "that answered without calling a tool",
    ),
    "question": (
        "something is missing to carry out a request",
        "Look it up with the tools instead of asking the user, then carry the request out.",
        "that ended with a question and had changed nothing",
    ),
    "nothing": (
        "a search seems to show that there is none, or nothing fits",
        "Search again before you answer so: with fewer or other words, or in another place.",
        "that ended with such an answer",
    ),
    "one call": (
        "a question takes several facts",
        "Do not answer after one call: make at least two, the second with what the first one found.",
        "that answered after one call",
    ),
}


def tell(runs: Sequence[Run]) -> Iterator[Lesson]:
    """Yield one lesson for every kind of ending that goes with failure."""
    labelled = [run for run in runs if run.piece.trajectory.outcome is not None]
    reads_text = bool(noted(runs, CARRIED_OUT))
    told: list[set[TrajectoryId]] = []
    order = list(_TOLD)
    for key, pairs in sorted(noted(labelled, KIND).items(), key=lambda item: (-len(item[1]), order.index(item[0]))):
        ending = runs_of(pairs)
        found = odds(ending, labelled)
        if (
            found is None
            or not _is_slip(found)
            or len(tasks_of(ending)) < LEAST_RUNS
            or (key == "written" and reads_text)
        ):
            continue
        is_never_right = key == "nothing" and found.n >= LEAST_NEVER and found.won <= NEARLY_NEVER * found.n
        is_inert = key == "written" and found.n >= LEAST_INERT and not found.won
        if not is_inert and _is_of_one_model(ending, labelled):
            continue
        if not (is_inert or is_never_right or _is_worse_within_tasks(ending, labelled)):
            continue
        ids = {run.piece.trajectory.id for run in ending}
        if any(len(ids & other) > MOST_SHARED * min(len(ids), len(other)) for other in told):
            continue
        told.append(ids)
        when, do, what = _TOLD[key]
        is_unheard = key == "question" and all(note.detail == _ALONE for _, note in pairs)
        yield lesson(
            when=when,
            do=f"{do} {_UNHEARD}" if is_unheard else f"{do} {_THERE_IS}" if is_never_right else do,
            because=found.words(what),
            polarity="success",
            pattern=KIND,
            evidence=quotes_of(sorted(pairs, key=lambda pair: key == "nothing" and not _shows_nothing(pair[1]))),
            trajectories=(run.piece.trajectory for run in ending),
        )


def _shows_nothing(note: Note) -> bool:
    """Return whether the quote of *note*, the end of the answer, contains the words that there is none."""
    return any(_NOTHING.search(quote.text) is not None for quote in note.quotes)


def _asks(tail: str, piece: Slice) -> bool:
    """Return whether the last sentence is a question about the request, and not a courtesy at the end of any work."""
    if not tail.endswith("?"):
        return False
    asked = content(re.split(r"[.!?\n]\s", tail)[-1])
    return len(asked & content(piece.request or "")) >= LEAST_SHARED


def _is_of_one_model(ending: Sequence[Run], labelled: Sequence[Run]) -> bool:
    """Return whether only one of several models has this ending, which is then a habit of the model."""
    models = {run.piece.trajectory.model for run in ending}
    return len(models) == 1 and len({run.piece.trajectory.model for run in labelled}) > 1


def _is_worse_within_tasks(ending: Sequence[Run], labelled: Sequence[Run]) -> bool:
    """Return whether runs with this ending fail more often than other runs of the same tasks.

    A task that every run fails ends in many ways, and none of them is the cause.
    """
    ids = {run.piece.trajectory.id for run in ending}
    tables = []
    for group in mixed(labelled).values():
        cells = [0, 0, 0, 0]
        for run in group:
            cells[(0 if run.piece.trajectory.id in ids else 1) + (0 if run.succeeded else 2)] += 1
        if cells[0] + cells[2] and cells[1] + cells[3]:
            tables.append(cells)
    return bool(tables) and mantel_haenszel(tables)[1] <= -MIN_Z


def _is_slip(found: Odds) -> bool:
    """Return whether few runs have this ending, and they fail more often than chance explains."""
    is_rare = found.n <= MOST_SHARE * (found.n + found.n_without)
    worse = found.won * found.n_without <= WORSE * found.won_without * found.n
    return found.n >= LEAST_RUNS and is_rare and worse and found.z <= -MIN_Z
