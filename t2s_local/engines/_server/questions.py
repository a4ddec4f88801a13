"""A question as a server is asked it, and its answer as it is read: pure functions."""

import re
from collections.abc import Mapping
from typing import Literal, cast

from t2s_local.ports.engine import Completion, Finish, Request
from t2s_local.values.value import Value

Shape = Literal["grammar", "schema", "object", "text"]
"""How an answer is held to its shape: by our grammar, by a JSON schema, to any JSON object, or by nothing."""
SHAPES: tuple[Shape, ...] = ("grammar", "schema", "object", "text")
_QUIET: Mapping[str, object] = {
    "chat_template_kwargs": {"enable_thinking": False, "thinking": False, "reasoning_effort": "low"},
}
"""Switches reasoning off where a server hands this on to the template: llama-server, vLLM, SGLang."""
THOUGHT_TOKENS = 1024
"""Tokens a model that cannot be kept from thinking may think before each answer."""
_THOUGHT = re.compile(
    r"\A\s*(?:<think(?:ing)?>)?(?P<words>.*?)</think(?:ing)?>|\A\s*<think(?:ing)?>(?P<open>.*)\Z", re.DOTALL
)
_MARK = re.compile(
    r"(?P<open><)(?=[|｜]|/?(?:s|bos|eos|pad|unk|think|[a-z]+_of_[a-z]+|[a-z]*tool_[a-z]+)>)|(?<=[|｜])(?P<shut>>)"
    r"|(?P<bracket>\[)(?=/?(?:INST|THINK|[A-Z]+_[A-Z_]+)\])"
)
"""Where words of a recording look like the marks of a chat template, in the shapes that vocabularies have."""
_FENCED = re.compile(r"\A\s*```[a-z]*\s*\n(.*?)\n?\s*```\s*\Z", re.DOTALL)


class Manner(Value, frozen=True, kw_only=True):
    """How a server is asked: found out once, before the first question."""

    shape: Shape
    thinks: bool
    """Whether the model thinks before it answers, although it is told not to."""
    is_quieted: bool
    """Whether the server takes the request not to think."""


class Reply(Value, frozen=True, kw_only=True):
    """An answer of a server, taken apart."""

    text: str
    thought: bool
    """Whether anything was thought before it."""
    is_cut: bool
    prompt_tokens: int | None
    generated_tokens: int | None


def body_of(request: Request, *, model: str, manner: Manner) -> dict[str, object]:
    """Return what a server is sent for *request*."""
    system = [{"role": "system", "content": harmless(request.prefix)}] if request.prefix else []
    body: dict[str, object] = {
        "model": model,
        "messages": [*system, {"role": "user", "content": harmless(request.prompt)}],
        "max_tokens": request.max_tokens + (THOUGHT_TOKENS if manner.thinks else 0),
        "temperature": request.temperature,
        "seed": request.seed & 0x7FFFFFFF,
        "stream": False,
    }
    if manner.is_quieted:
        body |= _QUIET
    return body | _shape(request, manner.shape)


def harmless(text: str) -> str:
    """Return *text* with a space in whatever a server could read as a mark of its chat template.

    A server puts the words into the template before it reads tokens, so that ``<|im_end|>`` in a recording would end
    them and let the rest speak as the user or the system.
    """
    return _MARK.sub(lambda found: f" {found[0]}" if found["shut"] else f"{found[0]} ", text)


def _shape(request: Request, shape: Shape) -> dict[str, object]:
    if request.grammar is not None and shape == "grammar":
        return {"grammar": f"%llguidance {{}}\n{request.grammar}"}
    if request.schema is None or shape == "text":
        return {}
    if shape == "object":
        return {"response_format": {"type": "json_object"}}
    wanted = {"name": "answer", "strict": False, "schema": request.schema}
    return {"response_format": {"type": "json_schema", "json_schema": wanted}}


def read_reply(found: object) -> Reply | None:
    """Return the answer in what a server sent; None where there is none in it."""
    fields = cast("dict[str, object]", found) if isinstance(found, dict) else {}
    choices = fields.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], dict) else None
    message = choice.get("message") if choice is not None else None
    if choice is None or not isinstance(message, dict):
        return None
    said = message.get("content") or ""
    thought = message.get("reasoning_content") or message.get("reasoning") or ""
    if not isinstance(said, str):
        return None
    opened = _THOUGHT.match(said)
    if opened is not None:
        thought = f"{thought}{opened['words'] or opened['open'] or ''}"
    usage = fields.get("usage")
    usage = usage if isinstance(usage, dict) else {}
    return Reply(
        text=_unfenced(said if opened is None else said[opened.end() :]),
        thought=bool(str(thought).strip()),
        is_cut=choice.get("finish_reason") == "length",
        prompt_tokens=_number(usage.get("prompt_tokens")),
        generated_tokens=_number(usage.get("completion_tokens")),
    )


def completion_of(request: Request, reply: Reply) -> Completion:
    """Return the answer to *request*."""
    finish: Finish = "length" if reply.is_cut else "stop"
    return Completion(
        request_id=request.id,
        text=reply.text,
        finish=finish,
        prompt_tokens=reply.prompt_tokens or 0,
        generated_tokens=reply.generated_tokens or 0,
    )


def parked(request: Request, reason: str, *, prompt_tokens: int = 0) -> Completion:
    """Return the completion of a question that is not answered, and why."""
    return Completion(
        request_id=request.id,
        text="",
        finish="parked",
        prompt_tokens=prompt_tokens,
        generated_tokens=0,
        reason=reason,
    )


def _unfenced(text: str) -> str:
    """*text* without the fence that a model puts around JSON where nothing holds it to a shape."""
    found = _FENCED.match(text)
    return found[1] if found else text.strip()


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and value >= 0 else None
