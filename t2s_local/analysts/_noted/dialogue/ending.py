"""Ends of runs: an answer before any call, a question, a call that was only written as text."""

import re
from collections.abc import Iterator, Sequence

from t2s_local.analysts._lessons import lesson, quote
from t2s_local.analysts._mined.association import MIN_Z
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._noted.counts import Odds, noted, odds, quotes_of, runs_of, tasks_of
from t2s_local.analysts._notes import Note
from t2s_local.text.commands import changes_state
from t2s_local.text.events import Event
from t2s_local.values.lesson import Lesson
from t2s_local.values.trajectory import Slice, TrajectoryId

KIND = "ending"
LEAST_RUNS = 5
WORSE = 0.5
"""Largest ratio of the success rate of runs with an ending to that of the other runs."""
MOST_SHARE = 0.6
"""Largest share of runs with an ending: a more frequent one is how the task is done, not a mistake."""
_CALL = re.compile(
    r"<function[=\s(]|<tool_call>|<invoke\b|<tool_code>|```tool_code|\"(?:name|tool|function)\"\s*:\s*\"(\w+)\"[^}]*\"(?:arguments|parameters|input|args)\"\s*:"
)
_NOTHING = re.compile(
    r"\b(?:no (?:such|matching|record|entr|person|result|file|one|information|data)\w*|none\b|zero\b|0\b"
    r"|not (?:found|exist|listed|available|present)"
    r"|(?:could|can)(?:n[o']t| not) (?:be )?(?:find|found|determine|identif|locat|match)\w*"
    r"|(?:does|do|did)(?:n't| not) (?:exist|appear|have|own|match)"
    r"|unable to (?:find|determine|locate|identify))",
    re.IGNORECASE,
)
_LAST = 350
"""Characters at the end of the last message that are searched for the answer."""


def notes(piece: Slice, events: Sequence[Event]) -> Iterator[Note]:
    """Yield the kinds of ending of the run of *piece*, if it is labelled."""
    run = piece.trajectory
    if run.outcome is None or piece.stop < len(run.steps):
        return
    last = next((at for at in range(piece.stop - 1, piece.start - 1, -1) if run.steps[at].kind == "assistant"), None)
    if last is None or any(event.call > last for event in events):
        return
    said = run.steps[last].text
    tail = said.strip()[-_LAST:]
    words = tail[-160:].strip()
    quotes = (quote(piece, last, words, role="result"),) if words else ()
    called = [event for event in events if event.result is not None]
    changed = any(changes_state(event.tool, event.head) for event in called)
    is_alone = sum(step.kind == "user" for step in run.steps) <= 1
    is_written = _CALL.search(said) is not None
    for key, holds in (
        ("written", is_written),
        ("no call", not called and not is_written),
        ("one call", len(called) == 1),
        ("question", tail.endswith("?") and not changed),
        ("nothing", bool(called) and _NOTHING.search(tail) is not None),
    ):
        if holds and quotes:
            yield Note(kind=KIND, key=key, detail=_ALONE if is_alone else "", quotes=quotes)


_ALONE = "alone"
"""Detail of a run with only one message of the user: nobody would have answered a question."""
_UNHEARD = "Nobody answers: a run that ends with a question is over."
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
    told: list[set[TrajectoryId]] = []
    order = list(_TOLD)
    for key, pairs in sorted(noted(labelled, KIND).items(), key=lambda item: (-len(item[1]), order.index(item[0]))):
        ending = runs_of(pairs)
        found = odds(ending, labelled)
        if found is None or not _is_slip(found) or len(tasks_of(ending)) < LEAST_RUNS:
            continue
        ids = {run.piece.trajectory.id for run in ending}
        if any(len(ids & other) > MOST_SHARE * min(len(ids), len(other)) for other in told):
            continue
        told.append(ids)
        when, do, what = _TOLD[key]
        model = _only_model(ending, labelled)
        is_unheard = key == "question" and all(note.detail == _ALONE for _, note in pairs)
        yield lesson(
            when=f"{when}, and the model is “{model}”" if model else when,
            do=f"{do} {_UNHEARD}" if is_unheard else do,
            because=found.words(what) + ("; no run of another model did" if model else ""),
            polarity="success",
            pattern=KIND,
            evidence=quotes_of(pairs),
            trajectories=(run.piece.trajectory for run in ending),
        )


def _only_model(ending: Sequence[Run], labelled: Sequence[Run]) -> str | None:
    """Return the only model of the runs with this ending if other models have runs too, otherwise None."""
    models = {run.piece.trajectory.model for run in ending}
    others = {run.piece.trajectory.model for run in labelled}
    (model, *more) = sorted(models, key=str)
    return model if not more and len(others) > 1 else None


def _is_slip(found: Odds) -> bool:
    """Return whether few runs have this ending, and they fail more often than chance explains."""
    is_rare = found.n <= MOST_SHARE * (found.n + found.n_without)
    worse = found.won * found.n_without <= WORSE * found.won_without * found.n
    return found.n >= LEAST_RUNS and is_rare and worse and found.z <= -MIN_Z
