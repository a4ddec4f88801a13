"""Chat messages in OpenAI's and Anthropic's form as steps."""

from collections.abc import Iterable
from typing import Literal, TypeGuard

from t2s_local.formats._build import answered, called, moment
from t2s_local.formats._dialects.blocks import content_text
from t2s_local.formats._dialects.harness import user_steps
from t2s_local.formats._dialects.react import acted
from t2s_local.records.json import Record, as_object, first_string, objects, string, word
from t2s_local.values.trajectory import Step

__all__ = ["Dialect", "content_text"]

Dialect = Literal["openai", "anthropic"]
_ANTHROPIC_BLOCKS = frozenset(
    {"tool_use", "tool_result", "thinking", "redacted_thinking", "server_tool_use", "web_search_tool_result"}
)
KNOWN_ROLES = frozenset({"system", "developer", "user", "assistant", "tool", "function"})
_RESULT_BLOCKS = frozenset({"tool_result", "web_search_tool_result"})
_CALL_BLOCKS = frozenset({"tool_use", "server_tool_use"})


def dialect(messages: object) -> Dialect | None:
    """Return the dialect of a list of messages, OpenAI's or Anthropic's; None if it is no list of messages."""
    if not is_chat(messages):
        return None
    blocks = {word(block.get("type")) for item in objects(messages) for block in objects(item.get("content"))}
    return "anthropic" if blocks & _ANTHROPIC_BLOCKS else "openai"


def is_chat(messages: object) -> TypeGuard[list[Record]]:
    """Return whether *messages* is a list of at least one message, all with known roles."""
    if not isinstance(messages, list) or not messages:
        return False
    try:
        for item in messages:
            if item["role"] not in KNOWN_ROLES:
                return False
    except (TypeError, KeyError):
        return False
    return True


def is_mostly_chat(messages: object) -> TypeGuard[list[Record]]:
    """Return whether *messages* is a list of messages with roles; the first and at least half of them are known."""
    if not isinstance(messages, list) or not messages or not is_chat(messages[:1]):
        return False
    known = sum(is_chat([item]) for item in messages)
    return 2 * known >= len(messages) and all(isinstance(item, dict) and word(item.get("role")) for item in messages)


def message_steps(messages: Iterable[Record], *, system: object = None) -> list[Step]:
    """Return the steps of a conversation; the line of a step is the number of its message.

    Args:
        messages: In either dialect.
        system: The system prompt, if it is stored beside the messages.
    """
    steps = [Step(kind="system", text=text)] if (text := content_text(system)) else []
    for number, message in enumerate(messages, 1):
        steps += one_message(message, line=number)
    return acted(steps)


def one_message(message: Record, *, line: int | None = None) -> list[Step]:
    """Return the steps of one message; [] if its role is unknown, so that no foreign words count as the user's."""
    role = message.get("role")
    if len(message) == 2 and isinstance(text := message.get("content"), str):
        return _plain(role, text, line)
    at = message.get("timestamp") or message.get("created_at") or message.get("ts")
    if at is not None:
        at = moment(at)
    if role == "assistant":
        return _assistant(message, at=at, line=line)
    if role == "tool" or role == "function":
        return [_tool_message(message, at=at, line=line)]
    if role == "system" or role == "developer":
        text = content_text(message.get("content"))
        return [Step(kind="system", text=text, at=at, line=line)] if text else []
    return user_blocks(message.get("content"), at=at, line=line) if role == "user" or role is None else []


def _plain(role: object, text: str, line: int | None) -> list[Step]:
    """Return the steps of a message that consists of a role and a text."""
    if role == "user":
        return user_steps(text, line=line)
    if role == "assistant":
        return [Step(kind="assistant", text=text, line=line)] if text and not text.isspace() else []
    if role == "system" or role == "developer":
        return [Step(kind="system", text=text, line=line)] if text else []
    if role is None:
        return user_steps(text, line=line)
    return [answered(text, line=line)] if role == "tool" or role == "function" else []


