"""Items of OpenAI's Responses interface, which Codex writes as well, as steps."""

import re
from collections.abc import Iterator

from t2s_local.formats._build import answered, called, nested
from t2s_local.formats._dialects.harness import user_steps
from t2s_local.formats._dialects.messages import assistant_blocks, content_text
from t2s_local.records.json import Record, as_object, decode_text, first_string, objects, string, word
from t2s_local.values.trajectory import Step

_CALLS = frozenset(
    {"function_call", "custom_tool_call", "local_shell_call", "web_search_call", "mcp_call", "computer_call"}
    | {"file_search_call", "code_interpreter_call", "image_generation_call"}
)
_ANSWERS = ("_output", "_result")
_SHELL_FACTS = frozenset({"type", "user"})
"""Fields of a shell action beside the command."""
_STREAMS = ("stdout", "stderr")
_SCRIPT_FAILED = "Script failed"
"""Text with which Codex reports that a cell of code ended with an exception."""
_TOLD_WITHIN = 2000
"""Characters at the start of an output that are searched for the exit code."""
_EXITED = re.compile(r"^Process exited with code (-?\d{1,9})|^Exit code: (-?\d{1,9})", re.MULTILINE)


def is_item(record: Record) -> bool:
    """Return whether an object is an item: a message, a thought, a call or its output."""
    kind = word(record.get("type"))
    if kind in ("message", "reasoning") or kind in _CALLS:
        return "payload" not in record and "messageID" not in record
    return (isinstance(kind, str) and kind.endswith("_call_output")) or (kind is None and "role" in record)


def item_steps(item: Record, *, at: str | None = None, line: int | None = None) -> Iterator[Step]:
    """Yield the steps of one item of OpenAI's Responses interface."""
    kind = word(item.get("type")) or ("message" if "role" in item else None)
    identity = first_string(item, "call_id", "id")
    if kind in ("message", "agent_message"):
        yield from _message(item, at, line)
    elif kind == "reasoning":
        if text := content_text(item.get("summary")) or content_text(item.get("content")):
            yield Step(kind="thought", text=text, at=at, line=line)
    elif kind is not None and kind.endswith("_call"):
        yield _call(item, kind, identity, at, line)
        if item.get("output") is not None or item.get("error") is not None:
            yield _output(item, identity, at, line)
    elif kind is not None and kind.endswith(_ANSWERS):
        yield _output(item, identity, at, line)


def _call(item: Record, kind: str, identity: str | None, at: str | None, line: int | None) -> Step:
    """Return a call; any item whose type ends in ``_call`` is one."""
    arguments: object = next((item[key] for key in ("arguments", "input", "action") if item.get(key) is not None), {})
    if kind == "local_shell_call" and isinstance(arguments, dict):
        arguments = {key: value for key, value in arguments.items() if key not in _SHELL_FACTS}
    function = string(nested(item, "function", "name"))
    name = first_string(item, "name") or function or kind.removesuffix("_call")
    return called(name, arguments, call_id=identity, at=at, line=line)


def _message(item: Record, at: str | None, line: int | None) -> Iterator[Step]:
    role = word(item.get("role"))
    if role == "assistant":
        yield from assistant_blocks(item.get("content"), at=at, line=line)
    elif text := content_text(item.get("content")):
        if role == "user":
            yield from user_steps(text, at=at, line=line)
        else:
            yield Step(kind="system", text=text, at=at, line=line)


def _printed(value: object) -> Record | None:
    """Return the output of the only command that a cell of code ran, as an object with its exit code; else None."""
    texts = [first_string(part, "text") or "" for part in objects(value)]
    found = [as_object(decode_text(text)) for text in texts if '"exit_code"' in text]
    return found[0] if len(found) == 1 and "output" in found[0] else None


def _inner_output(inner: Record, text: str) -> str:
    """Return the output of a command from the object around it; *text* if the object contains none."""
    if "output" in inner:
        return content_text(inner["output"])
    if inner.keys().isdisjoint(_STREAMS):
        return text
    return "\n".join(filter(None, (content_text(inner.get(key)) for key in _STREAMS)))


def _output(item: Record, identity: str | None, at: str | None, line: int | None) -> Step:
    value = item.get("output")
    if value is None:
        value = item.get("result")
    text = content_text(value if value is not None else item.get("error"))
    inner = as_object((_printed(value) if isinstance(value, list) else value) or value)
    if not inner and text[:1] == "{":
        inner = as_object(decode_text(text))
    code: object = None
    if inner:
        code = nested(inner, "metadata", "exit_code")
        code = inner.get("exitCode", inner.get("exit_code")) if code is None else code
        text = _inner_output(inner, text)
    if not isinstance(code, int) and text.find("code", 0, _TOLD_WITHIN) >= 0:
        found = _EXITED.search(text, 0, _TOLD_WITHIN)
        code = int(found[1] or found[2]) if found else None
    succeeded = inner.get("success")
    has_failed = bool(item.get("error")) or text.startswith(_SCRIPT_FAILED)
    return answered(
        text,
        call_id=identity,
        tool=first_string(item, "name"),
        is_error=not succeeded if isinstance(succeeded, bool) else (True if has_failed else None),
        exit_code=code if isinstance(code, int) else None,
        at=at,
        line=line,
    )
