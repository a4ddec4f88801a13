"""Antigravity transcripts: one step a line, from the user, the model, or a tool that the model called."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from t2s_local.formats._build import answered, called, moment, passed, trajectory
from t2s_local.formats._dialects.harness import asked_steps
from t2s_local.ports.format import Harness, Head, Quarantined, Reading
from t2s_local.records.head import seen
from t2s_local.records.json import Record, as_object, decode_text, first_string, objects, values, word
from t2s_local.values.trajectory import Step, StepKind

HARNESS = Harness(name="Antigravity", is_world=False)
_PLACE = frozenset({"step_index", "source", "type", "status"})
_REQUEST = "USER_REQUEST"
"""Tag around the user's request."""
_FAILED = frozenset({"ERROR", "FAILED", "CANCELED", "CANCELLED"})
_SPOKEN: dict[str, StepKind] = {"CHECKPOINT": "summary"}
"""Kinds of steps of the types that the harness writes; all other types are system messages."""


def claims(head: Head) -> bool:
    """Return whether the file has numbered steps with a source, a type in capitals and a status."""
    return any(record.keys() >= _PLACE and (word(record["type"]) or "").isupper() for record in seen(head)[:10])


def read(path: Path, *, source: str) -> Iterator[Reading]:
    """Yield the transcript of the file; steps without content are counted."""
    steps: list[Step] = []
    unread: Counter[str] = Counter()
    for item in values(path, source=source):
        if isinstance(item, Quarantined):
            yield item
            continue
        record = as_object(item[1])
        found = list(_steps(record, item[0]))
        if not found:
            unread[first_string(record, "type") or "record without a type"] += 1
        steps += found
    yield trajectory(steps, source=source, format_name="antigravity", agent="antigravity")
    yield from passed(unread, source=source)


def _steps(record: Record, line: int) -> Iterator[Step]:
    """Yield the steps of one line; results are linked to calls by order, because they have no ids."""
    kind, at = word(record.get("type")) or "", moment(record.get("created_at"))
    text = first_string(record, "content") or ""
    if kind == "USER_INPUT":
        yield from asked_steps(text, _REQUEST, at=at, line=line)
    elif kind == "PLANNER_RESPONSE":
        yield from _planned(record, text, at, line)
    elif record.get("source") == "MODEL":
        failed = True if word(record.get("status")) in _FAILED else None
        if text.strip() or failed:
            yield answered(text, is_error=failed, at=at, line=line)
    elif text.strip():
        yield Step(kind=_SPOKEN.get(kind, "system"), text=text, at=at, line=line)


def _planned(record: Record, text: str, at: str | None, line: int) -> Iterator[Step]:
    """Yield the thoughts, words and calls of the model."""
    if thought := first_string(record, "thinking"):
        yield Step(kind="thought", text=thought, at=at, line=line)
    if text.strip():
        yield Step(kind="assistant", text=text, at=at, line=line)
    for call in objects(record.get("tool_calls")):
        arguments = {key: _plain(value) for key, value in as_object(call.get("args")).items()}
        yield called(first_string(call, "name"), arguments, at=at, line=line)


def _plain(value: object) -> object:
    """Return an argument, decoded if it is JSON in a string."""
    decoded = decode_text(value) if isinstance(value, str) else None
    return value if decoded is None else decoded