def _tool_message(message: Record, *, at: str | None, line: int | None) -> Step:
    error, is_error, content = message.get("error"), message.get("is_error"), message.get("content")
    text = content if isinstance(content, str) else content_text(content)
    return answered(
        text or string(as_object(error).get("message")) or string(error) or "",
        call_id=string(message.get("tool_call_id")) or string(message.get("call_id")),
        tool=string(message.get("name")),
        is_error=is_error if isinstance(is_error, bool) else (True if error else None),
        at=at,
        line=line,
    )


def _assistant(message: Record, *, at: str | None, line: int | None) -> list[Step]:
    content = message.get("content")
    steps = [] if content is None else assistant_blocks(content, at=at, line=line)
    if (reasoned := message.get("reasoning_content") or message.get("reasoning")) and (
        thought := content_text(reasoned)
    ):
        steps.insert(0, Step(kind="thought", text=thought, at=at, line=line))
    if calls := message.get("tool_calls"):
        steps += [_call(call, at=at, line=line) for call in objects(calls)]
    if old := as_object(message.get("function_call")):
        steps.append(called(string(old.get("name")), old.get("arguments"), at=at, line=line))
    return steps


def _call(call: Record, *, at: str | None, line: int | None) -> Step:
    function = call.get("function")
    inner = function if isinstance(function, dict) else call
    name = function if isinstance(function, str) else string(inner.get("name"))
    arguments: object = inner.get("arguments")
    if arguments is None:
        arguments = next((inner[key] for key in ("arguments", "args", "input") if key in inner), {})
    identity = string(call.get("id")) or first_string(call, "tool_call_id", "call_id")
    return called(name, arguments, call_id=identity, at=at, line=line)


def assistant_blocks(content: object, *, at: str | None = None, line: int | None = None) -> list[Step]:
    """Return the steps of an assistant's content: text, thoughts and tool calls, in order."""
    if content is None or isinstance(content, str):
        step = _said(content or "", at, line)
        return [] if step is None else [step]
    steps: list[Step] = []
    for block in content if isinstance(content, list) else (content,):
        if isinstance(block, dict) and (kind := block.get("type")) != "text":
            step = _block_step(block, word(kind), at, line)
        else:
            step = _said(content_text(block), at, line)
        if step is not None:
            steps.append(step)
    return steps


def _said(text: str, at: str | None, line: int | None) -> Step | None:
    return Step(kind="assistant", text=text, at=at, line=line) if text and not text.isspace() else None


def _block_step(block: Record, kind: str | None, at: str | None, line: int | None) -> Step | None:
    if kind in _CALL_BLOCKS:
        name, identity = string(block.get("name")), string(block.get("id"))
        return called(name, block.get("input") or {}, call_id=identity, at=at, line=line)
    if kind in _RESULT_BLOCKS:
        return result_block(block, at=at, line=line)
    if kind == "thinking" or kind == "reasoning":
        thought = first_string(block, "thinking", "text", "reasoning")
        return Step(kind="thought", text=thought, at=at, line=line) if thought else None
    return _said(content_text(block), at, line)


def user_blocks(content: object, *, at: str | None = None, line: int | None = None) -> list[Step]:
    """Return the steps of a user's message: the user's words, text added by the harness, and tool results."""
    if not isinstance(content, list):
        return user_steps(content_text(content), at=at, line=line)
    steps: list[Step] = []
    for block in content:
        if isinstance(block, dict) and word(block.get("type")) in _RESULT_BLOCKS:
            steps.append(result_block(block, at=at, line=line))
        else:
            steps += user_steps(content_text(block), at=at, line=line)
    return steps


def result_block(block: Record, *, at: str | None = None, line: int | None = None) -> Step:
    """Return the step of a ``tool_result`` block; ``is_error`` defaults to False, as in the API."""
    return answered(
        content_text(block.get("content")),
        call_id=string(block.get("tool_use_id")),
        is_error=block.get("is_error") is True,
        at=at,
        line=line,
    )
