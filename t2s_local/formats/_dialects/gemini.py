"""Parts of Gemini's messages as steps."""

from collections.abc import Iterator

from t2s_local.formats._build import answered, called
from t2s_local.formats._dialects.blocks import content_text, json_text
from t2s_local.formats._dialects.harness import user_steps
from t2s_local.records.json import Record, as_object, first_string, objects
from t2s_local.values.trajectory import Step

_PART_KEYS = frozenset({"text", "functionCall", "functionResponse", "inlineData", "thought", "executableCode"})


def is_content(record: Record) -> bool:
    """Return whether an object is one of Gemini's ``Content`` objects: a role and parts."""
    parts = objects(record.get("parts"))
    return (
        record.get("role") in ("user", "model", "system", "function")
        and bool(parts)
        and bool(parts[0].keys() & _PART_KEYS)
    )


def is_enveloped(record: Record) -> bool:
    """Return whether an object is a chained record with a Gemini message inside, as Qwen Code writes it."""
    message = record.get("message")
    return (
        {"sessionId", "uuid", "parentUuid"} <= record.keys()
        and isinstance(message, dict)
        and isinstance(message.get("parts"), list)
    )


def part_steps(record: Record, *, at: str | None = None, line: int | None = None) -> Iterator[Step]:
    """Yield the steps of one ``Content`` object, part by part."""
    is_users = record.get("role") == "user"
    for part in objects(record.get("parts")):
        text = first_string(part, "text") or ""
        if "functionCall" in part:
            call = as_object(part["functionCall"])
            name, identity = first_string(call, "name"), first_string(call, "id")
            yield called(name, call.get("args") or {}, call_id=identity, at=at, line=line)
        elif "functionResponse" in part:
            response = as_object(part["functionResponse"])
            yield response_step(response, at=at, line=line)
        elif text.strip() and part.get("thought") is True:
            yield Step(kind="thought", text=text, at=at, line=line)
        elif text.strip() and is_users:
            yield from user_steps(text, at=at, line=line)
        elif text.strip():
            yield Step(kind="assistant" if record.get("role") == "model" else "system", text=text, at=at, line=line)


def response_step(response: Record, *, failed: bool = False, at: str | None = None, line: int | None = None) -> Step:
    """Return the step of a ``functionResponse``."""
    given = as_object(response.get("response"))
    told = next((given[key] for key in ("output", "result", "error", "content") if given.get(key) is not None), given)
    return answered(
        content_text(told) if isinstance(told, list) else json_text(told),
        call_id=first_string(response, "id"),
        tool=first_string(response, "name"),
        is_error=True if failed or given.get("error") else None,
        at=at,
        line=line,
    )
