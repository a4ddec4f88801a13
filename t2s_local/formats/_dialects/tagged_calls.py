"""Calls and results between tags inside of texts, as Hermes models write them."""

import re
from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from t2s_local.formats._build import called
from t2s_local.records.json import as_object, decode_text, first_string
from t2s_local.values.trajectory import Step

_CALL = re.compile(r"<tool_call>\s*(.*?)\s*</tool_call>", re.DOTALL)
_RESPONSE = re.compile(r"<tool_response>\s*(.*?)\s*</tool_response>", re.DOTALL)


def tagged_steps(text: str, *, at: str | None = None, line: int | None = None) -> Iterator[Step]:
    """Yield the agent's words and calls, in order."""
    position = 0
    for call in _CALL.finditer(text):
        if said := text[position : call.start()].strip():
            yield Step(kind="assistant", text=said, at=at, line=line)
        inner = as_object(decode_text(call[1]))
        yield called(first_string(inner, "name"), inner.get("arguments", call[1]), at=at, line=line)
        position = call.end()
    if said := text[position:].strip():
        yield Step(kind="assistant", text=said, at=at, line=line)


def response_in(text: str) -> str:
    """Return the result between tags; a text without tags unchanged."""
    inner = _RESPONSE.search(text) if "<tool_response>" in text else None
    return inner[1] if inner else text


def untagged(steps: Iterable[Step]) -> Iterator[Step]:
    """Yield the *steps*, with calls and results between tags as steps of their own."""
    for step in steps:
        if step.kind == "assistant" and "<tool_call>" in step.text:
            yield from tagged_steps(step.text, at=step.at, line=step.line)
        elif step.kind == "tool_result" and "<tool_response>" in step.text:
            yield replace(step, text=response_in(step.text))
        else:
            yield step
