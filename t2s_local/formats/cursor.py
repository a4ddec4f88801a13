"""Cursor's conversations: its database of composers and bubbles, one composer as JSON, or lines of messages."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from t2s_local.formats._agents.kinds import Tally
from t2s_local.formats._build import answered, answers_by_place, called, moment, nested, trajectory
from t2s_local.formats._dialects.blocks import content_text, json_text
from t2s_local.formats._dialects.harness import asked_steps, user_steps
from t2s_local.formats._dialects.message_parts import content_of
from t2s_local.formats._dialects.messages import assistant_blocks, user_blocks
from t2s_local.ports.format import Harness, Head, Passed, Quarantined, Reading
from t2s_local.records.head import seen
from t2s_local.records.json import Record, as_object, decode_text, first_string, objects, string, values
from t2s_local.records.sqlite import holds_database, is_database, rows, rows_in_order, tables
from t2s_local.values.trajectory import Step, Trajectory

HARNESS = Harness(name="Cursor", is_world=False)
_STORE = "cursorDiskKV"
_COMPOSERS = f"SELECT key, value FROM {_STORE} WHERE key >= 'composerData:' AND key < 'composerData;'"
_BUBBLES = f"SELECT rowid, key, value FROM {_STORE} WHERE key >= '{{0}}:' AND key < '{{0}};'"
_CHATS = "SELECT value FROM ItemTable WHERE key = 'workbench.panel.aichat.view.aichat.chatdata'"
_USER = (1, "user")
_TOLD = ("output", "contents", "content", "result", "message")
_QUERY = "user_query"
"""Tag around the user's request in lines of messages; the time and open files are outside of it."""
_PARENTS = ("parentComposerId", "parentConversationId")
_ENDED = {"aborted": "aborted", "error": "error"}


def claims(head: Head) -> bool:
    """Return whether the file is Cursor's database, a composer with its conversation, or lines of messages."""
    if is_database(head.raw):
        return _STORE in tables(head.path)
    records = seen(head)
    if any("composerId" in record and isinstance(record.get("conversation"), list) for record in records[:3]):
        return True
    spoken = [record for record in records if not _is_note(record)]
    return bool(spoken) and all(map(_is_line, spoken))


def _is_line(record: Record) -> bool:
    """Return whether an object is a line of a transcript: a role, and beside it a message without a role."""
    message = record.get("message")
    return (
        record.get("role") in ("user", "assistant")
        and record.keys().isdisjoint(("content", "type"))
        and isinstance(message, dict)
        and "role" not in message
        and isinstance(message.get("content"), list | str)
    )


def _is_note(record: Record) -> bool:
    """Return whether a line of a transcript is no message.

    Such a line has a type alone, for instance to state how a turn ended.
    """
    return "type" in record and record.keys().isdisjoint(("role", "message"))


def read(path: Path, *, source: str) -> Iterator[Reading]:
    """Yield every conversation of the file; conversations without words are counted."""
    if holds_database(path):
        yield from _database(path, source)
        return
    spoken: list[Step] = []
    unread = Tally("cursor")
    for item in values(path, source=source):
        if isinstance(item, Quarantined):
            yield item
            continue
        record = as_object(item[1])
        if isinstance(record.get("conversation"), list):
            yield _composer(record, objects(record["conversation"]), source)
        elif _is_line(record):
            spoken += _line_steps(record, item[0])
        else:
            unread.add(str(record["type"]) if _is_note(record) else "no composer and no message")
    if spoken:
        whole = answers_by_place(spoken)
        yield trajectory(whole, source=source, format_name="cursor", agent="cursor")
    yield from unread.readings(source)


def _line_steps(record: Record, line: int) -> list[Step]:
    """Return the steps of one line; calls have no ids, and no call has the ids of the results."""
    content = content_of(as_object(record["message"]))
    if record["role"] == "assistant":
        return assistant_blocks(content, line=line)
    steps = user_blocks(content, line=line)
    return [
        said
        for step in steps
        for said in (asked_steps(step.text, _QUERY, line=line) if step.kind == "user" else [step])
    ]


