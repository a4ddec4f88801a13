"""Pi and OpenClaw sessions: entries in a tree by ``parentId``, messages with calls and results by role."""

from collections.abc import Iterator
from pathlib import Path

from t2s_local.formats._agents.kinds import NO_TYPE, Tally
from t2s_local.formats._build import answered, called, folder_in, moment, trajectory
from t2s_local.formats._dialects.messages import assistant_blocks, content_text, user_blocks
from t2s_local.formats._several import Item, each_run
from t2s_local.ports.format import Head, Quarantined, Reading
from t2s_local.records.head import seen
from t2s_local.records.json import Record, as_object, first_string, line_values, objects, word
from t2s_local.values.trajectory import Step

_SUMMARIES = frozenset({"compaction", "branch_summary"})


def claims(head: Head) -> bool:
    """Return whether the file has a session's first line with a version, or messages with the role of a result."""
    records = seen(head)[:10]
    return any(
        record.get("type") == "session" and "version" in record and "cwd" in record for record in records
    ) or any(as_object(record.get("message")).get("role") == "toolResult" for record in records)


def read(path: Path, *, source: str) -> Iterator[Reading]:
    """Yield the newest path through each session's tree; abandoned branches are counted."""
    for items in each_run(line_values(path, source=source), _opened_by, kind="session"):
        yield from _session(items, source)


def _opened_by(record: Record) -> str | None:
    return first_string(record, "id") if record.get("type") == "session" else None


def _session(items: Iterator[Item], source: str) -> Iterator[Reading]:
    entries: dict[str, tuple[int, Record]] = {}
    for item in items:
        if isinstance(item, Quarantined):
            yield item
        else:
            record = as_object(item[1])
            entries[first_string(record, "id") or f"line {item[0]}"] = (item[0], record)
    kept = _newest_path(entries)
    unread = Tally("openclaw")
    steps: list[Step] = []
    for identity, (line, record) in entries.items():
        found = list(_steps(record, line)) if identity in kept else []
        steps += found
        if record.get("type") == "session":
            unread.version = first_string(record, "version")
        if not found:
            unread.add((word(record.get("type")) or NO_TYPE) if identity in kept else "entry of a branch that was left")
    session = next((record for _, record in entries.values() if record.get("type") == "session"), {})
    changes = [record for _, record in entries.values() if record.get("type") == "model_change"]
    yield trajectory(
        steps,
        source=source,
        format_name="openclaw",
        session_id=first_string(session, "id"),
        agent="openclaw",
        model=first_string(changes[-1], "modelId") if changes else None,
        parent_id=first_string(session, "parentSession"),
        folder=folder_in(session),
    )
    yield from unread.readings(source)


def _newest_path(entries: dict[str, tuple[int, Record]]) -> set[str]:
    """Return the ids of the entries outside abandoned branches.

    If several user messages follow the same entry, the branches of all but the last user message are abandoned.
    """
    rivals: dict[str, list[str]] = {}
    for identity, (_, record) in entries.items():
        is_users = as_object(record.get("message")).get("role") == "user"
        parent = first_string(record, "parentId")
        if is_users and parent is not None:
            rivals.setdefault(parent, []).append(identity)
    left = {identity for group in rivals.values() for identity in group[:-1]}
    for identity, (_, record) in entries.items():
        if first_string(record, "parentId") in left:
            left.add(identity)
    return entries.keys() - left


def _steps(record: Record, line: int) -> Iterator[Step]:
    message, at = as_object(record.get("message")), moment(record.get("timestamp"))
    role = word(message.get("role"))
    if word(record.get("type")) in _SUMMARIES:
        yield Step(kind="summary", text=content_text(record.get("summary")), at=at, line=line)
    elif record.get("type") == "custom_message" or role == "system":
        if text := content_text(record.get("content", message.get("content"))):
            yield Step(kind="system", text=text, at=at, line=line)
    elif role == "user":
        yield from user_blocks(message.get("content"), at=at, line=line)
    elif role == "assistant":
        yield from _assistant(message.get("content"), at, line)
    elif role in ("toolResult", "bashExecution"):
        code = message.get("exitCode")
        yield answered(
            content_text(message.get("content", message.get("output"))),
            call_id=first_string(message, "toolCallId"),
            tool=first_string(message, "toolName"),
            is_error=message.get("isError") is True,
            exit_code=code if isinstance(code, int) else None,
            at=at,
            line=line,
        )


def _assistant(content: object, at: str | None, line: int) -> Iterator[Step]:
    if isinstance(content, str):
        yield from assistant_blocks(content, at=at, line=line)
    for block in objects(content):
        if block.get("type") == "toolCall":
            name, identity = first_string(block, "name"), first_string(block, "id")
            yield called(name, block.get("arguments") or {}, call_id=identity, at=at, line=line)
        else:
            yield from assistant_blocks([block], at=at, line=line)
