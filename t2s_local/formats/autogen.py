"""AutoGen logs: messages and events of AgentChat, states of teams, and model calls logged by the runtime.

Source: ``autogen_agentchat/messages.py``, ``state/_states.py`` and ``autogen_core/logging.py`` of AutoGen 0.4 to 0.7,
April 2026. A log of the runtime repeats the conversation with every call: the longest call of each agent is read.
"""

from collections.abc import Iterator
from pathlib import Path

from t2s_local.formats._agents.kinds import NO_TYPE, Tally
from t2s_local.formats._build import answered, called, moment, nested, trajectory
from t2s_local.formats._dialects.blocks import content_text, json_text
from t2s_local.formats._dialects.harness import user_steps
from t2s_local.formats._dialects.messages import message_steps
from t2s_local.ports.format import Head, Quarantined, Reading
from t2s_local.records.head import seen
from t2s_local.records.json import Record, as_object, first_string, objects, values, word
from t2s_local.records.outcome import label_in
from t2s_local.values.trajectory import Step

_SAID = frozenset({"TextMessage", "MultiModalMessage", "StopMessage", "HandoffMessage", "ToolCallSummaryMessage"})
_EVENTS = _SAID | {"ToolCallRequestEvent", "ToolCallExecutionEvent", "ThoughtEvent", "CodeGenerationEvent"}
_EVENTS |= {"CodeExecutionEvent", "MemoryQueryEvent", "UserInputRequestedEvent", "SelectSpeakerEvent", "SelectorEvent"}
_LOGGED = frozenset({"LLMCall", "LLMStreamEnd"})


def claims(head: Head) -> bool:
    """Return whether the file has messages of AgentChat, a state with such messages, or calls logged by the runtime."""
    return any(
        _is_event(record) or any(map(_is_event, _thread(record)[:2])) or _is_logged(record) for record in seen(head)[:5]
    )


def _is_event(record: Record) -> bool:
    kind = word(record.get("type")) or ""
    return "source" in record and "content" in record and (kind in _EVENTS or kind.startswith("StructuredMessage"))


def _is_logged(record: Record) -> bool:
    return word(record.get("type")) in _LOGGED and "agent_id" in record and "response" in record


def _thread(record: Record) -> list[Record]:
    """Return the messages of a result, or the longest list of messages in the state of a team."""
    if found := objects(record.get("messages")) or objects(record.get("message_thread")):
        return found
    states = as_object(record.get("agent_states")).values()
    threads = [objects(as_object(state).get("message_thread")) for state in states]
    threads += [objects(nested(state, "agent_state", "message_thread")) for state in states]
    return max(threads, key=len, default=[])


def read(path: Path, *, source: str) -> Iterator[Reading]:
    """Yield the conversation of every result or state; single messages form one conversation."""
    alone: list[Record] = []
    logged: dict[str, Record] = {}
    unread = Tally("autogen")
    for item in values(path, source=source):
        if isinstance(item, Quarantined):
            yield item
            continue
        record = as_object(item[1])
        if word(record.get("type")) in _LOGGED:
            _log(record, logged, unread)
        elif thread := _thread(record):
            yield _conversation(thread, record, source, unread)
        elif "source" in record:
            alone.append(record)
        else:
            unread.add(word(record.get("type")) or NO_TYPE)
    if alone:
        yield _conversation(alone, {}, source, unread)
    for agent, record in logged.items():
        yield _logged_conversation(agent, record, source)
    yield from unread.readings(source)


def _log(record: Record, logged: dict[str, Record], unread: Tally) -> None:
    """Keep the call with the longest conversation of each agent."""
    agent = first_string(record, "agent_id") or ""
    if agent in logged:
        unread.add("repeated record")
    if len(objects(record.get("messages"))) >= len(objects(logged.get(agent, {}).get("messages"))):
        logged[agent] = record


def _logged_conversation(agent: str, record: Record, source: str) -> Reading:
    choices = objects(nested(record, "response", "choices"))
    answers = [as_object(choice.get("message")) for choice in choices[:1]]
    return trajectory(
        message_steps([*objects(record.get("messages")), *filter(None, answers)]),
        source=source,
        format_name="autogen",
        session_id=agent or None,
        agent="autogen",
        model=first_string(as_object(record.get("response")), "model"),
    )


def _conversation(messages: list[Record], around: Record, source: str, unread: Tally) -> Reading:
    stopped = next((first_string(one, "content") for one in messages if one.get("type") == "StopMessage"), None)
    return trajectory(
        _steps(messages, unread),
        source=source,
        format_name="autogen",
        session_id=first_string(around, "session_id", "run_id"),
        agent="autogen",
        termination=first_string(around, "stop_reason") or stopped,
        label=label_in(around),
    )


def _steps(messages: list[Record], unread: Tally) -> Iterator[Step]:
    results: list[str] = []
    for number, message in enumerate(messages, 1):
        kind, at = word(message.get("type")) or NO_TYPE, moment(message.get("created_at"))
        if kind == "ToolCallExecutionEvent":
            results = [first_string(one, "content") or "" for one in objects(message.get("content"))]
        if kind == "ToolCallSummaryMessage" and _text(message) == "\n".join(results):
            unread.add("repeated message")
        elif kind in _SAID or kind.startswith("StructuredMessage"):
            yield from _said(message, at, number)
        elif kind in _EVENTS:
            yield from _event(kind, message, at, number, unread)
        else:
            unread.add(kind)


def _text(message: Record) -> str:
    content = message.get("content")
    if isinstance(content, list):
        return "\n".join(one for one in content if isinstance(one, str))
    return content if isinstance(content, str) else json_text(content)


def _said(message: Record, at: str | None, line: int) -> Iterator[Step]:
    text = _text(message)
    if first_string(message, "source") == "user":
        yield from user_steps(text, at=at, line=line)
    elif text.strip():
        yield Step(kind="assistant", text=text, at=at, line=line)


def _event(kind: str, message: Record, at: str | None, line: int, unread: Tally) -> Iterator[Step]:
    if kind == "ToolCallRequestEvent":
        for call in objects(message.get("content")):
            name, identity = first_string(call, "name"), first_string(call, "id")
            yield called(name, call.get("arguments") or {}, call_id=identity, at=at, line=line)
    elif kind == "ToolCallExecutionEvent":
        yield from (_result(one, at, line) for one in objects(message.get("content")))
    elif kind in ("CodeGenerationEvent", "CodeExecutionEvent"):
        yield from _code(message, at, line)
    elif kind == "ThoughtEvent" and (text := _text(message)).strip():
        yield Step(kind="thought", text=text, at=at, line=line)
    else:
        unread.add(kind)


def _result(one: Record, at: str | None, line: int) -> Step:
    name, identity, failed = first_string(one, "name"), first_string(one, "call_id"), one.get("is_error") is True
    text = content_text(one.get("content"))
    return answered(text, call_id=identity, tool=name, is_error=failed, at=at, line=line)


def _code(message: Record, at: str | None, line: int) -> Iterator[Step]:
    """Yield the code that an agent wrote, or the result of running it."""
    if "result" not in message:
        yield from _said(message, at, line)
        blocks = [code for block in objects(message.get("code_blocks")) if (code := first_string(block, "code"))]
        if blocks:
            yield called("code_executor", {"code": "\n".join(blocks)}, at=at, line=line)
        return
    result = as_object(message["result"])
    code = result.get("exit_code")
    exit_code = code if isinstance(code, int) and not isinstance(code, bool) else None
    yield answered(first_string(result, "output") or "", exit_code=exit_code, at=at, line=line)