def _database(path: Path, source: str) -> Iterator[Reading]:
    unread = Tally("cursor")
    for key, value in rows_in_order(path, _COMPOSERS):
        composer = as_object(_decoded(value))
        unread.add("composer that is no JSON", int(not composer))
        identity = str(key).partition(":")[2]
        stored = {} if objects(composer.get("conversation")) else _bubbles(path, identity)
        bubbles = objects(composer.get("conversation")) or _in_order(composer, stored)
        unread.add("rewound record", max(len(stored) - len(bubbles), 0) if composer else 0)
        if composer:
            yield _composer({"composerId": identity, **composer}, bubbles, source)
    if "ItemTable" in tables(path):
        for (value,) in rows(path, _CHATS):
            for tab in objects(as_object(_decoded(value)).get("tabs")):
                yield _composer({"composerId": tab.get("tabId")}, objects(tab.get("bubbles")), source)
    yield from unread.readings(source)


def _bubbles(path: Path, composer: str) -> dict[str, Record]:
    prefix = f"bubbleId:{composer}".replace("'", "''")
    found = rows_in_order(path, _BUBBLES.format(prefix))
    return {str(key).rpartition(":")[2]: as_object(_decoded(value)) for _, key, value in found}


def _in_order(composer: Record, bubbles: dict[str, Record]) -> list[Record]:
    """Return the bubbles in the order of the composer's list; bubbles that it does not list were taken back."""
    listed = [first_string(one, "bubbleId") or "" for one in objects(composer.get("fullConversationHeadersOnly"))]
    if not listed:
        return list(bubbles.values())
    return [bubbles[identity] for identity in dict.fromkeys(listed) if identity in bubbles]


def _decoded(value: object) -> object:
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
    return decode_text(text) if isinstance(text, str) else None


def _composer(record: Record, bubbles: Iterable[Record], source: str) -> Trajectory | Passed:
    return trajectory(
        (step for number, bubble in enumerate(bubbles, 1) for step in _steps(bubble, number)),
        source=source,
        format_name="cursor",
        session_id=first_string(record, "composerId"),
        agent="cursor",
        model=string(nested(record, "modelConfig", "modelName")),
        termination=_ENDED.get(str(record.get("status"))),
        parent_id=string(nested(record, "subagentInfo", "parentComposerId")) or first_string(record, *_PARENTS),
    )


def _steps(bubble: Record, line: int) -> Iterator[Step]:
    at = moment(bubble.get("createdAt"))
    text = first_string(bubble, "text", "rawText") or ""
    if bubble.get("type") in _USER:
        yield from user_steps(text, at=at, line=line)
        return
    if thought := first_string(as_object(bubble.get("thinking")), "text"):
        yield Step(kind="thought", text=thought, at=at, line=line)
    if text.strip():
        yield Step(kind="assistant", text=text, at=at, line=line)
    if call := as_object(bubble.get("toolFormerData")):
        yield from _call(call, at, line)


def _call(call: Record, at: str | None, line: int) -> Iterator[Step]:
    """Yield a tool call and its result; a call that was still running or was refused has no result."""
    name, identity = first_string(call, "name"), first_string(call, "toolCallId")
    arguments = call.get("rawArgs") or call.get("params") or {}
    yield called(name, arguments, call_id=identity, at=at, line=line)
    result, failed = call.get("result"), call.get("status") in ("error", "cancelled")
    if not result and not failed:
        return
    inner = as_object(decode_text(result) if isinstance(result, str) else result)
    code = next((inner[key] for key in ("exitCodeV2", "exitCode") if isinstance(inner.get(key), int)), None)
    told = next((inner[key] for key in _TOLD if inner.get(key)), None)
    yield answered(
        content_text(told) if told is not None else json_text(result or ""),
        call_id=identity,
        tool=name,
        is_error=failed,
        exit_code=code if isinstance(code, int) and not isinstance(code, bool) else None,
        at=at,
        line=line,
    )
