"""Parts of messages in undescribed formats, converted to Anthropic's blocks for text, calls and results."""

from t2s_local.formats._dialects.blocks import content_text, json_text
from t2s_local.records.json import Record, first_string, objects, word

TEXT_KEYS = (
    *("content", "text", "value", "message", "parts", "body", "output", "result", "response", "data", "tool_return"),
    "finalText",
)
ARGUMENT_KEYS = ("arguments", "args", "input", "parameters", "params", "action_input", "kwargs")
PART_CALLS = ("toolUse", "functionCall", "function_call")
"""Fields with a call inside a part."""
CALL_TYPES = frozenset({"tool_use", "tool_call", "toolCall", "tool-call"})
_RESULT_TYPES = frozenset({"toolResult", "tool-result", "tool_output", "tool_response", "tool_call_response"})
_PART_RESULTS = ("toolResult", "functionResponse", "function_response")
_IDS = ("toolUseId", "toolCallId", "id", "tool_call_id", "call_id")
_ASKED_BY = ("tool_use_id", "toolUseId", "toolCallId", "tool_call_id", "call_id", "id")
_INNER = ("content", "parts")
_TOLD = ("content", "output", "result", "response", "value", "text")
_RESPONSE = frozenset({"output", "result", "error", "content"})
_MEDIA = ("inlineData", "inline_data", "fileData", "file_data")


def content_of(record: Record) -> object:
    """Return the content of a message, whatever its key, as Anthropic's blocks; None if it has none."""
    return told_in(next((record[key] for key in TEXT_KEYS if record.get(key) is not None), None))


def told_in(content: object) -> object:
    """Return the parts of a message as Anthropic's blocks, also if the parts are in a field of an object."""
    if isinstance(content, dict) and "type" not in content:
        content = next((content[key] for key in _INNER if isinstance(content.get(key), list | str)), content)
    return common_parts(content)


def common_parts(content: object) -> object:
    """Return the parts of a list as Anthropic's blocks; anything else unchanged."""
    if not isinstance(content, list):
        return content
    return [_common(part) if isinstance(part, dict) else part for part in content]


def result_text(told: object) -> str:
    """Return the result of a tool as text; for parts that are results themselves, their content."""
    parts = common_parts(told)
    if isinstance(parts, list):
        parts = [
            part["content"] if isinstance(part, dict) and part.get("type") == "tool_result" else part for part in parts
        ]
    return content_text(parts)


def thoughts_in(told: object) -> list[str]:
    """Return thoughts as texts; for objects with a subject and a description, one text each."""
    described = [[first_string(one, "subject"), first_string(one, "description")] for one in objects(told)]
    texts = [": ".join(filter(None, one)) for one in described if any(one)] or [content_text(told)]
    return [text for text in texts if text]


def _common(part: Record) -> Record:
    """Return a part as an Anthropic block, from the calls and results that Gemini, Bedrock and others write."""
    for key in PART_CALLS:
        if isinstance(inner := part.get(key), dict):
            return _call(inner)
    for key in _PART_RESULTS:
        if isinstance(inner := part.get(key), dict):
            return _response({**inner, **{key: part[key] for key in _IDS if key in part and key not in inner}})
    kind = word(part.get("type"))
    if kind in CALL_TYPES:
        return _call(part)
    if kind in _RESULT_TYPES:
        told = next((part[key] for key in _TOLD if part.get(key) is not None), "")
        failed = part.get("is_error", part.get("isError")) is True or part.get("status") == "error"
        return _result(told, first_string(part, *_ASKED_BY), failed=failed)
    return _uncalled(part)


def _response(inner: Record) -> Record:
    """Return a result of Gemini or Bedrock as a block; an object around a single result is left out."""
    told = inner.get("response", inner.get("content", inner.get("value")))
    failed = inner.get("status") == "error"
    if isinstance(told, dict):
        failed = failed or bool(told.get("error")) or told.get("isError") is True
        told = {key: value for key, value in told.items() if key != "isError"}
        told = told[next(iter(told))] if len(told) == 1 and not told.keys().isdisjoint(_RESPONSE) else told
    return _result(told, first_string(inner, *_IDS), failed=failed)


def _uncalled(part: Record) -> Record:
    """Return a part without a call or a result: a thought, a picture, or text."""
    if part.get("thought") is True:
        return {"type": "thinking", "thinking": part.get("text")}
    return {"type": "image"} if any(key in part for key in _MEDIA) else part


def _call(inner: Record) -> Record:
    arguments: object = next((inner[name] for name in ARGUMENT_KEYS if name in inner), {})
    name = first_string(inner, "name", "toolName", "tool_name")
    return {"type": "tool_use", "id": first_string(inner, *_IDS), "name": name, "input": arguments}


def _result(told: object, identity: str | None, *, failed: bool) -> Record:
    text = told if isinstance(told, list) else json_text(told)
    return {"type": "tool_result", "tool_use_id": identity, "content": text, "is_error": failed}
