"""Steps from objects whose format nobody described: by the names that people give to roles, texts and calls."""

from collections.abc import Iterator
from typing import Literal

import msgspec

from t2s_local.formats._build import answered, called, moment
from t2s_local.formats._dialects.harness import user_steps
from t2s_local.formats._dialects.message_parts import (
    ARGUMENT_KEYS,
    CALL_TYPES,
    PART_CALLS,
    TEXT_KEYS,
    content_of,
    result_text,
    thoughts_in,
)
from t2s_local.formats._dialects.messages import assistant_blocks, content_text, user_blocks
from t2s_local.formats._dialects.openhands import event_steps
from t2s_local.formats._dialects.react import executed
from t2s_local.records.json import Record, as_object, compact, decode_text, first_string, objects, word
from t2s_local.values.trajectory import Step

Role = Literal["system", "user", "agent", "thought", "call", "result"]

ROLE_KEYS = ("role", "from", "source", "sender", "speaker", "author", "message_type", "type", "kind")
_CALL_LISTS = ("tool_calls", "toolCalls", "calls", "function_calls", "tool_uses")
_CALL_KEYS = ("tool_call", "toolCall", "call")
_NAME_KEYS = ("name", "tool_name", "function_name", "toolName", "tool", "function")
_ID_KEYS = ("tool_call_id", "call_id", "tool_use_id", "toolCallId", "callID", "source_call_id", "id")
_TIME_KEYS = ("timestamp", "created_at", "time", "ts", "date", "at")
_EXIT_KEYS = ("exit_code", "exitCode", "returncode")
_THOUGHT_KEYS = ("reasoning_content", "reasoning", "thought", "thinking", "thoughts")
_INNER_KEYS = ("message", "payload", "data", "item", "event")
_WORDS: dict[str, Role] = {
    **dict.fromkeys(("system", "developer", "system_prompt", "system_message"), "system"),
    **dict.fromkeys(("user", "human", "customer", "user_message", "user.message", "input_text"), "user"),
    **dict.fromkeys(("question", "user_input"), "user"),
    **dict.fromkeys(("assistant", "ai", "gpt", "model", "agent", "bot", "gemini", "chatgpt", "llm"), "agent"),
    **dict.fromkeys(("assistant_message", "assistant.message", "agent_message", "output_text", "completion"), "agent"),
    **dict.fromkeys(("thought", "thinking", "reasoning", "reasoning_message", "agent_reasoning"), "thought"),
    **dict.fromkeys(("tool_call", "function_call", "tool_use", "tool_call_message", "action", "toolcall"), "call"),
    **dict.fromkeys(("tool", "function", "observation", "tool_result", "toolresult", "environment", "env"), "result"),
    **dict.fromkeys(
        ("function_call_output", "tool_return_message", "tool_output", "ipython", "function_response"), "result"
    ),
}


def role_of(record: Record) -> Role | None:
    """What part an object plays, by the first of its fields that names one; None where none does."""
    for key in ROLE_KEYS:
        value = record.get(key)
        if isinstance(value, str) and (role := _WORDS.get(value.strip().lower())):
            return role
    if "action" in record and "observation" in record:
        return "call"
    if isinstance(record.get("action"), str) and "args" in record:
        return "call"
    if isinstance(record.get("observation"), str) and "content" in record:
        return "result"
    return None


def unwrapped(record: Record) -> Record:
    """The message inside an envelope, with the envelope's time; the object itself where it is none."""
    for key in _INNER_KEYS:
        inner = record.get(key)
        if isinstance(inner, dict) and role_of(inner) is not None and has_text(inner):
            return {**{name: record[name] for name in _TIME_KEYS if name in record}, **inner}
    return record


def has_text(record: Record) -> bool:
    """Whether an object holds something said or done."""
    names = (*TEXT_KEYS, *_CALL_LISTS, *ARGUMENT_KEYS, "observation", "thought", "summary")
    return any(key in record for key in names)


def has_call(record: Record) -> bool:
    """Whether a message holds the call of a tool as such."""
    if any(record.get(key) for key in (*_CALL_LISTS, *_CALL_KEYS, "function_call")):
        return True
    parts = objects(record.get("content")) + objects(record.get("parts"))
    return any(word(part.get("type")) in CALL_TYPES or any(key in part for key in PART_CALLS) for part in parts)


