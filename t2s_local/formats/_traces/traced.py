"""Messages that tracing tools record for a call to a model, in the form of the library that was traced."""

from collections.abc import Iterator

from t2s_local.formats._build import answered, called
from t2s_local.formats._dialects.gemini import part_steps
from t2s_local.formats._dialects.harness import user_steps
from t2s_local.formats._dialects.messages import KNOWN_ROLES, assistant_blocks, content_text, one_message
from t2s_local.formats._dialects.response_items import is_item, item_steps
from t2s_local.formats._traces.memory import MessageMemory, TracedMessage
from t2s_local.records.json import Record, as_object, compact, decode_text, first_string, objects, word
from t2s_local.values.trajectory import Step

_LANGCHAIN = {
    "human": "user",
    "ai": "assistant",
    "tool": "tool",
    "system": "system",
    "function": "tool",
    "chat": "user",
}
_ROLES = {"model": "assistant", "ai": "assistant", "human": "user"}
_CLASSES = (("Human", "human"), ("AI", "ai"), ("Tool", "tool"), ("System", "system"), ("Function", "tool"))
_HOLDERS = (
    *("messages", "input_messages", "output_messages", "contents", "choices", "output", "candidates", "generations"),
    *("prompt", "query", "question", "input", "content", "text", "response", "answer", "result", "task"),
)
"""Fields with messages or text, lists of messages first."""
_RENDERED = ("role='", "developer: ", "system: ")
"""Beginnings of printed message objects; no user writes such text."""
_CAMEL = {"function_call": "functionCall", "function_response": "functionResponse"}
_DEPTH = 6


def unpacked(value: object) -> object:
    """Return *value* decoded as long as it is JSON inside a string, at most three times."""
    for _ in range(3):
        if not isinstance(value, str) or value[:1] not in '[{"':
            break
        decoded = decode_text(value)
        if decoded is None:
            break
        value = decoded
    return value


def said(value: object, *, role: str, memory: MessageMemory, depth: int = 0) -> list[Step]:
    """Return the steps of a recorded input or output.

    Args:
        value: The recorded value.
        role: Role of messages that have none.
        memory: Messages read before; also counts attributes that are cut off.
        depth: Levels of objects and lists around *value*.
    """
    if isinstance(value, TracedMessage):
        return value.steps(role, lambda inner, by: said(inner, role=by, memory=memory, depth=depth))
    if isinstance(value, str) and value[:1] in ("[", "{", '"'):
        value = (memory.messages(value) if value[:1] == "[" else None) or unpacked(value)
    if isinstance(value, str):
        whole = memory.whole_part(value)
        if whole is None:
            return _words(value, role)
        value = whole
    if isinstance(value, dict):
        return _object(value, role, memory, depth)
    if not isinstance(value, list) or depth >= _DEPTH:
        return []
    steps: list[Step] = []
    for item in value:
        steps += said(item, role=role, memory=memory, depth=depth + 1)
    return steps


def _words(text: str, role: str) -> list[Step]:
    if role == "user":
        return [Step(kind="system", text=text)] if text.startswith(_RENDERED) else user_steps(text)
    if text.isspace() or text in ("", "None"):
        return []
    return [Step(kind="assistant" if role == "assistant" else "system", text=text)]


def _object(value: Record, role: str, memory: MessageMemory, depth: int) -> list[Step]:
    message = _as_message(value)
    if message is not None:
        return _message(message)
    if "toolCallId" in value and "toolName" in value:
        return [_vercel(value)]
    if depth >= _DEPTH:
        return []
    for key in ("message", "content"):
        if isinstance(value.get(key), dict):
            return said(value[key], role=role, memory=memory, depth=depth + 1)
    system = value.get(
        "system_instruction", as_object(value.get("config")).get("system_instruction", value.get("system"))
    )
    steps = [] if system is None else said(system, role="system", memory=memory, depth=depth + 1)
    for key in _HOLDERS:
        if value.get(key):
            return steps + said(value[key], role=role, memory=memory, depth=depth + 1)
    return steps


def _as_message(value: Record) -> Record | None:
    """Return *value* as a message with a role, in the form of any known library; None if it is no message."""
    if "kwargs" in value and isinstance(value.get("id"), list) and value["id"]:
        name = str(value["id"][-1])
        kind = next((kind for prefix, kind in _CLASSES if name.startswith(prefix)), None)
        return None if kind is None else {"role": _LANGCHAIN[kind], **_without_role(as_object(value["kwargs"]))}
    kind = value.get("type")
    if kind is None and "type" not in value:
        return _with_role(value)
    if word(kind) in _LANGCHAIN and ("content" in value or "data" in value):
        inner = as_object(value.get("data")) or value
        return {"role": _LANGCHAIN[value["type"]], **_without_role(inner)}
    return value if kind != "message" and is_item(value) else _with_role(value)


def _with_role(value: Record) -> Record | None:
    if value.get("role") == "tool" and as_object(value.get("content")).get("type") == "function":
        return {"role": "tool definition"}
    return value if isinstance(value.get("role"), str) and value.keys() & {"content", "parts", "tool_calls"} else None


def _without_role(value: Record) -> Record:
    return {key: item for key, item in value.items() if key not in ("role", "type")}


def _message(message: Record) -> list[Step]:
    role = message.get("role")
    if "role" not in message:
        return list(item_steps(message))
    if role == "tool definition":
        return []
    parts = objects(unpacked(message["parts"])) if "parts" in message else []
    if parts and any("content" in part or "type" in part for part in parts):
        return [step for part in parts for step in _part(part, str(role))]
    if parts:
        return list(part_steps({"role": role, "parts": [_camel(part) for part in parts]}))
    calls = message.get("tool_calls") or as_object(message.get("additional_kwargs")).get("tool_calls")
    role = _ROLES.get(message["role"], role)
    role = role if role in KNOWN_ROLES else "system"
    return one_message({**message, "role": role, "tool_calls": calls, "timestamp": None})


def _camel(part: Record) -> Record:
    """Return a Gemini part with Python's field names under the names of the HTTP interface."""
    return {_CAMEL.get(key, key): value for key, value in part.items()}


def _part(part: Record, role: str) -> Iterator[Step]:
    """Yield the steps of a message part in the form of the conventions for GenAI spans."""
    kind, identity = part.get("type"), first_string(part, "id")
    if kind == "tool_call":
        yield called(first_string(part, "name"), part.get("arguments") or {}, call_id=identity)
    elif kind == "tool_call_response":
        told = unpacked(part.get("response", part.get("result", part.get("content"))))
        yield answered(told if isinstance(told, str) else _told(told), call_id=identity)
    elif kind in ("reasoning", "thinking"):
        yield Step(kind="thought", text=content_text(part.get("content")))
    elif text := content_text(part.get("content", part.get("text"))):
        yield from (
            user_steps(text)
            if role == "user"
            else assistant_blocks(text)
            if role != "system"
            else [Step(kind="system", text=text)]
        )


def _told(value: object) -> str:
    inner = as_object(value)
    result = inner.get("result", inner.get("output"))
    return result if isinstance(result, str) else compact(value)


def _vercel(value: Record) -> Step:
    identity, name = first_string(value, "toolCallId"), first_string(value, "toolName")
    if "result" in value or "output" in value:
        told = unpacked(value.get("output", value.get("result")))
        return answered(told if isinstance(told, str) else compact(told), call_id=identity, tool=name)
    return called(name, value.get("input", value.get("args")) or {}, call_id=identity)
