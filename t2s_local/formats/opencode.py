"""opencode sessions: a tree of files by session, message and part, an export, or the database of all sessions."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from t2s_local.files import below, is_below
from t2s_local.formats._build import answered, called, moment, nested, trajectory
from t2s_local.formats._dialects.harness import user_steps
from t2s_local.ports.format import Head, Passed, Quarantined, Reading
from t2s_local.records.head import seen
from t2s_local.records.json import (
    NotJsonError,
    Record,
    as_object,
    compact,
    decode_text,
    document,
    first_string,
    objects,
    string,
    values,
    word,
)
from t2s_local.records.sqlite import holds_database, is_database, rows, tables
from t2s_local.values.trajectory import Step, Trajectory

_PARTS = frozenset(
    {"text", "reasoning", "tool", "file", "step-start", "step-finish", "patch", "snapshot", "compaction"}
)
_FAILED = frozenset({"error", "failed"})


def claims(head: Head) -> bool:
    """A session, message or part file of the tree, an export, or the database."""
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
    """Read every session of the file; messages and parts of the tree belong to the session beside them."""
    if holds_database(path):
        yield from _database(path, source)
        return
    for item in values(path, source=source):
        if isinstance(item, Quarantined):
            yield item
            continue
        record = as_object(item[1])
        if _is_export(record):
            messages = [(as_object(one.get("info")), objects(one.get("parts"))) for one in objects(record["messages"])]
            yield _trajectory(as_object(record["info"]), messages, source)
        elif _is_session(record):
            found: list[Quarantined] = []
            yield _trajectory(record, _from_tree(path, record, found), source)
            yield from found
        else:
            yield Passed(path=source, record="part of a session")


def _from_tree(path: Path, session: Record, broken: list[Quarantined]) -> list[tuple[Record, list[Record]]]:
    """Messages of a session with their parts, from the folders beside it."""
    root = _root(path)
    messages = _loaded(_listed(root, "message", str(session["id"])), broken)
    messages.sort(key=lambda message: (str(nested(message, "time", "created")), str(message.get("id"))))
    loose = _loaded(_listed(root, "part"), broken)
    found = []
    for message in messages:
        parts = _loaded(_listed(root, "part", str(message.get("id"))), broken)
        parts += [part for part in loose if part.get("messageID") == message.get("id")]
        found.append((message, parts))
    return found


def _root(path: Path) -> Path:
    """The folder of the tree: the one above ``session``, where the file lies right below that or one folder deeper."""
    return next((folder.parent for folder in list(path.parents)[:2] if folder.name == "session"), path.parent)


def _listed(root: Path, *names: str) -> list[Path]:
    """The files of a folder of the tree; none where the names are no names, or it lies elsewhere."""
    folder = below(root, *names)
    return [] if folder is None else [file for file in sorted(folder.glob("*.json")) if is_below(file, root)]


def _loaded(files: Sequence[Path], broken: list[Quarantined]) -> list[Record]:
    found = []
    for file in files:
        try:
            found.append(as_object(document(file)))
        except NotJsonError as error:
            broken.append(Quarantined(path=str(file), line=None, reason=str(error)))
    return found


def _database(path: Path, source: str) -> Iterator[Reading]:
    parts: dict[str, list[Record]] = {}
    for message, data in rows(path, "SELECT message_id, data FROM part ORDER BY id"):
        parts.setdefault(str(message), []).append(as_object(decode_text(str(data))))
    sessions: dict[str, list[tuple[Record, list[Record]]]] = {}
    for identity, session, data in rows(path, "SELECT id, session_id, data FROM message ORDER BY id"):
        info = as_object(decode_text(str(data)))
        sessions.setdefault(str(session), []).append((info, parts.get(str(identity), [])))
    for session, messages in sessions.items():
        yield _trajectory({"id": session}, messages, source)


def _trajectory(session: Record, messages: list[tuple[Record, list[Record]]], source: str) -> Trajectory | Passed:
    last = messages[-1][0] if messages else {}
    models = [first_string(info, "modelID") or string(nested(info, "model", "modelID")) for info, _ in messages]
    return trajectory(
        (
            step
            for number, (info, parts) in enumerate(messages, 1)
            for part in parts
            for step in _steps(info, part, number)
        ),
        source=source,
        format_name="opencode",
        session_id=first_string(session, "id"),
        agent="opencode",
        model=next((model for model in models if model), None),
        termination=string(nested(last, "error", "name")),
        parent_id=first_string(session, "parentID"),
    )


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


def _call(part: Record, line: int) -> Iterator[Step]:
    """Call and result, which stand in one part."""
    state, identity, name = as_object(part.get("state")), first_string(part, "callID", "id"), first_string(part, "tool")
    at = moment(nested(state, "time", "start"))
    yield called(name, state.get("input") or {}, call_id=identity, at=at, line=line)
    if state.get("status") in ("pending", "running"):
        return
    code = nested(state, "metadata", "exit")
    told = state.get("output", state.get("error"))
    yield answered(
        told if isinstance(told, str) else compact(told),
        call_id=identity,
        is_error=word(state.get("status")) in _FAILED,
        exit_code=code if isinstance(code, int) else None,
        at=moment(nested(state, "time", "end")),
        line=line,
    )
