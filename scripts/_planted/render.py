"""Planted runs as files of three formats."""

import json
from collections.abc import Callable

import msgspec

from _planted.runs import Run
from t2s_local.values.trajectory import Step

_STARTED = "2025-03-01T09:00:00.000Z"


def native(run: Run) -> str:
    """Our own JSON Lines: one trajectory."""
    record = {
        "session_id": run.name,
        "task_id": run.task,
        "outcome": run.outcome,
        "steps": [msgspec.to_builtins(step) for step in run.steps],
    }
    return _line(record)


def openai_chat(run: Run) -> str:
    """Chat messages with siblings."""
    messages = [message for step in run.steps for message in _openai_message(step)]
    return _line({"messages": messages, "task_id": run.task, "reward": 1.0 if run.outcome == "success" else 0.0})


def _openai_message(step: Step) -> list[dict[str, object]]:
    if step.kind == "tool_call":
        function = {"name": step.tool, "arguments": json.dumps(step.arguments)}
        call = {"id": step.call_id, "type": "function", "function": function}
        return [{"role": "assistant", "content": None, "tool_calls": [call]}]
    if step.kind == "tool_result":
        return [{"role": "tool", "tool_call_id": step.call_id, "content": step.text}]
    return [{"role": step.kind, "content": step.text}]


def claude_code(run: Run) -> str:
    """A session file; it has no place for an outcome."""
    lines, parent = [], None
    for number, step in enumerate(run.steps):
        identity = f"{run.name}-{number:04d}"
        common = {
            "sessionId": run.name,
            "uuid": identity,
            "parentUuid": parent,
            "timestamp": _STARTED,
            "version": "2.1.0",
        }
        lines.append(
            _line({**common, "type": _author(step), "isSidechain": False, "message": _claude_message(step, run)})
        )
        parent = identity
    return "".join(lines)


def _author(step: Step) -> str:
    return "assistant" if step.kind in {"assistant", "tool_call"} else "user"


def _claude_message(step: Step, run: Run) -> dict[str, object]:
    if step.kind == "tool_call":
        part = {"type": "tool_use", "id": step.call_id, "name": step.tool, "input": step.arguments}
        return {"id": f"message-{step.call_id}-{run.name}", "role": "assistant", "content": [part]}
    if step.kind == "tool_result":
        part = {
            "type": "tool_result",
            "tool_use_id": step.call_id,
            "content": step.text,
            "is_error": bool(step.is_error),
        }
        return {"role": "user", "content": [part]}
    return {"role": _author(step), "content": step.text}


def _line(record: dict[str, object]) -> str:
    return json.dumps(record, ensure_ascii=False) + "\n"


FORMATS: dict[str, Callable[[Run], str]] = {"native": native, "openai_chat": openai_chat, "claude_code": claude_code}
