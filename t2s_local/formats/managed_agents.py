"""Sessions of Anthropic's Managed Agents: the events of a session, listed, streamed, or one a line.

Source: ``types/beta/sessions`` of anthropic-sdk-python and the reference of the beta ``managed-agents-2026-04-01``,
August 2026. The events do not contain the id of their session, and neither does a page of a list of events.
"""

from collections.abc import Iterator
from pathlib import Path

from t2s_local.formats._agents.kinds import NO_TYPE, Tally
from t2s_local.formats._build import answered, called, moment, nested, trajectory
from t2s_local.formats._dialects.blocks import content_text
from t2s_local.formats._dialects.harness import user_steps
from t2s_local.ports.format import Head, Quarantined, Reading
from t2s_local.records.head import seen
from t2s_local.records.json import Record, as_object, first_string, objects, values, word
from t2s_local.records.outcome import label_of
from t2s_local.values.trajectory import Label, Step

_DOMAINS = ("agent.", "session.", "user.", "span.")
_CALLS = frozenset({"agent.tool_use", "agent.mcp_tool_use", "agent.custom_tool_use"})
_RESULTS = frozenset({"agent.tool_result", "agent.mcp_tool_result", "user.custom_tool_result"})
_VERDICT = "span.outcome_evaluation_end"
_VERDICTS = {"satisfied": True, "failed": False, "max_iterations_reached": False}
"""Verdicts that end an evaluation; ``needs_revision`` is followed by another, ``interrupted`` states no outcome."""


def claims(head: Head) -> bool:
    """Return whether the file has events of a session, recognised by type and processing time."""
    return any(_is_event(record) or any(map(_is_event, objects(record.get("data"))[:3])) for record in seen(head)[:3])


def _is_event(record: Record) -> bool:
    kind = word(record.get("type")) or ""
    return kind.startswith(_DOMAINS) and "processed_at" in record


def read(path: Path, *, source: str) -> Iterator[Reading]:
    """Yield the session of the file's events; an event that is repeated, as pages overlap, is read once."""
    events: dict[str, Record] = {}
    session: str | None = None
    unread = Tally("managed_agents")
    for item in values(path, source=source):
        if isinstance(item, Quarantined):
            yield item
            continue
        record = as_object(item[1])
        page = objects(record["data"]) if "data" in record else []
        session = session or (first_string(record, "session_id") if "session_id" in record else None)
        for place, event in enumerate(page or [record]):
            identity = first_string(event, "id") or f"{item[0]}/{place}"
            if identity in events:
                unread.add("repeated record")
            events[identity] = {**event, "line": place + 1 if page else item[0]}
    happened = list(events.values())
    ends = [nested(event, "stop_reason", "type") for event in happened if "stop_reason" in event]
    yield trajectory(
        [step for event in happened for step in _steps(event, unread)],
        source=source,
        format_name="managed_agents",
        session_id=session,
        agent="managed-agents",
        termination=word(ends[-1]) if ends else None,
        label=_label(happened),
    )
    yield from unread.readings(source)


def _label(events: list[Record]) -> Label | None:
    """Return the last verdict on the outcome that the user defined; None if there is none."""
    said = [word(event.get("result")) for event in events if event.get("type") == _VERDICT]
    verdict = _VERDICTS.get(said[-1] or "") if said else None
    return None if verdict is None else label_of(verdict, "field:span.outcome_evaluation_end.result")


def _steps(event: Record, unread: Tally) -> Iterator[Step]:
    kind, at, line = word(event.get("type")), moment(event.get("processed_at")), event["line"]
    if kind in _CALLS and "input" in event:
        name, identity = first_string(event, "name"), first_string(event, "id")
        yield called(name, event["input"] or {}, call_id=identity, at=at, line=line)
    elif kind in _RESULTS and "content" in event:
        identity = first_string(event, "tool_use_id", "mcp_tool_use_id", "custom_tool_use_id")
        text, failed = content_text(event.get("content")), event.get("is_error") is True
        yield answered(text, call_id=identity, is_error=failed, at=at, line=line)
    elif kind in _WORDS:
        yield from _said(kind, event, at, line)
    else:
        unread.add(kind or NO_TYPE)


_WORDS = {
    "user.message": "content",
    "user.define_outcome": "description",
    "user.tool_confirmation": "deny_message",
    "agent.message": "content",
    "agent.thread_message_sent": "content",
    "agent.thread_message_received": "content",
    "session.error": "error",
}
"""Events with words, and the field of the words."""


def _said(kind: str, event: Record, at: str | None, line: int) -> Iterator[Step]:
    held = event.get(_WORDS[kind])
    text = content_text(as_object(held).get("message") if kind == "session.error" else held)
    if not text.strip():
        return
    if kind.startswith("user."):
        yield from user_steps(text, at=at, line=line)
    elif kind in ("agent.message", "agent.thread_message_sent"):
        yield Step(kind="assistant", text=text, at=at, line=line)
    else:
        yield Step(kind="system", text=text, at=at, line=line)
