"""What ``codex exec --json`` prints: items of a thread as they are completed."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from t2s_local.formats._build import answered, called, passed, trajectory
from t2s_local.formats._head import seen
from t2s_local.formats._json import Record, as_object, compact, first_string, objects, values, word
from t2s_local.formats._messages import content_text
from t2s_local.ports import Head, Quarantined, Reading
from t2s_local.types import Step

_ENDINGS = {"turn.failed": "failed", "error": "error"}


def claims(head: Head) -> bool:
    """Lines that start a thread or complete an item, or a list of such events."""
    return any(_is_event(event) for record in seen(head)[:5] for event in _events(record)[:5])


def _is_event(record: Record) -> bool:
    kind = record.get("type")
    return (kind == "thread.started" and "thread_id" in record) or (kind == "item.completed" and "item" in record)


def _events(record: Record) -> list[Record]:
    """The events that were kept in one object; the object itself where it is one."""
    return objects(record["events"]) if "events" in record and "type" not in record else [record]


def read(path: Path, *, source: str) -> Iterator[Reading]:
    """Read the thread of the file; an item that was started and never completed is read as far as it came."""
    unread: Counter[str] = Counter()
    thread: str | None = None
    termination: str | None = None
    items: dict[str, tuple[int, Record]] = {}
    for item in _read(path, source):
        if isinstance(item, Quarantined):
            yield item
            continue
        line, record = item
        kind = str(record.get("type"))
        if kind == "thread.started":
            thread = first_string(record, "thread_id")
        elif kind.startswith("item."):
            inner = as_object(record.get("item"))
            items[first_string(inner, "id") or f"item {len(items)}"] = (line, inner)
        else:
            termination = _ENDINGS.get(kind, termination)
            unread[kind] += 1
    yield trajectory(
        (step for line, inner in items.values() for step in _steps(inner, line)),
        source=source,
        format_name="codex_exec",
        session_id=thread,
        agent="codex",
        termination=termination,
    )
    yield from passed(unread, source=source)


def _read(path: Path, source: str) -> Iterator[tuple[int, Record] | Quarantined]:
    for item in values(path, source=source):
        if isinstance(item, Quarantined):
            yield item
        else:
            yield from ((item[0], event) for event in _events(as_object(item[1])))


def _steps(item: Record, line: int) -> Iterator[Step]:
    kind = word(item.get("type", item.get("item_type")))
    text = content_text(item.get("text"))
    if kind == "reasoning":
        yield Step(kind="thought", text=text, line=line)
    elif kind in ("agent_message", "assistant_message") and text:
        yield Step(kind="assistant", text=text, line=line)
    elif kind in ("command_execution", "mcp_tool_call", "file_change", "web_search"):
        yield from _action(item, str(kind), line)
    elif kind == "error":
        yield Step(kind="system", text=content_text(item.get("message")), line=line)


def _action(item: Record, kind: str, line: int) -> Iterator[Step]:
    identity = first_string(item, "id")
    failed = item.get("status") == "failed"
    if kind == "command_execution":
        yield called("shell", {"command": item.get("command", "")}, call_id=identity, line=line)
        answer = content_text(item.get("aggregated_output"))
    elif kind == "mcp_tool_call":
        yield called(first_string(item, "tool"), item.get("arguments") or {}, call_id=identity, line=line)
        answer = content_text(as_object(item.get("result")).get("content")) or content_text(item.get("error"))
    else:
        arguments = item.get("changes") if kind == "file_change" else {"query": item.get("query")}
        yield called(kind, arguments, call_id=identity, line=line)
        answer = compact(item["result"]) if "result" in item else str(item.get("status") or "")
    code = item.get("exit_code")
    if item.get("status") != "in_progress":
        yield answered(
            answer,
            call_id=identity,
            is_error=failed,
            exit_code=code if isinstance(code, int) else None,
            line=line,
        )
