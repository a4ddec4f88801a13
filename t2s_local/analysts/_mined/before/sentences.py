"""Sentences of the agent before it acted."""

import re
from collections.abc import Sequence

from t2s_local.analysts._mined.before.records import acts
from t2s_local.text.events import Event
from t2s_local.text.text import mask, squeeze, words
from t2s_local.values.trajectory import Slice

_BREAK = re.compile(r"(?<=[.!?:])\s+|\n+")
_LONGEST = 140
_MIN_WORDS = 4
_MOST = 24
"""Most sentences kept of a run."""


def sentences_of(piece: Slice, events: Sequence[Event]) -> tuple[tuple[int, str], ...]:
    """Return the agent's sentences before its last act in *piece*, with step indices; () for an unlabelled run."""
    acting = [event.call for event in events if acts(event)]
    if not acting or piece.trajectory.outcome is None:
        return ()
    found: list[tuple[int, str]] = []
    for index in range(piece.start, acting[-1]):
        step = piece.trajectory.steps[index]
        if step.kind == "assistant":
            said = (part.strip() for part in _BREAK.split(step.text[:2000]))
            found += [(index, part) for part in said if len(part) <= _LONGEST and len(words(part)) >= _MIN_WORDS]
    return tuple(found[-_MOST:])


def gist(sentence: str) -> str:
    """Return a sentence in a form that recurs: in lower case, with names, numbers and dates masked."""
    return squeeze(mask(sentence)).lower().strip(" .!?:*-")
