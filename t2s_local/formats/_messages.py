"""Chat messages as OpenAI and Anthropic write them, turned into steps."""

from collections.abc import Iterable, Iterator
from typing import Literal

from t2s_local.formats._build import answered, called, moment
from t2s_local.formats._harness import user_steps
from t2s_local.formats._json import Record, as_object, compact, first_string, objects, string, word
from t2s_local.formats._react import acted
from t2s_local.types import Step

Dialect = Literal["openai", "anthropic"]
_ANTHROPIC_BLOCKS = frozenset(
    {"tool_use", "tool_result", "thinking", "redacted_thinking", "server_tool_use", "web_search_tool_result"}
)
_ROLES = frozenset({"system", "developer", "user", "assistant", "tool", "function"})
_DROPPED_PARTS = frozenset({"image", "image_url", "input_image", "redacted_thinking", "audio", "input_audio", "file"})
_RESULT_BLOCKS = frozenset({"tool_result", "web_search_tool_result"})
_CALL_BLOCKS = frozenset({"tool_use", "server_tool_use"})


def dialect(messages: object) -> Dialect | None:
    """Which of the two a list of messages is written in; None where it is a list of something else."""
    items = objects(messages)
    if not items or not isinstance(messages, list) or len(items) != len(messages):
        return None
    if not all(isinstance(item.get("role"), str) and item["role"] in _ROLES for item in items):
        return None
    blocks = {word(block.get("type")) for item in items for block in objects(item.get("content"))}
    return "anthropic" if blocks & _ANTHROPIC_BLOCKS else "openai"


def content_text(content: object) -> str:
    """The text of a message's content: a string, a part, or a list of parts; images and the like are left out."""
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    if isinstance(content, dict):
        return _part_text(content)
    if isinstance(content, list):
        return "\n".join(text for part in content if (text := content_text(part)))
    return compact(content)


def _part_text(part: Record) -> str:
    kind = word(part.get("type"))
    if isinstance(kind, str) and kind in _DROPPED_PARTS:
        return ""
    text = first_string(part, "text", "refusal", "output_text", "input_text")
    if text is not None:
        return text
    if "content" in part:
        return content_text(part["content"])
    return "" if "text" in part or "data" in part or kind == "thinking" else compact(part)


def message_steps(messages: Iterable[Record], *, system: object = None) -> Iterator[Step]:
    """Steps of a conversation, numbered by message.

    Args:
        messages: In either dialect.
        system: The system prompt, where it stands beside the messages.
    """
    yield from acted(_message_steps(messages, system))


def _message_steps(messages: Iterable[Record], system: object) -> Iterator[Step]:
    if text := content_text(system):
        yield Step(kind="system", text=text)
    for number, message in enumerate(messages, 1):
        yield from one_message(message, line=number)


def one_message(message: Record, *, line: int | None = None) -> Iterator[Step]:
    """Steps of one message."""
    role = word(message.get("role"))
    at = moment(message.get("timestamp") or message.get("created_at") or message.get("ts"))
    if role in ("tool", "function"):
        yield _tool_message(message, at=at, line=line)
    elif role in ("system", "developer"):
        if text := content_text(message.get("content")):
            yield Step(kind="system", text=text, at=at, line=line)
    elif role == "assistant":
        yield from _assistant(message, at=at, line=line)
    else:
        yield from user_blocks(message.get("content"), at=at, line=line)


def _tool_message(message: Record, *, at: str | None, line: int | None) -> Step:
    error = message.get("error")
    is_error = message.get("is_error")
    return answered(
        content_text(message.get("content")) or first_string(as_object(error), "message") or string(error) or "",
        call_id=first_string(message, "tool_call_id", "call_id"),
        tool=first_string(message, "name"),
        is_error=is_error if isinstance(is_error, bool) else (True if error else None),
        at=at,
        line=line,
    )


def _assistant(message: Record, *, at: str | None, line: int | None) -> Iterator[Step]:
    if thought := content_text(message.get("reasoning_content") or message.get("reasoning")):
        yield Step(kind="thought", text=thought, at=at, line=line)
    yield from assistant_blocks(message.get("content"), at=at, line=line)
    for call in objects(message.get("tool_calls")):
        yield _call(call, at=at, line=line)
    if old := as_object(message.get("function_call")):
        yield called(first_string(old, "name"), old.get("arguments"), at=at, line=line)


def _call(call: Record, *, at: str | None, line: int | None) -> Step:
    function = call.get("function")
    inner = function if isinstance(function, dict) else call
    name = function if isinstance(function, str) else first_string(inner, "name")
    arguments: object = next((inner[key] for key in ("arguments", "args", "input") if key in inner), {})
    return called(name, arguments, call_id=first_string(call, "id", "tool_call_id", "call_id"), at=at, line=line)


def assistant_blocks(content: object, *, at: str | None = None, line: int | None = None) -> Iterator[Step]:
    """Steps of what an assistant said: text, thoughts and tool calls, in order."""
    for block in _blocks(content):
        kind = word(block.get("type"))
        if kind in _CALL_BLOCKS:
            name, identity = first_string(block, "name"), first_string(block, "id")
            yield called(name, block.get("input") or {}, call_id=identity, at=at, line=line)
        elif kind in _RESULT_BLOCKS:
            yield result_block(block, at=at, line=line)
        elif kind in ("thinking", "reasoning"):
            if thought := first_string(block, "thinking", "text", "reasoning"):
                yield Step(kind="thought", text=thought, at=at, line=line)
        elif (text := content_text(block)).strip():
            yield Step(kind="assistant", text=text, at=at, line=line)


def _blocks(content: object) -> Iterator[Record]:
    """The parts of a message's content as objects; plain text becomes a part too."""
    for part in content if isinstance(content, list) else [content]:
        yield part if isinstance(part, dict) else {"type": "text", "text": content_text(part)}


def user_blocks(content: object, *, at: str | None = None, line: int | None = None) -> Iterator[Step]:
    """Steps of a user's message: what was said, what the harness added, and tool results."""
    for block in _blocks(content):
        if word(block.get("type")) in _RESULT_BLOCKS:
            yield result_block(block, at=at, line=line)
        else:
            yield from user_steps(content_text(block), at=at, line=line)


def result_block(block: Record, *, at: str | None = None, line: int | None = None) -> Step:
    """The step of a ``tool_result`` block; the API's default for ``is_error`` is false."""
    return answered(
        content_text(block.get("content")),
        call_id=first_string(block, "tool_use_id"),
        is_error=block.get("is_error") is True,
        at=at,
        line=line,
    )
