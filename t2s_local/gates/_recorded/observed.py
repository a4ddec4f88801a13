"""Recorded runs as the gate looks at them: calls with programs and words, and the kinds of their errors."""

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
"""Characters of a call in which words are looked up."""
_LONGEST_TASK = 200
Call = tuple[str, str | None]
"""A program with its subcommand."""


class ObservedCall(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One call."""

    tool: str
    action: str
    calls: frozenset[Call]
    """Programs that it runs."""
    words: frozenset[str]
    error: str | None
    """Kind of the error it ended with, see :func:`t2s_local.text.messages.error_kind`; None where it did not fail."""


class ObservedRun(msgspec.Struct, frozen=True, kw_only=True):
    """One run, without its texts."""

    id: str
    task: str
    """Its task id, the request where it has none, and the run's own id where it has neither."""
    project: str
    """Name of the project it worked in and its task, in lower case: what a rule about a project is looked up in."""
    calls: tuple[ObservedCall, ...]


def observe(run: Trajectory) -> ObservedRun:
    """Reduce *run* to what rules are looked up in."""
    whole = Slice(id=SliceId(run.id), trajectory=run, start=0, stop=len(run.steps), request=None)
    return ObservedRun(
        id=run.id,
        task=task_of(run),
        project=f"{run.project or ''} {run.task_id or ''}".casefold(),
        calls=tuple(map(_call, events_of(whole))),
    )


def task_of(run: Trajectory) -> str:
    """Return what names the task of *run*: its id, or the request."""
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
