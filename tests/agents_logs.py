"""Lines of agents' own logs, built in few words."""

from collections.abc import Mapping

from tests.readings import Lines

Line = dict[str, object]
VERSION = "2.1.90"


def claude(*messages: tuple[str, object], session: str = "c-1", **beside: object) -> Lines:
    """A session of Claude Code: records of a type, each with a message of its role, one after the other."""
    lines: Lines = []
    for number, (kind, content) in enumerate(messages):
        line: Line = {
            "type": kind,
            "uuid": f"{session}-{number}",
            "parentUuid": f"{session}-{number - 1}" if number else None,
            "sessionId": session,
            "version": VERSION,
            "timestamp": f"2026-01-01T10:00:{number:02}.000Z",
            **beside,
        }
        if kind in ("user", "assistant"):
            line["message"] = {"role": kind, "id": f"m-{session}-{number}", "content": content}
        elif isinstance(content, dict):
            line |= content
        lines.append(line)
    return lines


def asked(command: str, key: str, *, tool: str = "Bash") -> tuple[str, object]:
    """A call of Claude Code."""
    return "assistant", [{"type": "tool_use", "id": key, "name": tool, "input": {"command": command}}]


def answer(text: str, key: str, *, failed: bool = False) -> tuple[str, object]:
    """The result of a call of Claude Code."""
    return "user", [{"type": "tool_result", "tool_use_id": key, "content": text, "is_error": failed}]


def queued(operation: str, content: str | None = None, session: str = "c-1", **beside: object) -> Line:
    """A line of Claude Code about its queue of prompts."""
    line: Line = {"type": "queue-operation", "operation": operation, "sessionId": session, **beside}
    return line if content is None else {**line, "content": content}


def codex(*payloads: Mapping[str, object], **meta: object) -> Lines:
    """A rollout of Codex: its first line, then items of the model; events are known by their types."""
    first: Line = {"type": "session_meta", "payload": {"id": "x-1", "cwd": "/p", "cli_version": "0.151.0", **meta}}
    events = {"user_message", "agent_message", "thread_rolled_back", "item_completed", "exec_command_end"}
    events |= {"mcp_tool_call_end", "patch_apply_end", "agent_reasoning", "task_complete"}
    return [first] + [
        {"type": "event_msg" if payload["type"] in events else "response_item", "payload": dict(payload)}
        for payload in payloads
    ]


def wanted(text: str) -> Line:
    """A message of the user in a rollout."""
    return {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}


def said(text: str) -> Line:
    """A message of the agent in a rollout."""
    return {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": text}]}


def cell(code: str, key: str) -> Line:
    """A cell of code in a rollout."""
    return {"type": "custom_tool_call", "call_id": key, "name": "exec", "input": code}


def printed(text: str, key: str) -> Line:
    """What a cell of code printed."""
    parts = [{"type": "input_text", "text": "Script completed\nOutput:\n"}, {"type": "input_text", "text": text}]
    return {"type": "custom_tool_call_output", "call_id": key, "output": parts}


def ran(command: str, code: int, output: str, key: str) -> Line:
    """A command that was completed, in a rollout."""
    item = {"type": "CommandExecution", "id": key, "command": ["/bin/sh", "-c", command], "exit_code": code}
    return {"type": "item_completed", "item": {**item, "aggregated_output": output}}
