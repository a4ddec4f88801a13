"""Recorded runs in the form that the gate searches: calls with programs and words, and kinds of errors."""

import re
from functools import lru_cache

import msgspec

from t2s_local.text.events import Event, events_of
from t2s_local.text.lesson_words import runs_in
from t2s_local.text.messages import error_kind
from t2s_local.text.text import normalise
from t2s_local.values.trajectory import Slice, SliceId, Trajectory

WORD = re.compile(r"[\w./@:=+-]+")
_LONGEST = 4_000
"""Largest number of characters of a call that are searched for words."""
_LONGEST_TASK = 200
Call = tuple[str, str | None]
"""A program and its subcommand; None for a program without a subcommand."""


class ObservedCall(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One call of a tool in a run."""

    tool: str
    action: str
    calls: frozenset[Call]
    """Programs that the call runs."""
    words: frozenset[str]
    error: str | None
    """Kind of the call's error, see :func:`t2s_local.text.messages.error_kind`; None if the call did not fail."""


class ObservedRun(msgspec.Struct, frozen=True, kw_only=True):
    """One run, reduced to its calls."""

    id: str
    task: str
    """Task id of the run, else its request, else its own id."""
    project: str
    """Project and task id of the run in lower case; a rule about a project applies if its name occurs here."""
    calls: tuple[ObservedCall, ...]


def observe(run: Trajectory) -> ObservedRun:
    """Return *run* reduced to the data in which rules are looked up."""
    whole = Slice(id=SliceId(run.id), trajectory=run, start=0, stop=len(run.steps), request=None)
    return ObservedRun(
        id=run.id,
        task=task_of(run),
        project=f"{run.project or ''} {run.task_id or ''}".casefold(),
        calls=tuple(map(_call, events_of(whole))),
    )


def task_of(run: Trajectory) -> str:
    """Return the name of the task of *run*: the task id, else the normalised request, else the run's own id."""
    return run.task_id or (normalise(run.task)[:_LONGEST_TASK] if run.task else "") or run.id


def _call(event: Event) -> ObservedCall:
    action = event.action[:_LONGEST]
    return ObservedCall(
        tool=event.tool,
        action=action,
        calls=_programs(action),
        words=_words(action),
        error=error_kind(event.error) if event.error is not None else None,
    )


@lru_cache(maxsize=8192)
def _programs(action: str) -> frozenset[Call]:
    return frozenset((one.program, one.subcommand) for one in runs_in(action))


@lru_cache(maxsize=8192)
def _words(action: str) -> frozenset[str]:
    return frozenset(WORD.findall(action))
