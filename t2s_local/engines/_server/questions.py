"""Pure functions that build a question for a server and parse its answer."""

import re
from collections.abc import Mapping
from typing import Literal, cast

from t2s_local.ports.engine import Completion, Finish, Request
from t2s_local.values.value import Value

Shape = Literal["grammar", "schema", "object", "text"]
"""Enforcement of an answer's shape: our grammar, a JSON schema, any JSON object, or none."""
SHAPES: tuple[Shape, ...] = ("grammar", "schema", "object", "text")
_QUIET: Mapping[str, object] = {
    "chat_template_kwargs": {"enable_thinking": False, "thinking": False, "reasoning_effort": "low"},
}
"""Fields that switch reasoning off on servers that pass them to the template: llama-server, vLLM, SGLang."""
THOUGHT_TOKENS = 1024
"""Extra tokens per answer for a model whose reasoning cannot be switched off."""
_THOUGHT = re.compile(
    r"\A\s*(?:<think(?:ing)?>)?(?P<words>.*?)</think(?:ing)?>|\A\s*<think(?:ing)?>(?P<open>.*)\Z", re.DOTALL
)
_MARK = re.compile(
    r"(?P<open><)(?=[|｜]|/?(?:s|bos|eos|pad|unk|think|[a-z]+_of_[a-z]+|[a-z]*tool_[a-z]+)>)|(?<=[|｜])(?P<shut>>)"
    r"|(?P<bracket>\[)(?=/?(?:INST|THINK|[A-Z]+_[A-Z_]+)\])"
)
"""Words of a recording that look like marks of a chat template, in the forms that vocabularies have."""
_FENCED = re.compile(r"\A\s*```[a-z]*\s*\n(.*?)\n?\s*```\s*\Z", re.DOTALL)


class Manner(Value, frozen=True, kw_only=True):
    """Manner of asking a server, determined once before the first question."""

    shape: Shape
    thinks: bool
    """Whether the model reasons before it answers, although it is asked not to."""
    is_quieted: bool
    """Whether the server accepts the fields that switch reasoning off."""


class Reply(Value, frozen=True, kw_only=True):
    """A parsed answer of a server."""

    text: str
    thought: bool
    """Whether the model reasoned before the answer."""
    is_cut: bool
    prompt_tokens: int | None
    generated_tokens: int | None


def body_of(request: Request, *, model: str, manner: Manner) -> dict[str, object]:
    """Return the JSON body that is sent for *request*."""
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
    """Return *text* with a space inside everything that a server could read as a mark of its chat template.

    A server puts the text into the template before it splits it into tokens, so that ``<|im_end|>`` in a recording
    would end the message, and the rest would count as words of the user or the system.
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
    """Return the parsed answer in a server's response; None if there is no answer in it."""
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
    """Return the completion of *request* with the text of *reply*."""
    finish: Finish = "length" if reply.is_cut else "stop"
    return Completion(
        request_id=request.id,
        text=reply.text,
        finish=finish,
        prompt_tokens=reply.prompt_tokens or 0,
        generated_tokens=reply.generated_tokens or 0,
    )


def parked(request: Request, reason: str, *, prompt_tokens: int = 0) -> Completion:
    """Return the completion of a question that is not answered, with the reason."""
    return Completion(
        request_id=request.id,
        text="",
        finish="parked",
        prompt_tokens=prompt_tokens,
        generated_tokens=0,
        reason=reason,
    )


def _unfenced(text: str) -> str:
    """Return *text* without the code fence that a model puts around JSON if no shape is enforced."""
    found = _FENCED.match(text)
    return found[1] if found else text.strip()


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and value >= 0 else None
