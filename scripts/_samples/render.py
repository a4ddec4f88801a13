"""A recording in the words of the three formats it may ship in."""

import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from _samples.agent import TASK_FOLDER, Recording

_START = datetime(2025, 3, 3, 9, tzinfo=UTC)
_SYSTEM = "You are a careful assistant with a bash tool. Every command runs in a new shell, in the task's folder."
_SUBMIT = "echo COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT"


def claude_code(recording: Recording) -> str:
    """One session as JSON Lines, one line a content block."""
    name = recording.play.name
    session, parent, lines = _uuid(name), None, []
    for number, (role, message, extra) in enumerate(_claude_messages(recording)):
        own = _uuid(name, number)
        line = {
            "parentUuid": parent,
            "isSidechain": False,
            "userType": "external",
            "cwd": TASK_FOLDER,
            "sessionId": session,
            "version": "2.1.0",
            "gitBranch": "",
            "type": role,
            "message": message,
            "uuid": own,
            "timestamp": _time(name, number),
        }
        lines.append(json.dumps(line | extra, ensure_ascii=False))
        parent = own
    return "\n".join(lines) + "\n"


def _claude_messages(recording: Recording) -> Iterator[tuple[str, dict[str, object], dict[str, object]]]:
    turn = calls = 0
    for act in recording.acts:
        if act.beat.kind == "user":
            yield "user", {"role": "user", "content": act.beat.text}, {}
        elif act.beat.kind == "say":
            turn += 1
            yield "assistant", _claude_answer(recording, turn, {"type": "text", "text": act.beat.text}), {}
        elif act.beat.kind == "run":
            calls += 1
            call = f"toolu_{_short(recording, calls)}"
            block = {"type": "tool_use", "id": call, "name": "Bash", "input": {"command": act.beat.text}}
            yield "assistant", _claude_answer(recording, max(turn, 1), block), {}
            text = f"Exit code {act.code}\n{act.output}".rstrip() if act.code else act.output
            result = {"type": "tool_result", "tool_use_id": call, "content": text, "is_error": bool(act.code)}
            shown = f"Error: {text}" if act.code else {"stdout": act.output, "stderr": "", "interrupted": False}
            yield "user", {"role": "user", "content": [result]}, {"toolUseResult": shown}
            turn += 1


def _claude_answer(recording: Recording, turn: int, block: dict[str, object]) -> dict[str, object]:
    return {
        "id": f"msg_{_short(recording, turn)}",
        "type": "message",
        "role": "assistant",
        "model": "scripted",
        "content": [block],
        "stop_reason": None,
        "usage": {"input_tokens": 0, "output_tokens": 0},
    }


def openai_chat(recording: Recording) -> str:
    """One line: the messages with ``task_id`` and ``reward`` beside them."""
    entry = {
        "id": recording.play.name,
        "task_id": recording.play.task,
        "messages": [{"role": "system", "content": _SYSTEM}, *_chat_messages(recording)],
        "reward": float(recording.succeeded),
    }
    return json.dumps(entry, ensure_ascii=False) + "\n"


def _chat_messages(recording: Recording) -> list[dict[str, object]]:
    messages: list[dict[str, object]] = []
    said: str | None = None
    for number, act in enumerate(recording.acts):
        if act.beat.kind == "run":
            call = f"call_{_short(recording, number)}"
            arguments = json.dumps({"command": act.beat.text}, ensure_ascii=False)
            function = {"id": call, "type": "function", "function": {"name": "bash", "arguments": arguments}}
            messages.append({"role": "assistant", "content": said, "tool_calls": [function]})
            text = f"exit code: {act.code}\n{act.output}".rstrip()
            messages.append({"role": "tool", "tool_call_id": call, "name": "bash", "content": text})
            said = None
            continue
        if said is not None:
            messages.append({"role": "assistant", "content": said})
        said = act.beat.text if act.beat.kind == "say" else None
        if act.beat.kind == "user":
            messages.append({"role": "user", "content": act.beat.text})
    return messages if said is None else [*messages, {"role": "assistant", "content": said}]


def mini_swe_agent(recording: Recording) -> str:
    """One trajectory file; a run that was not stopped ends with its submission."""
    stopped = recording.acts[-1].beat.kind == "limit"
    status = "LimitsExceeded" if stopped else "Submitted"
    messages: list[dict[str, object]] = [{"role": "system", "content": _SYSTEM}]
    for message in _chat_messages(recording):
        if message["role"] == "tool":
            code, _, output = str(message["content"]).removeprefix("exit code: ").partition("\n")
            message = {
                "role": "tool",
                "tool_call_id": message["tool_call_id"],
                "content": f"<returncode>{code}</returncode>\n<output>\n{output}\n</output>",
                "extra": {"returncode": int(code), "raw_output": output, "exception_info": ""},
            }
        messages.append(message)
    if not stopped:
        call = {"id": f"call_{_short(recording, 99)}", "type": "function"}
        function = {"name": "bash", "arguments": json.dumps({"command": _SUBMIT})}
        messages[-1] = messages[-1] | {"tool_calls": [call | {"function": function}]}
    messages.append({"role": "exit", "content": "", "extra": {"exit_status": status, "submission": ""}})
    document = {
        "trajectory_format": "mini-swe-agent-1.1",
        "instance_id": recording.play.task,
        "info": {
            "exit_status": status,
            "submission": "",
            "model_stats": {"instance_cost": 0.0},
            "mini_version": "2.2.8",
        },
        "messages": messages,
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _uuid(name: str, number: int = -1) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{name}/{number}"))


def _short(recording: Recording, number: int) -> str:
    return uuid.uuid5(uuid.NAMESPACE_OID, f"{recording.play.name}#{number}").hex[:20]


def _time(name: str, number: int) -> str:
    day = int(uuid.uuid5(uuid.NAMESPACE_OID, name).hex[:4], 16) % 60
    moment = _START + timedelta(days=day, seconds=7 * number)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")
