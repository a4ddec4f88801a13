"""opencode sessions: a tree of files by session, message and part, an export, or the database of all sessions."""

from collections.abc import Iterator
from pathlib import Path

from t2s_local.formats._agents.kinds import NO_TYPE, Tally
from t2s_local.formats._agents.opencode_store import (
    Message,
    before_revert,
    messages_of_tree,
    sessions_of_database,
)
from t2s_local.formats._build import answered, called, folder_in, moment, nested, trajectory
from t2s_local.formats._dialects.blocks import json_text
from t2s_local.formats._dialects.harness import user_steps
from t2s_local.ports.format import Harness, Head, Passed, Quarantined, Reading
from t2s_local.records.head import seen
from t2s_local.records.json import (
    Record,
    as_object,
    first_string,
    objects,
    string,
    values,
    word,
)
from t2s_local.records.sqlite import holds_database, is_database, tables
from t2s_local.values.trajectory import Step, Trajectory

HARNESS = Harness(name="opencode", is_world=False)
_PARTS = frozenset(
    {"text", "reasoning", "tool", "file", "step-start", "step-finish", "patch", "snapshot", "compaction"}
)
_FAILED = frozenset({"error", "failed"})


def claims(head: Head) -> bool:
    """Return whether the file is a session, message or part file of the tree, an export, or the database."""
    if is_database(head.raw):
        return {"session", "message", "part"} <= tables(head.path).keys()
    record = next(iter(seen(head)), {})
    if isinstance(head.document, list) or head.records:
        return False
    return _is_session(record) or _is_message(record) or _is_part(record) or _is_export(record)


def _is_session(record: Record) -> bool:
    return {"id", "projectID", "directory", "time"} <= record.keys()


def _is_message(record: Record) -> bool:
    return {"id", "sessionID", "role", "time"} <= record.keys()


def _is_part(record: Record) -> bool:
    return (
        word(record.get("type")) in _PARTS
        and "id" in record
        and ("messageID" in record or {"text", "time"} <= record.keys())
    )


def _is_export(record: Record) -> bool:
    first = next(iter(objects(record.get("messages"))), {})
    return "info" in record and {"info", "parts"} <= first.keys()


def read(path: Path, *, source: str) -> Iterator[Reading]:
    """Yield every session of the file; files of messages and parts belong to the session file beside them."""
    if holds_database(path):
        yield from _database(path, source)
        return
    unread = Tally("opencode")
    for item in values(path, source=source):
        if isinstance(item, Quarantined):
            yield item
            continue
        record = as_object(item[1])
        if _is_export(record):
            messages = [(as_object(one.get("info")), objects(one.get("parts"))) for one in objects(record["messages"])]
            yield _trajectory(as_object(record["info"]), messages, source, unread)
        elif _is_session(record):
            found: list[Quarantined] = []
            yield _trajectory(record, messages_of_tree(path, record, found), source, unread)
            yield from found
        else:
            unread.add("part of a session")
    yield from unread.readings(source)


def _database(path: Path, source: str) -> Iterator[Reading]:
    unread = Tally("opencode")
    for session, messages in sessions_of_database(path):
        yield _trajectory(session, messages, source, unread)
    yield from unread.readings(source)


def _trajectory(session: Record, messages: list[Message], source: str, unread: Tally) -> Trajectory | Passed:
    unread.version = first_string(session, "version")
    messages, n_rewound = before_revert(session, messages)
    unread.add("rewound record", n_rewound)
    last = messages[-1][0] if messages else {}
    models = [first_string(info, "modelID") or string(nested(info, "model", "modelID")) for info, _ in messages]
    return trajectory(
        [
            step
            for number, (info, parts) in enumerate(messages, 1)
            for part in parts
            for step in _counted(info, part, number, unread)
        ],
        source=source,
        format_name="opencode",
        session_id=first_string(session, "id"),
        agent="opencode",
        model=next((model for model in models if model), None),
        termination=string(nested(last, "error", "name")),
        parent_id=first_string(session, "parentID"),
        folder=folder_in(session),
    )


def _counted(info: Record, part: Record, line: int, unread: Tally) -> list[Step]:
    """Return the steps of one part; a part without a step is counted."""
    steps = list(_steps(info, part, line))
    if not steps:
        kind = first_string(part, "type")
        unread.add(NO_TYPE if kind is None else f"part/{kind}")
    return steps


def _steps(info: Record, part: Record, line: int) -> Iterator[Step]:
    kind, text = part.get("type"), first_string(part, "text") or ""
    at = moment(nested(part, "time", "start")) or moment(nested(info, "time", "created"))
    if kind == "text" and info.get("role") == "user":
        if part.get("synthetic") is True:
            yield Step(kind="system", text=text, at=at, line=line)
        else:
            yield from user_steps(text, at=at, line=line)
    elif kind in ("text", "reasoning") and text.strip():
        yield Step(kind="assistant" if kind == "text" else "thought", text=text, at=at, line=line)
    elif kind == "tool":
        yield from _call(part, line)
    elif kind == "subtask" and (prompt := first_string(part, "prompt")):
        yield Step(kind="system", text=prompt, at=at, line=line)


def _call(part: Record, line: int) -> Iterator[Step]:
    """Yield the call and the result in one part."""
    state, identity, name = as_object(part.get("state")), first_string(part, "callID", "id"), first_string(part, "tool")
    at = moment(nested(state, "time", "start"))
    yield called(name, state.get("input") or {}, call_id=identity, at=at, line=line)
    if state.get("status") in ("pending", "running"):
        return
    code = nested(state, "metadata", "exit")
    told = state.get("output", state.get("error"))
    yield answered(
        json_text(told),
        call_id=identity,
        is_error=word(state.get("status")) in _FAILED,
        exit_code=code if isinstance(code, int) else None,
        at=moment(nested(state, "time", "end")),
        line=line,
    )
