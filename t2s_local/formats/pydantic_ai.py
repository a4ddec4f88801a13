"""Pydantic AI message histories, as ``all_messages_json`` and ``ModelMessagesTypeAdapter`` write them.

Requests and responses with parts, as a list, inside an object, or one message a line. Source:
``pydantic_ai/messages.py`` of pydantic-ai, August 2026; older releases lack ``kind``, ``run_id`` and ``outcome``.
"""

from collections.abc import Iterator
from pathlib import Path

from t2s_local.formats._agents.kinds import Tally
from t2s_local.formats._build import answered, called, moment, trajectory
from t2s_local.formats._dialects.blocks import json_text
from t2s_local.formats._dialects.harness import user_steps
from t2s_local.ports.format import Head, Quarantined, Reading
from t2s_local.records.head import seen
from t2s_local.records.json import Record, as_object, first_string, objects, values, word
from t2s_local.records.outcome import label_in
from t2s_local.values.trajectory import Step

_HOLDERS = ("messages", "message_history", "all_messages", "new_messages", "history")
_CALLS = frozenset({"tool-call", "builtin-tool-call"})
_RESULTS = frozenset({"tool-return", "builtin-tool-return", "retry-prompt"})
_FAILED = frozenset({"failed", "denied", "interrupted"})


def claims(head: Head) -> bool:
    """Return whether the file has messages whose parts have a ``part_kind``."""
    lists = [one for one in head.records[:1] if isinstance(one, list)]
    held = [objects(one) for one in lists] or [_messages(record) for record in seen(head)[:3]]
    return any("part_kind" in part for some in held for one in some[:3] for part in objects(one.get("parts")))


def _messages(record: Record) -> list[Record]:
    """Return the messages in a record; the record itself if it is a message."""
    if "parts" in record:
        return [record]
    return next((found for key in _HOLDERS if (found := objects(record.get(key))) and "parts" in found[0]), [])


def read(path: Path, *, source: str) -> Iterator[Reading]:
    """Yield every history of the file; single messages form one history."""
    alone: list[Record] = []
    unread = Tally("pydantic_ai")
    for item in values(path, source=source):
        if isinstance(item, Quarantined):
            yield item
            continue
        value = item[1]
        messages = objects(value) if isinstance(value, list) else _messages(as_object(value))
        if not messages:
            unread.add("no message")
        elif isinstance(value, dict) and "parts" in value:
            alone += messages
        else:
            yield _history(messages, as_object(value), source, unread)
    if alone:
        yield _history(alone, {}, source, unread)
    yield from unread.readings(source)


def _history(messages: list[Record], around: Record, source: str, unread: Tally) -> Reading:
    keys = ("conversation_id", "session_id", "run_id", "id")
    return trajectory(
        _steps(messages, unread),
        source=source,
        format_name="pydantic_ai",
        session_id=next((name for one in (around, *messages) if (name := first_string(one, *keys[:3]))), None),
        agent="pydantic-ai",
        model=next((name for one in messages if (name := first_string(one, "model_name"))), None),
        label=label_in(around) if around else None,
    )


def _steps(messages: list[Record], unread: Tally) -> Iterator[Step]:
    told: str | None = None
    for number, message in enumerate(messages, 1):
        at = moment(message.get("timestamp"))
        instructions = first_string(message, "instructions")
        if instructions is not None and instructions != told:
            told = instructions
            yield Step(kind="system", text=instructions, at=at, line=number)
        for part in objects(message.get("parts")):
            yield from _part(part, moment(part.get("timestamp")) or at, number, unread)


def _part(part: Record, at: str | None, line: int, unread: Tally) -> Iterator[Step]:
    kind, name, identity = word(part.get("part_kind")), first_string(part, "tool_name"), None
    if kind in _CALLS:
        identity = first_string(part, "tool_call_id")
        yield called(name, part.get("args") or {}, call_id=identity, at=at, line=line)
    elif kind in _RESULTS and (name is not None or kind != "retry-prompt"):
        failed = kind == "retry-prompt" or word(part.get("outcome")) in _FAILED
        text, identity = _text(part.get("content")), first_string(part, "tool_call_id")
        yield answered(text, call_id=identity, tool=name, is_error=failed, at=at, line=line)
    elif kind == "user-prompt":
        yield from user_steps(_text(part.get("content")), at=at, line=line)
    elif kind in ("system-prompt", "retry-prompt", "instruction"):
        if text := _text(part.get("content")):
            yield Step(kind="system", text=text, at=at, line=line)
    elif kind in ("text", "thinking", "compaction"):
        if text := _text(part.get("content")):
            yield _worded(kind, text, at, line)
    else:
        unread.add(f"part/{kind}")


def _worded(kind: str, text: str, at: str | None, line: int) -> Step:
    if kind == "text":
        return Step(kind="assistant", text=text, at=at, line=line)
    return Step(kind="thought" if kind == "thinking" else "summary", text=text, at=at, line=line)


def _text(content: object) -> str:
    """Return the text of a content: a text, the texts among pictures and files, or a tool's value as JSON."""
    if isinstance(content, str):
        return content
    if content is None:
        return ""
    if not isinstance(content, list) or not any(isinstance(one, str) or "kind" in as_object(one) for one in content):
        return json_text(content)
    texts = [one if isinstance(one, str) else first_string(as_object(one), "content") for one in content]
    media = [word(as_object(one).get("kind")) for one in content]
    return "\n".join(text for text, kind in zip(texts, media, strict=True) if text and kind in (None, "text-content"))
