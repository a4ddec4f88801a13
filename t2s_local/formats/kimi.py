"""Kimi CLI's wire log: messages appended to the context, and the events of the loop around the model."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from t2s_local.formats._build import answered, called, moment, passed, trajectory
from t2s_local.formats._head import seen
from t2s_local.formats._json import Record, as_object, first_string, line_values, word
from t2s_local.formats._messages import assistant_blocks, content_text, user_blocks
from t2s_local.ports import Head, Quarantined, Reading
from t2s_local.types import Step


def claims(head: Head) -> bool:
    """The first line of a wire log, or messages appended to a context."""
    return any(
        (record.get("type") == "metadata" and "protocol_version" in record)
        or str(record.get("type")).startswith("context.append_")
        for record in seen(head)[:10]
    )


def read(path: Path, *, source: str) -> Iterator[Reading]:
    """Read the agent's run of the file; requests, usage and permissions are counted."""
    unread: Counter[str] = Counter()
    steps: list[Step] = []
    model: str | None = None
    for item in line_values(path, source=source):
        if isinstance(item, Quarantined):
            yield item
            continue
        record = as_object(item[1])
        model = first_string(record, "modelAlias") or model
        found = list(_steps(record, item[0]))
        steps += found
        if not found:
            unread[str(record.get("type"))] += 1
    agent = path.parent.name if path.parent.parent.name == "agents" else None
    session = path.parent.parent.parent.name if agent else None
    is_child = agent is not None and agent != "main"
    yield trajectory(
        steps,
        source=source,
        format_name="kimi",
        session_id=f"{session}/{agent}" if is_child else session,
        agent="kimi-cli",
        model=model,
        parent_id=session if is_child else None,
    )
    yield from passed(unread, source=source)


def _steps(record: Record, line: int) -> Iterator[Step]:
    at, kind = moment(record.get("time")), word(record.get("type"))
    if kind == "config.update" and (prompt := first_string(record, "systemPrompt")):
        yield Step(kind="system", text=prompt, at=at, line=line)
    elif kind == "context.append_message":
        message = as_object(record.get("message"))
        origin = as_object(message.get("origin")).get("kind", "user")
        if message.get("role") == "user" and origin == "user":
            yield from user_blocks(message.get("content"), at=at, line=line)
        elif text := content_text(message.get("content")):
            yield Step(
                kind="assistant" if message.get("role") == "assistant" else "system", text=text, at=at, line=line
            )
    elif kind == "context.append_loop_event":
        yield from _event(as_object(record.get("event")), at, line)


def _event(event: Record, at: str | None, line: int) -> Iterator[Step]:
    kind, part = event.get("type"), as_object(event.get("part"))
    identity = first_string(event, "toolCallId")
    if kind == "content.part" and part.get("type") == "think":
        yield Step(kind="thought", text=content_text(part.get("think")), at=at, line=line)
    elif kind == "content.part":
        yield from assistant_blocks([part], at=at, line=line)
    elif kind == "tool.call":
        yield called(first_string(event, "name"), event.get("args") or {}, call_id=identity, at=at, line=line)
    elif kind == "tool.result":
        result = as_object(event.get("result"))
        failed = result.get("isError") is True
        yield answered(content_text(result.get("output")), call_id=identity, is_error=failed, at=at, line=line)
