"""Messages spread over the attributes of a span, one attribute per field, by OpenInference and OpenLLMetry."""

from functools import partial

from t2s_local.formats._traces.memory import MessageMemory, TracedMessage
from t2s_local.formats._traces.traced import unpacked
from t2s_local.records.json import Record, as_object, objects

_Fields = list[tuple[str, object]]
"""Path and value of each field of a message."""


_GIVEN = ("llm.input_messages.", "gen_ai.prompt.")
_ANSWERED = ("llm.output_messages.", "gen_ai.completion.")
_PREFIXES = (*_GIVEN, *_ANSWERED)


def spread_messages(
    attributes: Record, memory: MessageMemory
) -> tuple[list[TracedMessage] | None, list[TracedMessage] | None]:
    """Return the input and the answer of a model, if they are spread over *attributes*; None for a side that is not."""
    found: dict[str, dict[str, _Fields]] = {}
    for key, value in attributes.items():
        if key.startswith(_PREFIXES):
            prefix = next(prefix for prefix in _PREFIXES if key.startswith(prefix))
            number, _, path = key[len(prefix) :].partition(".")
            if path and number.isdigit():
                found.setdefault(prefix, {}).setdefault(number, []).append((path, value))
    if not found:
        return None, None
    given, answered = (next((one for one in side if one in found), None) for side in (_GIVEN, _ANSWERED))
    return (
        None if given is None else _messages(found[given], "user", memory),
        None if answered is None else _messages(found[answered], "assistant", memory),
    )


def _messages(numbered: dict[str, _Fields], role: str, memory: MessageMemory) -> list[TracedMessage]:
    """Return messages of OpenInference and OpenLLMetry by number, with calls and contents in the common form."""
    ordered = [numbered[number] for number in sorted(numbered, key=int)]
    return [memory.message((role, *fields), partial(_built, fields, role)) for fields in ordered]


def _nested(fields: list[tuple[str, object]]) -> Record:
    found: Record = {}
    has_numbers = False
    for path, value in fields:
        if "." in path:
            parts = path.split(".")
            has_numbers = has_numbers or any(map(str.isdigit, parts))
            _put(found, parts, value)
        else:
            found.setdefault(path, value)
    return _listed(found) if has_numbers else found


def _put(target: Record, path: list[str], value: object) -> None:
    for part in path[:-1]:
        inner = target.setdefault(part, {})
        if not isinstance(inner, dict):
            return
        target = inner
    target.setdefault(path[-1], value)


def _listed(value: Record) -> Record:
    """Convert the objects inside *value* whose keys are all numbers to lists."""
    for key, item in value.items():
        if isinstance(item, dict) and item:
            inner = _listed(item)
            are_numbers = next(iter(inner)).isdigit() and all(map(str.isdigit, inner))
            value[key] = [inner[name] for name in sorted(inner, key=int)] if are_numbers else inner
    return value


def _built(fields: list[tuple[str, object]], role: str) -> Record:
    return _message(_nested(fields), role)


def _message(item: Record, role: str) -> Record:
    message = {"role": role, **(as_object(item.get("message")) or item)}
    if calls := message.get("tool_calls"):
        message["tool_calls"] = [as_object(call.get("tool_call")) or call for call in objects(calls)]
    if contents := objects(message.get("contents")):
        parts = [as_object(part.get("message_content")) or part for part in contents]
        message["content"] = unpacked(parts if message.get("content") is None else message["content"])
    return message
