"""Corrections: where a user put the agent right, in the user's own words."""

import re
from collections.abc import Iterator, Sequence

from t2s_local.analysts._events import Event
from t2s_local.analysts._lessons import lesson, quote
from t2s_local.text.dialogue import is_correction
from t2s_local.text.text import clip, first_line, quoted, squeeze, words
from t2s_local.values.lesson import Lesson, Refusal
from t2s_local.values.trajectory import Slice

_DIRECTIVE = re.compile(
    r"\b(?:instead|don'?t|do not|never|always|should(?:n'?t)?|must|prefer|avoid|rather|not|without|only|just|"
    r"we (?:use|want|need|have|always|never)|please|could (?:we|you)|can (?:we|you)|"
    r"let'?s|use|keep|remove|rename|stop)\b",
    re.IGNORECASE,
)
_ABOUT_ONESELF = re.compile(
    r"^(?:(?:but|and|so|sorry|hmm?|well|oh|ok(?:ay)?|unfortunately|actually)[,\s]+)*(?:i|i'm|i've|i'd|i'll|my|it'?s)\b"
    r"(?!\s+(?:said|meant|asked|told|want|need|think|would))",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_ANAPHORA = re.compile(r"^(?:no|yes|ok|stop|wait|undo|revert)(?: (?:it|that|this))?[.!]*$", re.IGNORECASE)
_MIN_WORDS = 4


def corrections(piece: Slice, events: Sequence[Event]) -> Iterator[Lesson | Refusal]:
    """One lesson for every time the user of *piece* corrected what the agent had just done."""
    run = piece.trajectory
    for index in range(piece.start + 1, piece.stop):
        step = run.steps[index]
        if step.kind != "user" or not is_correction(step.text) or not _agent_acted(piece, index):
            continue
        if run.task_id is not None:
            yield Refusal(reason="correction that is part of a scripted task")
            continue
        order = directive(step.text)
        if order is None:
            yield Refusal(reason="correction without a directive", detail=clip(squeeze(step.text), 80))
            continue
        yield _lesson(piece, index, order, events)


def _agent_acted(piece: Slice, index: int) -> bool:
    """Whether the agent did something since the user spoke last: a correction is about an action."""
    for step in reversed(piece.trajectory.steps[piece.start : index]):
        if step.kind == "tool_call":
            return True
        if step.kind == "user":
            return False
    return False


def directive(text: str) -> str | None:
    """The sentence of *text* that says most plainly what to do, verbatim; None where none does."""
    best: tuple[int, str] | None = None
    for sentence in _SENTENCE.split(text[:2000]):
        said = sentence.strip().strip("-*> ")
        if _ANAPHORA.match(said) or _ABOUT_ONESELF.match(said) or not _MIN_WORDS <= len(words(said)) <= 60:
            continue
        if not is_correction(said):
            continue
        weight = len(_DIRECTIVE.findall(said))
        if weight and (best is None or weight > best[0]):
            best = (weight, said)
    return None if best is None else best[1]


def _lesson(piece: Slice, index: int, order: str, events: Sequence[Event]) -> Lesson:
    run = piece.trajectory
    done = [event for event in events if event.call < index]
    asked = first_line(piece.request or "", limit=140)
    quotes = [quote(piece, index, order, role="correction")]
    tools = []
    if done:
        last = done[-1]
        quotes.append(quote(piece, last.call, last.action, role="action"))
        tools.append(last.tool)
    when = f"the task is {quoted(asked)}" if asked else f"after `{done[-1].head}`" if done else "in this project"
    return lesson(
        when=when,
        do=f"Follow what the user said: {quoted(clip(squeeze(order), 220))}",
        because="the user corrected the agent with these words",
        polarity="correction",
        pattern="correction",
        evidence=quotes,
        trajectories=(run,),
        tools=tools,
    )
