"""Gemini CLI sessions: one object with messages, or lines of a header, messages, updates and rewinds.

A transcript that another tool kept (``transcript.jsonl``, ``full.jsonl``) may be the messages alone, in lines or in an
object. Source: ``packages/core/src/services/chatRecordingTypes.ts`` of gemini-cli, August 2026.
"""

from collections.abc import Iterator
from pathlib import Path

from t2s_local.formats._agents.kinds import NO_TYPE, Tally
from t2s_local.formats._build import answered, called, moment, trajectory
from t2s_local.formats._dialects.gemini import response_step
from t2s_local.formats._dialects.harness import user_steps
from t2s_local.formats._dialects.messages import content_text
from t2s_local.formats._several import Item, each_run
from t2s_local.ports.format import Harness, Head, Quarantined, Reading
from t2s_local.records.head import seen
from t2s_local.records.json import Record, as_object, first_string, objects, values, word
from t2s_local.records.outcome import label_of
from t2s_local.values.trajectory import Step

HARNESS = Harness(name="Gemini CLI", is_world=False)
_LOOKED_AT = 10
"""Number of first messages that must contain one of Gemini's."""
_AGENT = frozenset({"gemini", "model"})
_SPOKEN = _AGENT | {"user"}


def claims(head: Head) -> bool:
    """Return whether the file has a session of a project, in an object or a first line, or messages of Gemini."""
    records = seen(head)
    if any({"sessionId", "projectHash"} <= record.keys() for record in records[:1]):
        return True
    held = objects(records[0].get("messages")) if len(records) == 1 else []
    return any(map(_is_geminis, held[:_LOOKED_AT] or records[:_LOOKED_AT]))


def _is_geminis(record: Record) -> bool:
    return (
        record.get("type") == "gemini" and "content" in record and not record.keys() & {"role", "source", "sessionID"}
    )


def read(path: Path, *, source: str) -> Iterator[Reading]:
    """Yield the sessions of the file; a message that is written again replaces its earlier version."""
    for items in each_run(values(path, source=source), _opened_by):
        yield from _session(items, path, source)


def _opened_by(record: Record) -> str | None:
    return first_string(record, "sessionId") if "projectHash" in record else None


def _session(items: Iterator[Item], path: Path, source: str) -> Iterator[Reading]:
    header: Record = {}
    messages: dict[str, Record] = {}
    unread = Tally("gemini_cli")
    for item in items:
        if isinstance(item, Quarantined):
            yield item
            continue
        record = as_object(item[1])
        update = as_object(record.get("$set"))
        if "projectHash" in record or update or "messages" in record:
            header |= {key: value for key, value in (update or record).items() if key != "messages"}
            _replace(messages, update or record)
        elif "$rewindTo" in record:
            unread.add("rewound record", _rewind(messages, first_string(record, "$rewindTo")))
        else:
            identity = first_string(record, "id") or f"line {item[0]}"
            messages[identity] = {**record, "line": item[0]}
    is_child = header.get("kind") == "subagent"
    scratchpad = as_object(header.get("memoryScratchpad")).get("validationStatus")
    yield trajectory(
        (step for message in messages.values() for step in _steps(message)),
        source=source,
        format_name="gemini_cli",
        session_id=first_string(header, "sessionId"),
        agent="gemini-cli",
        model=next((found for one in messages.values() if (found := first_string(one, "model"))), None),
        label=label_of(scratchpad, "field:validationStatus") if isinstance(scratchpad, str) else None,
        parent_id=path.parent.name if is_child else None,
    )
    for one in messages.values():
        if word(one.get("type")) not in _SPOKEN:
            unread.add(first_string(one, "type") or NO_TYPE)
    yield from unread.readings(source)


def _replace(messages: dict[str, Record], record: Record) -> None:
    if isinstance(record.get("messages"), list):
        messages.clear()
        for number, message in enumerate(objects(record["messages"]), 1):
            messages[first_string(message, "id") or f"message {number}"] = {**message, "line": number}


def _rewind(messages: dict[str, Record], identity: str | None) -> int:
    """Remove a message and all later messages; return the number of removed messages."""
    order = list(messages)
    taken = order[order.index(identity) :] if identity in messages else []
    for later in taken:
        del messages[later]
    return len(taken)


def _steps(message: Record) -> Iterator[Step]:
    kind, at, line = message.get("type"), moment(message.get("timestamp")), message["line"]
    text = content_text(message.get("content"))
    if kind == "user":
        yield from user_steps(text, at=at, line=line)
    elif word(kind) in _AGENT:
        for thought in objects(message.get("thoughts")):
            parts = [first_string(thought, key) for key in ("subject", "description")]
            if said := ": ".join(part for part in parts if part):
                yield Step(kind="thought", text=said, at=at, line=line)
        if text.strip():
            yield Step(kind="assistant", text=text, at=at, line=line)
        for call in objects(message.get("toolCalls")):
            yield from _call(call, at, line)


def _call(call: Record, at: str | None, line: int) -> Iterator[Step]:
    name, identity = first_string(call, "name"), first_string(call, "id")
    yield called(name, call.get("args") or {}, call_id=identity, at=at, line=line)
    failed = call.get("status") in ("error", "cancelled")
    responses = [as_object(part.get("functionResponse")) for part in objects(call.get("result"))]
    if responses and responses[0]:
        yield response_step({"id": identity, "name": name, **responses[0]}, failed=failed, at=at, line=line)
    elif (shown := first_string(call, "resultDisplay")) or failed:
        yield answered(shown or str(call["status"]), call_id=identity, is_error=failed or None, at=at, line=line)
