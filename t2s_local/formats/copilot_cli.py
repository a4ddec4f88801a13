"""GitHub Copilot CLI: a log of events, the calls announced with the message and their ends apart."""

from collections.abc import Iterator
from pathlib import Path

from t2s_local.formats._agents.kinds import Tally
from t2s_local.formats._build import answered, called, folder_in, trajectory
from t2s_local.formats._dialects.harness import user_steps
from t2s_local.formats._dialects.messages import content_text
from t2s_local.formats._several import Item, each_run
from t2s_local.ports.format import Head, Quarantined, Reading
from t2s_local.records.head import seen
from t2s_local.records.json import Record, as_object, first_string, line_values, objects, word
from t2s_local.values.trajectory import Step

_TYPES = frozenset({"session.start", "user.message", "assistant.message", "tool.execution_complete"})
_HARNESS = frozenset({"system.message", "system.notification"})
_REWIND = "session.snapshot_rewind"
"""The user took back an event and all after it."""
_ENDINGS = frozenset({"abort", "session.error"})
_NEAR = 40
"""Steps before this one among which the same call or thought is looked for."""


def claims(head: Head) -> bool:
    """Lines of events with data, of the types Copilot writes."""
    return any(
        word(record.get("type")) in _TYPES and isinstance(record.get("data"), dict) for record in seen(head)[:10]
    )


def read(path: Path, *, source: str) -> Iterator[Reading]:
    """Read the sessions of the file; hooks, permissions and usage are counted."""
    for items in each_run(line_values(path, source=source), _opened_by):
        yield from _session(items, source)


def _opened_by(record: Record) -> str | None:
    is_start = record.get("type") == "session.start"
    return first_string(as_object(record.get("data")), "sessionId") if is_start else None


def _session(items: Iterator[Item], source: str) -> Iterator[Reading]:
    unread = Tally("copilot_cli")
    steps: list[Step] = []
    facts: dict[str, str | None] = {}
    begins: dict[str, int] = {}
    for item in items:
        if isinstance(item, Quarantined):
            yield item
            continue
        record = as_object(item[1])
        data, kind = as_object(record.get("data")), str(record.get("type"))
        facts.setdefault("session", first_string(data, "sessionId"))
        _note_place(as_object(data.get("context")) or data, facts)
        if "copilotVersion" in data:
            unread.version = first_string(data, "copilotVersion")
        begins[first_string(record, "id") or f"line {item[0]}"] = len(steps)
        if model := first_string(data, "newModel", "chosenModel", "selectedModel"):
            facts["model"] = model
        if kind == _REWIND and (back := begins.get(first_string(data, "upToEventId") or "")) is not None:
            unread.add("rewound record", len({step.line for step in steps[back:]}))
            del steps[back:]
            facts["termination"] = None
            continue
        found = list(_steps(kind, data, first_string(record, "timestamp"), item[0], steps))
        steps += found
        if not found:
            unread.add(kind)
        if kind in _ENDINGS or found:
            facts["termination"] = first_string(data, "reason", "errorType") if kind in _ENDINGS else None
    yield trajectory(
        steps,
        source=source,
        format_name="copilot_cli",
        session_id=facts.get("session"),
        agent="copilot-cli",
        model=facts.get("model"),
        termination=facts.get("termination"),
        folder=facts.get("folder"),
        repository=facts.get("repository"),
    )
    yield from unread.readings(source)


def _note_place(context: Record, facts: dict[str, str | None]) -> None:
    """Keep the first folder and repository that the session names."""
    facts["folder"] = facts.get("folder") or first_string(context, "gitRoot") or folder_in(context)
    facts["repository"] = facts.get("repository") or first_string(context, "repository")


def _steps(kind: str, data: Record, at: str | None, line: int, before: list[Step]) -> Iterator[Step]:
    text = content_text(data.get("content"))
    if kind == "user.message":
        yield from user_steps(text, at=at, line=line)
    elif kind in _HARNESS and text:
        yield Step(kind="system", text=text, at=at, line=line)
    elif kind == "assistant.reasoning" and text.strip() and not _is_thought_already(text, before):
        yield Step(kind="thought", text=text, at=at, line=line)
    elif kind == "session.compaction_complete" and (summary := first_string(data, "summaryContent")):
        yield Step(kind="summary", text=summary, at=at, line=line)
    elif kind == "assistant.message":
        yield from _message(data, at, line, before)
    elif kind == "tool.execution_start":
        yield from _call(data, first_string(data, "toolName"), at, line, before)
    elif kind == "tool.execution_complete":
        yield _result(data, at, line)


def _message(data: Record, at: str | None, line: int, before: list[Step]) -> Iterator[Step]:
    thought = first_string(data, "reasoningText")
    if thought and not _is_thought_already(thought, before):
        yield Step(kind="thought", text=thought, at=at, line=line)
    if (text := content_text(data.get("content"))).strip():
        yield Step(kind="assistant", text=text, at=at, line=line)
    for call in objects(data.get("toolRequests")):
        yield from _call(call, first_string(call, "name"), at, line, before)


def _is_thought_already(text: str, before: list[Step]) -> bool:
    """Whether the newest steps hold a thought: it is written by itself and again with the message."""
    return any(step.kind == "thought" and step.text == text for step in before[-_NEAR:])


def _call(call: Record, name: str | None, at: str | None, line: int, before: list[Step]) -> Iterator[Step]:
    """A call that was not written before: it is announced with the message and again when it starts."""
    identity = first_string(call, "toolCallId")
    if not any(step.kind == "tool_call" and step.call_id == identity for step in before[-_NEAR:]):
        yield called(name, call.get("arguments") or {}, call_id=identity, at=at, line=line)


def _result(data: Record, at: str | None, line: int) -> Step:
    result, error = as_object(data.get("result")), as_object(data.get("error"))
    return answered(
        content_text(result.get("content")) or content_text(error.get("message")),
        call_id=first_string(data, "toolCallId"),
        is_error=data.get("success") is False,
        at=at,
        line=line,
    )
