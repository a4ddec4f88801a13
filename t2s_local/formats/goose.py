"""Goose sessions: a line of facts with lines of messages, an exported object, or the database of all sessions."""

from collections.abc import Iterator
from pathlib import Path

from t2s_local.formats._agents.kinds import NO_TYPE, Tally
from t2s_local.formats._build import answered, called, folder_in, moment, trajectory
from t2s_local.formats._dialects.blocks import content_text, json_text
from t2s_local.formats._dialects.harness import user_steps
from t2s_local.ports.format import Harness, Head, Passed, Quarantined, Reading
from t2s_local.records.head import seen
from t2s_local.records.json import Record, as_object, decode_text, first_string, objects, values, word
from t2s_local.records.sqlite import holds_database, is_database, rows_in_order, tables
from t2s_local.values.trajectory import Step, Trajectory

HARNESS = Harness(name="Goose", is_world=False)
_BLOCKS = frozenset({"toolRequest", "toolResponse"})
_PARENTS = ("parent_id", "parent_session_id", "parentSessionId")
_ROLES = frozenset({"user", "assistant", None})
"""Roles of messages that are read; messages with another role are counted."""


def claims(head: Head) -> bool:
    """Return whether the file has messages with tool requests, facts of a session, or is Goose's database."""
    if is_database(head.raw):
        found = tables(head.path)
        return "content_json" in found.get("messages", ()) and "sessions" in found
    records = seen(head)
    if any("working_dir" in record and record.keys() & {"message_count", "conversation"} for record in records[:1]):
        return True
    return any(word(block.get("type")) in _BLOCKS for record in records for block in objects(record.get("content")))


def read(path: Path, *, source: str) -> Iterator[Reading]:
    """Yield every session of the file."""
    return _database(path, source) if holds_database(path) else _sessions(path, source)


def _sessions(path: Path, source: str) -> Iterator[Reading]:
    """Yield exported sessions, and the sessions of a log: each is a line of facts with the messages after it."""
    facts: Record = {}
    messages: list[Record] = []
    unread = Tally("goose")
    name, number = path.name.split(".")[0], 1
    for item in values(path, source=source):
        if isinstance(item, Quarantined):
            yield item
            continue
        record = as_object(item[1])
        if "conversation" in record:
            exported = {**record, "id": first_string(record, "id", "session_id")}
            yield _trajectory(objects(record["conversation"]), exported, source, unread)
        elif "working_dir" in record:
            if messages:
                yield _trajectory(messages, {"id": _numbered(name, number), **facts}, source, unread)
                messages, number = [], number + 1
            facts = record
        elif "role" in record:
            messages.append(record)
        else:
            unread.add("no message")
    if messages or facts:
        yield _trajectory(messages, {"id": _numbered(name, number), **facts}, source, unread)
    yield from unread.readings(source)


def _numbered(name: str, number: int) -> str:
    return name if number == 1 else f"{name}#{number}"


def _database(path: Path, source: str) -> Iterator[Reading]:
    sessions: dict[str, list[Record]] = {}
    for row in rows_in_order(path, "SELECT id, session_id, role, content_json, created_timestamp FROM messages"):
        _, session, role, content, created = row
        message = {"role": role, "content": decode_text(str(content)), "created": created}
        sessions.setdefault(str(session), []).append(message)
    parents = _parents(path)
    unread = Tally("goose")
    for session, messages in sessions.items():
        yield _trajectory(messages, {"id": session, "parent_id": parents.get(session)}, source, unread)
    yield from unread.readings(source)


def _parents(path: Path) -> dict[str, str]:
    """Return the session that started each sub-agent, if the database states it; otherwise {}."""
    columns = tables(path).get("sessions", ())
    column = next((name for name in _PARENTS if name in columns), None)
    if column is None or "id" not in columns:
        return {}
    found = rows_in_order(path, f"SELECT id, {column} FROM sessions")
    return {str(identity): str(parent) for identity, parent in found if parent is not None}


def _trajectory(messages: list[Record], facts: Record, source: str, unread: Tally) -> Trajectory | Passed:
    unread.version = first_string(facts, "version", "goose_version")
    return trajectory(
        [step for number, message in enumerate(messages, 1) for step in _steps(message, number, unread)],
        source=source,
        format_name="goose",
        session_id=first_string(facts, "id"),
        agent="goose",
        parent_id=first_string(facts, *_PARENTS),
        folder=folder_in(facts),
    )


def _steps(message: Record, line: int, unread: Tally) -> Iterator[Step]:
    at = moment(message.get("created"))
    content, role = message.get("content"), word(message.get("role"))
    if role not in _ROLES:
        unread.add(f"message/{role}")
        return
    is_users = role == "user"
    hidden = as_object(message.get("metadata")).get("userVisible") is False
    for block in objects(content) if isinstance(content, list) else [{"type": "text", "text": content}]:
        kind, identity = block.get("type"), first_string(block, "id")
        if kind == "toolRequest":
            yield from _request(as_object(block.get("toolCall")), identity, at, line)
        elif kind == "toolResponse":
            yield _response(as_object(block.get("toolResult")), identity, at, line)
        elif kind in ("thinking", "reasoning"):
            yield Step(kind="thought", text=first_string(block, "thinking", "text") or "", at=at, line=line)
        elif kind in ("text", None) and (text := content_text(block)):
            yield from _said(text, at, line, is_users=is_users, hidden=hidden)
        elif kind != "text":
            unread.add(NO_TYPE if word(kind) is None else f"content/{kind}")


def _said(text: str, at: str | None, line: int, *, is_users: bool, hidden: bool) -> list[Step]:
    """Return the steps of a text; a user's text that the user does not see was written by the harness."""
    if is_users and not hidden:
        return user_steps(text, at=at, line=line)
    return [Step(kind="system" if is_users else "assistant", text=text, at=at, line=line)]


def _request(call: Record, identity: str | None, at: str | None, line: int) -> Iterator[Step]:
    value = as_object(call.get("value"))
    yield called(first_string(value, "name"), value.get("arguments") or {}, call_id=identity, at=at, line=line)
    if call.get("status") == "error":
        yield answered(content_text(call.get("error")), call_id=identity, is_error=True, at=at, line=line)


def _response(result: Record, identity: str | None, at: str | None, line: int) -> Step:
    value = result.get("value")
    inner = as_object(value)
    told = inner.get("content", value) if inner else value
    failed = result.get("status") == "error" or inner.get("isError") is True
    text = content_text(told) if isinstance(told, list | str) else json_text(told)
    return answered(
        text if told is not None else content_text(result.get("error")),
        call_id=identity,
        is_error=failed,
        at=at,
        line=line,
    )
