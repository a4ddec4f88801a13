"""Conversation from the spans of a trace.

Every call to a model repeats the conversation so far. A step is kept at its first occurrence, in the order of time;
spans of tools add the results that no later call repeats.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from operator import attrgetter
from typing import Literal, NamedTuple

import msgspec

from t2s_local.formats._actions import action_text
from t2s_local.formats._build import answered, called, moment
from t2s_local.formats._traces.memory import MessageMemory
from t2s_local.formats._traces.traced import said, unpacked
from t2s_local.records.json import Record, compact
from t2s_local.values.trajectory import Step

_IN_TIME = attrgetter("start", "kind", "name")
SpanKind = Literal["llm", "tool", "agent", "other"]
SpanWords = tuple[object, object]
"""Input and output: messages of a model, or arguments and result of a tool."""
_Told = tuple[list[Step], list[Step], list[Step]]
"""Steps of a model's system prompt, of its input, and of its answer."""


class Span(NamedTuple):
    """One span, in the same form for every tracing tool."""

    trace: str
    start: float
    """Start time in any unit, the same within a file."""
    kind: SpanKind
    name: str
    words: Callable[[], SpanWords]
    """Function that returns input and output; for most spans it is never called."""
    system: object = None
    call_id: str | None = None
    is_error: bool | None = None
    model: str | None = None
    session: str | None = None
    at: object = None
    """Start time as it was recorded."""
    attributes: Record | None = None
    """Attributes in which session and model are looked up only if no earlier span states them."""


def traces(spans: Iterable[Span]) -> dict[str, list[Span]]:
    """Return the spans by trace, each trace in the order of time."""
    found: dict[str, list[Span]] = {}
    for span in spans:
        found.setdefault(span.trace, []).append(span)
    return {trace: sorted(group, key=_IN_TIME) for trace, group in found.items()}


def span_steps(spans: list[Span], memory: MessageMemory) -> Iterator[Step]:
    """Yield the steps of the spans of one trace; *memory* contains messages of earlier spans of the file."""
    seen: set[tuple[str, ...]] = set()
    asked: dict[tuple[str, str], str] = {}
    told = [_told(span, memory) if span.kind == "llm" else None for span in spans]
    has_models = any(steps is not None and (steps[1] or steps[2]) for steps in told)
    for span, steps in zip(spans, told, strict=True):
        if steps is not None:
            steps = steps[0], _as_asked(steps[1], asked, seen), steps[2]
        at: str | None = None
        for step in _of_one(span, asked, steps, memory, has_models=has_models):
            key = _key(step)
            if key in seen:
                continue
            seen.add(key)
            if step.kind == "tool_call" and step.call_id is not None:
                asked[(step.tool or "", step.text)] = step.call_id
            if step.at is None and (at := at or moment(span.at)) is not None:
                step = msgspec.structs.replace(step, at=at)
            yield step


def _told(span: Span, memory: MessageMemory) -> _Told:
    given, answer = span.words()
    return (
        [] if span.system is None else said(span.system, role="system", memory=memory),
        said(given, role="user", memory=memory),
        said(answer, role="assistant", memory=memory),
    )


def _as_asked(given: list[Step], asked: dict[tuple[str, str], str], seen: set[tuple[str, ...]]) -> list[Step]:
    """Return a model's input with the call ids of the answers that made the calls, since OpenAI's items differ."""
    held = {step.call_id for step in given if step.kind == "tool_call"}
    first: dict[str | None, str] = {}
    for step in given:
        if step.kind == "tool_call" and step.call_id is not None and _key(step) not in seen:
            before = asked.get((step.tool or "", step.text))
            if before is not None and before not in held:
                first[step.call_id] = before
    if not first:
        return given
    return [msgspec.structs.replace(step, call_id=first.get(step.call_id, step.call_id)) for step in given]


def _of_one(
    span: Span, asked: dict[tuple[str, str], str], told: _Told | None, memory: MessageMemory, *, has_models: bool
) -> Iterable[Step]:
    if span.kind == "tool":
        return _tool(span, asked)
    if span.kind == "agent" and not has_models:
        told = _told(span, memory)
    return () if told is None else chain.from_iterable(told)


def _tool(span: Span, asked: dict[tuple[str, str], str]) -> Iterator[Step]:
    given, answer = span.words()
    arguments = unpacked(given)
    call_id = span.call_id or asked.get((span.name, action_text(arguments)))
    identity = call_id or f"{span.name}@{span.start:.0f}"
    yield called(span.name, {} if arguments is None else arguments, call_id=identity)
    told = unpacked(answer)
    if told is not None:
        text = told if isinstance(told, str) else _text_of(told)
        yield answered(text, call_id=identity, tool=span.name, is_error=span.is_error)


def _text_of(told: object) -> str:
    if isinstance(told, dict) and isinstance(told.get("content"), str):
        return str(told["content"])
    return compact(told)


def _key(step: Step) -> tuple[str, ...]:
    """Return a key for the recognition of repeated steps: the call id if there is one, otherwise the text."""
    if step.kind in ("tool_call", "tool_result") and step.call_id is not None:
        return step.kind, step.call_id
    return step.kind, step.tool or "", step.text.strip()
