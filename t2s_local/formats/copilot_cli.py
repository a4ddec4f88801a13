"""GitHub Copilot CLI: a log of events, with calls in the messages and their results in events of their own."""

from collections.abc import Iterator
from pathlib import Path

from t2s_local.formats._agents.kinds import Tally
from t2s_local.formats._build import answered, called, folder_in, trajectory
from t2s_local.formats._dialects.harness import user_steps
from t2s_local.formats._dialects.messages import content_text
from t2s_local.formats._several import Item, each_run
from t2s_local.ports.format import Harness, Head, Quarantined, Reading
from t2s_local.records.head import seen
from t2s_local.records.json import Record, as_object, first_string, line_values, objects, string, word
from t2s_local.text.projects import FOLDER_KEYS
from t2s_local.values.trajectory import Step

HARNESS = Harness(name="Copilot CLI", is_world=False)
_TYPES = frozenset({"session.start", "user.message", "assistant.message", "tool.execution_complete"})
_HARNESS = frozenset({"system.message", "system.notification"})
_REWIND = "session.snapshot_rewind"
"""Type of the event that records that the user undid an earlier event and all events after the earlier event."""
_ENDINGS = frozenset({"abort", "session.error"})
_WORDS = {
    "user.message": "content",
    "assistant.reasoning": "content",
    **dict.fromkeys(_HARNESS, "content"),
    "session.compaction_complete": "summaryContent",
}
"""Types of events that contain only text, each with the name of the field that contains the text."""
_TOLD = frozenset({"assistant.message", "tool.execution_start", "tool.execution_complete", *_WORDS})
"""Types of events from which steps of the trajectory may be read."""
_MODEL_KEYS = ("newModel", "chosenModel", "selectedModel")
_MODELS = frozenset(_MODEL_KEYS)
_FACTS = frozenset({"context", "gitRoot", "repository", *FOLDER_KEYS, *_MODEL_KEYS})
"""Fields of an event with facts about the session besides its id; most events have none of them."""
_NEAR = 40
"""Number of earlier steps that are searched for the same call or thought."""


def claims(head: Head) -> bool:
    """Return whether the file has lines of events with data, of the types that Copilot writes."""
    return any(
        word(record.get("type")) in _TYPES and isinstance(record.get("data"), dict) for record in seen(head)[:10]
    )


def read(path: Path, *, source: str) -> Iterator[Reading]:
    """Yield the sessions of the file; hooks, permissions and usage are counted."""
    for items in each_run(line_values(path, source=source), _opened_by, kind="session.start"):
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
        if "copilotVersion" in data:
            unread.version = first_string(data, "copilotVersion")
        if isinstance(identity := record.get("id"), str):
            begins[identity] = len(steps)
        _learn(facts, data)
        if kind == _REWIND and (back := begins.get(first_string(data, "upToEventId") or "")) is not None:
            unread.add("rewound record", len({step.line for step in steps[back:]}))
            del steps[back:]
            facts["termination"] = None
            continue
        found = list(_steps(kind, data, first_string(record, "timestamp"), item[0], steps)) if kind in _TOLD else []
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


def _learn(facts: dict[str, str | None], data: Record) -> None:
    """Store the newest model, and the first session, folder and repository that are named."""
    if "session" not in facts:
        facts["session"] = first_string(data, "sessionId")
    if _FACTS.isdisjoint(data):
        return
    context = as_object(data.get("context")) or data
    if facts.get("folder") is None and (folder := context.get("gitRoot") or folder_in(context)):
        facts["folder"] = string(folder)
    if "repository" in context:
        facts["repository"] = facts.get("repository") or first_string(context, "repository")
    if not _MODELS.isdisjoint(data) and (model := first_string(data, *_MODEL_KEYS)):
        facts["model"] = model


def _steps(kind: str, data: Record, at: str | None, line: int, before: list[Step]) -> Iterator[Step]:
    if kind == "assistant.message":
        yield from _message(data, at, line, before)
    elif kind == "tool.execution_start":
        yield from _call(data, first_string(data, "toolName"), at, line, before)
    elif kind == "tool.execution_complete":
        yield _result(data, at, line)
    elif kind in _WORDS and (text := content_text(data.get(_WORDS[kind]))):
        yield from _words(kind, text, at, line, before)


def _words(kind: str, text: str, at: str | None, line: int, before: list[Step]) -> list[Step]:
    """Return the steps of an event with only words."""
    if kind == "user.message":
        return user_steps(text, at=at, line=line)
    if kind == "session.compaction_complete":
        return [Step(kind="summary", text=text, at=at, line=line)]
    if kind in _HARNESS:
        return [Step(kind="system", text=text, at=at, line=line)]
    return (
        []
        if not text.strip() or _is_thought_already(text, before)
        else [Step(kind="thought", text=text, at=at, line=line)]
    )


def _message(data: Record, at: str | None, line: int, before: list[Step]) -> Iterator[Step]:
    thought = first_string(data, "reasoningText")
    if thought and not _is_thought_already(thought, before):
        yield Step(kind="thought", text=thought, at=at, line=line)
    if (text := content_text(data.get("content"))).strip():
        yield Step(kind="assistant", text=text, at=at, line=line)
    for call in objects(data.get("toolRequests")):
        yield from _call(call, first_string(call, "name"), at, line, before)


def _is_thought_already(text: str, before: list[Step]) -> bool:
    """Return whether the newest steps contain a thought: Copilot writes thoughts alone and again with the message."""
    return any(step.kind == "thought" and step.text == text for step in before[-_NEAR:])


def _call(call: Record, name: str | None, at: str | None, line: int, before: list[Step]) -> Iterator[Step]:
    """Yield a call unless *before* contains the call: Copilot writes calls with the message and again at the start."""
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
