"""Output of Gemini CLI's ``--output-format stream-json``: one event per line, messages in pieces.

Source: ``packages/core/src/output/types.ts`` of gemini-cli, August 2026.
"""

from collections.abc import Iterator
from pathlib import Path

from t2s_local.formats._agents.kinds import NO_TYPE, Tally
from t2s_local.formats._build import answered, called, moment, trajectory
from t2s_local.formats._dialects.blocks import content_text
from t2s_local.formats._dialects.harness import user_steps
from t2s_local.formats._several import Item, each_run
from t2s_local.ports.format import Harness, Head, Quarantined, Reading
from t2s_local.records.head import seen
from t2s_local.records.json import Record, as_object, first_string, values, word
from t2s_local.values.trajectory import Step

HARNESS = Harness(name="Gemini CLI", is_world=False)
_CALL = frozenset({"tool_name", "tool_id", "parameters"})


def claims(head: Head) -> bool:
    """Return whether the file has an event that opens a session, or calls with a tool's name, id and parameters."""
    records = seen(head)[:10]
    return any(_opened_by(record) is not None for record in records[:3]) or any(
        record.get("type") == "tool_use" and record.keys() >= _CALL for record in records
    )


def _opened_by(record: Record) -> str | None:
    opens = record.get("type") == "init" and "session_id" in record and "model" in record
    return first_string(record, "session_id") if opens else None


def read(path: Path, *, source: str) -> Iterator[Reading]:
    """Yield the sessions of the file."""
    for items in each_run(values(path, source=source), _opened_by, kind="init"):
        yield from _session(items, source)


def _session(items: Iterator[Item], source: str) -> Iterator[Reading]:
    opening: Record = {}
    events: list[tuple[int, Record]] = []
    unread = Tally("gemini_stream")
    for item in items:
        if isinstance(item, Quarantined):
            yield item
            continue
        record = as_object(item[1])
        opening = opening or (record if record.get("type") == "init" else {})
        events.append((item[0], record))
    last = events[-1][1] if events else {}
    yield trajectory(
        _steps(events, unread),
        source=source,
        format_name="gemini_stream",
        session_id=first_string(opening, "session_id"),
        agent="gemini-cli",
        model=first_string(opening, "model"),
        termination=first_string(last, "status") if last.get("type") == "result" else None,
    )
    yield from unread.readings(source)


def _steps(events: list[tuple[int, Record]], unread: Tally) -> Iterator[Step]:
    """Yield the steps; the pieces of a message become one step, up to the next event of another kind."""
    pieces: list[str] = []
    begun: tuple[str | None, int] = (None, 1)
    for line, event in events:
        kind, at = word(event.get("type")), moment(event.get("timestamp"))
        is_piece = kind == "message" and event.get("role") == "assistant"
        if is_piece:
            begun = begun if pieces else (at, line)
            pieces.append(content_text(event.get("content")))
            if event.get("delta") is True:
                continue
        yield from _said(pieces, *begun)
        pieces = []
        if not is_piece:
            yield from _event(kind, event, at, line, unread)
    yield from _said(pieces, *begun)


def _said(pieces: list[str], at: str | None, line: int) -> Iterator[Step]:
    if (text := "".join(pieces)).strip():
        yield Step(kind="assistant", text=text, at=at, line=line)


def _event(kind: str | None, event: Record, at: str | None, line: int, unread: Tally) -> Iterator[Step]:
    identity, error = first_string(event, "tool_id"), as_object(event.get("error"))
    if kind == "message":
        yield from user_steps(content_text(event.get("content")), at=at, line=line)
    elif kind == "tool_use" and "parameters" in event:
        name = first_string(event, "tool_name")
        yield called(name, event["parameters"] or {}, call_id=identity, at=at, line=line)
    elif kind == "tool_result" and "status" in event:
        text = first_string(event, "output") or first_string(error, "message") or ""
        yield answered(text, call_id=identity, is_error=event["status"] == "error", at=at, line=line)
    elif kind == "error" and (message := first_string(event, "message")):
        yield Step(kind="system", text=message, at=at, line=line)
    else:
        unread.add(kind or NO_TYPE)