def is_step(record: Record) -> bool:
    """Whether an object looks like one message or one event of a conversation."""
    inner = unwrapped(record)
    return role_of(inner) is not None and has_text(inner)


def loose_steps(record: Record, *, line: int | None = None) -> Iterator[Step]:
    """Steps of one message or event."""
    record = unwrapped(record)
    at = moment(next((record[key] for key in _TIME_KEYS if key in record), None))
    if "action" in record and "observation" in record and not isinstance(record["observation"], dict):
        yield from _turn(record, at, line)
    elif isinstance(record.get("action"), str) or isinstance(record.get("observation"), str):
        yield from (msgspec.structs.replace(step, line=line) for step in event_steps([record]))
    elif (role := role_of(record)) is not None:
        yield from _message(record, role, at, line)


def _message(record: Record, role: Role, at: str | None, line: int | None) -> Iterator[Step]:
    if role == "call":
        yield _call(record, at, line)
    elif role == "result":
        yield _result(record, at, line)
    elif role == "agent":
        yield from _agent(record, at, line)
    elif role == "user":
        yield from user_blocks(content_of(record), at=at, line=line)
    else:
        content = content_of(record)
        text = content_text(content if role == "system" else content or record.get("summary") or record.get("thinking"))
        if text.strip():
            yield Step(kind=role, text=text, at=at, line=line)


def _turn(record: Record, at: str | None, line: int | None) -> Iterator[Step]:
    """One object for a thought, the action it led to and what was observed."""
    if thought := content_text(record.get("thought")):
        yield Step(kind="thought", text=thought, at=at, line=line)
    action = record["action"]
    if isinstance(action, dict):
        yield _call(action, at, line)
    elif action:
        text = executed(action) if isinstance(action, str) else action
        yield called(first_string(record, "tool", "tool_name"), text, at=at, line=line)
    if action:
        seen = record["observation"]
        yield answered(seen if isinstance(seen, str) else compact(seen), at=at, line=line)
    elif text := content_text(record["observation"]):
        yield from user_steps(text, at=at, line=line)


def _agent(record: Record, at: str | None, line: int | None) -> Iterator[Step]:
    for text in thoughts_in(next((record[key] for key in _THOUGHT_KEYS if record.get(key)), None)):
        yield Step(kind="thought", text=text, at=at, line=line)
    yield from assistant_blocks(content_of(record), at=at, line=line)
    for key in _CALL_LISTS:
        for call in objects(record.get(key)):
            yield _call(call, at, line)
            if (result := call.get("result", call.get("output"))) is not None:
                yield answered(result_text(result), call_id=first_string(call, *_ID_KEYS), at=at, line=line)
    if old := as_object(record.get("function_call")):
        yield _call(old, at, line)
    for result in objects(as_object(record.get("observation")).get("results")):
        yield _result(result, at, line)


def _call(record: Record, at: str | None, line: int | None) -> Step:
    record = next((record[key] for key in _CALL_KEYS if isinstance(record.get(key), dict)), record)
    function = record.get("function")
    inner = {**record, **function} if isinstance(function, dict) else record
    arguments: object = next((inner[key] for key in ARGUMENT_KEYS if inner.get(key) is not None), None)
    if arguments is None:
        arguments = {key: value for key, value in inner.items() if key not in (*_NAME_KEYS, *_ID_KEYS, *ROLE_KEYS)}
    return called(
        first_string(inner, *_NAME_KEYS), arguments, call_id=first_string(record, *_ID_KEYS), at=at, line=line
    )


def _result(record: Record, at: str | None, line: int | None) -> Step:
    inner = decode_text(str(record.get("output"))) if isinstance(record.get("output"), str) else None
    code = as_object(as_object(inner).get("metadata")).get("exit_code")
    error = record.get("is_error", record.get("isError"))
    content = content_of(record)
    if code is None:
        holders = (record, as_object(content))
        code = next((one[key] for one in holders for key in _EXIT_KEYS if one.get(key) is not None), None)
    return answered(
        compact(content) if isinstance(content, dict) and "type" not in content else content_text(content),
        call_id=first_string(record, *_ID_KEYS),
        tool=first_string(record, *_NAME_KEYS[:4]),
        is_error=error if isinstance(error, bool) else (True if record.get("error") else None),
        exit_code=code if isinstance(code, int) and not isinstance(code, bool) else None,
        at=at,
        line=line,
    )
