"""Output of ``codex exec --json``: items of a thread as they are completed."""

from collections.abc import Iterator
from pathlib import Path

from t2s_local.formats._agents.kinds import Tally
from t2s_local.formats._build import answered, called, trajectory
from t2s_local.formats._dialects.messages import content_text
from t2s_local.formats._several import Item, each_run
from t2s_local.ports.format import Harness, Head, Quarantined, Reading
from t2s_local.records.head import seen
from t2s_local.records.json import Record, as_object, compact, first_string, objects, values, word
from t2s_local.values.trajectory import Step

HARNESS = Harness(name="Codex", is_world=False)
_ENDINGS = {"turn.failed": "failed", "error": "error"}


def claims(head: Head) -> bool:
    """Return whether the file has lines that start a thread or complete an item, or a list of such events."""
    return any(_is_event(event) for record in seen(head)[:5] for event in _events(record)[:5])


def _is_event(record: Record) -> bool:
    kind = record.get("type")
    return (kind == "thread.started" and "thread_id" in record) or (kind == "item.completed" and "item" in record)


def _events(record: Record) -> list[Record]:
    """Return the events in one object; the object itself if it is an event."""
    return objects(record["events"]) if "events" in record and "type" not in record else [record]


def read(path: Path, *, source: str) -> Iterator[Reading]:
    """Yield the threads of the file; an item that was never completed is read as far as it was recorded."""
    for items in each_run(values(path, source=source), _opened_by):
        yield from _thread(items, source)


def _opened_by(record: Record) -> str | None:
    """Return the thread that an event starts, or the first of several events in one object; None for other events."""
    first = record if "type" in record else next(iter(_events(record)), {})
    return first_string(first, "thread_id") if first.get("type") == "thread.started" else None


def _thread(items: Iterator[Item], source: str) -> Iterator[Reading]:
    thread = _Thread()
    for item in items:
        if isinstance(item, Quarantined):
            yield item
            continue
        line, value = item
        record = as_object(value)
        if "type" in record:
            thread.add(record, line)
        else:
            for event in _events(record):
                thread.add(event, line)
    yield trajectory(
        thread.steps(),
        source=source,
        format_name="codex_exec",
        session_id=thread.name,
        agent="codex",
        termination=thread.termination,
    )
    yield from thread.unread.readings(source)


class _Thread:
    """The items of one thread and the facts about it."""

    def __init__(self) -> None:
        """Start empty."""
        self.name: str | None = None
        self.termination: str | None = None
        self._items: dict[str, tuple[int, Record]] = {}
        self.unread = Tally("codex_exec")

    def add(self, event: Record, line: int) -> None:
        """Add one event; an item replaces its earlier version."""
        kind = str(event.get("type"))
        if kind.startswith("item."):
            inner = as_object(event.get("item"))
            self._items[first_string(inner, "id") or f"item {len(self._items)}"] = (line, inner)
        elif kind == "thread.started":
            self.name = first_string(event, "thread_id")
        else:
            self.termination = _ENDINGS.get(kind, self.termination)
            self.unread.add(kind)

    def steps(self) -> list[Step]:
        """Return the steps of the latest versions of the items; items without a step are counted."""
        found: list[Step] = []
        for line, inner in self._items.values():
            steps = list(_steps(inner, line))
            if not steps:
                self.unread.add(f"item/{inner.get('type', inner.get('item_type'))}")
            found += steps
        return found


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
