"""Kimi CLI's wire log: messages appended to the context, and the events of the loop around the model."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from t2s_local.formats._agents.kinds import NO_TYPE, Tally
from t2s_local.formats._build import answered, called, moment, trajectory
from t2s_local.formats._dialects.messages import assistant_blocks, content_text, user_blocks
from t2s_local.ports.format import Harness, Head, Quarantined, Reading
from t2s_local.records.head import seen
from t2s_local.records.json import Record, as_object, first_string, line_values, word
from t2s_local.values.trajectory import Step

HARNESS = Harness(name="Kimi CLI", is_world=False)
_LOOP = "context.append_loop_event"
_TYPED = frozenset({"turn.prompt", "turn.steer"})
"""Types of prompts that the user types, to begin a turn or while the agent works."""


def claims(head: Head) -> bool:
    """Return whether the file has the first line of a wire log, or messages appended to a context."""
    return any(
        (record.get("type") == "metadata" and "protocol_version" in record)
        or str(record.get("type")).startswith("context.append_")
        for record in seen(head)[:10]
    )


def read(path: Path, *, source: str) -> Iterator[Reading]:
    """Yield the agent's run in the file; requests, usage and permissions are counted."""
    unread = Tally("kimi")
    steps: list[Step] = []
    typed: list[Step] = []
    model: str | None = None
    for item in line_values(path, source=source):
        if isinstance(item, Quarantined):
            yield item
            continue
        record = as_object(item[1])
        if "modelAlias" in record:
            model = first_string(record, "modelAlias") or model
        kind = word(record.get("type"))
        if "protocol_version" in record:
            unread.version = first_string(record, "protocol_version")
        if kind in _TYPED and (words := _typed(record, item[0])):
            typed += words
        elif found := _steps(record, item[0]):
            steps += found
        else:
            inner = first_string(as_object(record.get("event")), "type")
            unread.add(f"{kind}/{inner}" if kind == _LOOP and inner else kind or NO_TYPE)
    steps, n_repeated = _with_typed(steps, typed)
    unread.add("turn.prompt", n_repeated)
    agent = path.parent.name if path.parent.parent.name == "agents" else None
    session = path.parent.parent.parent.name if agent else None
    is_child = agent is not None and agent != "main"
    yield trajectory(
        steps,
        source=source,
        format_name="kimi",
        session_id=f"{session}/{agent}" if is_child else session,
        agent="kimi-cli",
        model=model,
        parent_id=session if is_child else None,
    )
    yield from unread.readings(source)


def _typed(record: Record, line: int) -> list[Step]:
    """Return the prompt that a person typed, logged before it joins the context; [] for prompts of the harness."""
    if as_object(record.get("origin")).get("kind", "user") != "user":
        return []
    said = user_blocks(record.get("input"), at=moment(record.get("time")), line=line)
    return [step for step in said if step.kind == "user"]


def _with_typed(steps: list[Step], typed: list[Step]) -> tuple[list[Step], int]:
    """Return *steps* with the *typed* prompts missing among them, and the number of typed prompts not missing."""
    if not typed:
        return steps, 0
    known = Counter(step.text.strip() for step in steps if step.kind == "user")
    alone: list[Step] = []
    for step in typed:
        if known[step.text.strip()] > 0:
            known[step.text.strip()] -= 1
        else:
            alone.append(step)
    whole = sorted([*steps, *alone], key=lambda step: step.line or 0) if alone else steps
    return whole, len(typed) - len(alone)


def _steps(record: Record, line: int) -> list[Step]:
    kind = word(record.get("type"))
    if kind == _LOOP:
        return _event(as_object(record.get("event")), record.get("time"), line)
    if kind == "context.append_message":
        return _message(as_object(record.get("message")), moment(record.get("time")), line)
    if kind == "context.apply_compaction" and (summary := first_string(record, "summary", "contextSummary")):
        return [Step(kind="summary", text=summary, at=moment(record.get("time")), line=line)]
    if kind == "config.update" and (prompt := first_string(record, "systemPrompt")):
        return [Step(kind="system", text=prompt, at=moment(record.get("time")), line=line)]
    return []


def _message(message: Record, at: str | None, line: int) -> list[Step]:
    role, content = message.get("role"), message.get("content")
    if role == "user" and as_object(message.get("origin")).get("kind", "user") == "user":
        return user_blocks(content, at=at, line=line)
    text = content_text(content)
    return [Step(kind="assistant" if role == "assistant" else "system", text=text, at=at, line=line)] if text else []


def _event(event: Record, time: object, line: int) -> list[Step]:
    kind = event.get("type")
    if kind == "content.part":
        part = as_object(event.get("part"))
        if part.get("type") == "think":
            return [Step(kind="thought", text=content_text(part.get("think")), at=moment(time), line=line)]
        return assistant_blocks(part, at=moment(time), line=line)
    identity = first_string(event, "toolCallId")
    if kind == "tool.call":
        name, arguments = first_string(event, "name"), event.get("args") or {}
        return [called(name, arguments, call_id=identity, at=moment(time), line=line)]
    if kind == "tool.result":
        result = as_object(event.get("result"))
        failed = result.get("isError") is True
        text = content_text(result.get("output"))
        return [answered(text, call_id=identity, is_error=failed, at=moment(time), line=line)]
    return []
