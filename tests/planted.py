"""Planted values in trajectories of six formats, in every place a value can stand."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.seeded import Seed

_FAILS = "deploy --check"
_WORKS = "deploy --check --retry"


def write(folder: Path, planted: Sequence[Seed]) -> None:
    """Write one run a seed, the formats in turn; each fails with the planted text and then recovers."""
    for number, seed in enumerate(planted):
        form = FORMATS[number % len(FORMATS)]
        name, text = form(number, seed.text)
        (folder / name).write_text(text, "utf-8")


def _request(text: str) -> str:
    return f"Deploy the service. {text}"


def _error(text: str) -> str:
    return f"Error: deploy cannot go on\n{text}"


def _chat(text: str) -> list[dict[str, object]]:
    def call(number: int, command: str) -> dict[str, object]:
        arguments = json.dumps({"command": command, "note": text})
        return {"id": f"c{number}", "type": "function", "function": {"name": "bash", "arguments": arguments}}

    return [
        {"role": "user", "content": _request(text)},
        {"role": "assistant", "content": f"I see {text}", "tool_calls": [call(1, _FAILS)]},
        {"role": "tool", "tool_call_id": "c1", "content": f"exit code: 1\n{_error(text)}"},
        {"role": "assistant", "content": f"The cause is {text}", "tool_calls": [call(2, _WORKS)]},
        {"role": "tool", "tool_call_id": "c2", "content": f"exit code: 0\ndone {text}"},
        {"role": "assistant", "content": "Deployed."},
    ]


def _openai(number: int, text: str) -> tuple[str, str]:
    run = {"task_id": f"deploy {text}", "messages": _chat(text), "reward": 1.0}
    return f"openai-{number}.json", json.dumps(run)


def _mini(number: int, text: str) -> tuple[str, str]:
    info = {"exit_status": "Submitted", "submission": ""}
    run = {
        "trajectory_format": "mini-swe-agent-1.1",
        "instance_id": f"d{number}",
        "info": info,
        "messages": _chat(text),
    }
    return f"mini-{number}.traj.json", json.dumps(run)


def _native(number: int, text: str) -> tuple[str, str]:
    steps = [
        {"kind": "user", "text": _request(text)},
        {
            "kind": "tool_call",
            "text": _FAILS,
            "tool": "bash",
            "arguments": {"command": _FAILS, "n": text},
            "call_id": "1",
        },
        {"kind": "tool_result", "text": _error(text), "tool": "bash", "call_id": "1", "is_error": True, "exit_code": 1},
        {"kind": "thought", "text": f"The cause is {text}"},
        {"kind": "tool_call", "text": _WORKS, "tool": "bash", "arguments": {"command": _WORKS}, "call_id": "2"},
        {"kind": "tool_result", "text": f"done {text}", "tool": "bash", "call_id": "2", "exit_code": 0},
    ]
    run = {"id": f"n{number}", "format": "native", "source": text, "task": _request(text), "steps": steps}
    return f"native-{number}.jsonl", json.dumps(run) + "\n"


def _blocks(text: str) -> list[tuple[str, list[dict[str, object]]]]:
    def use(number: int, command: str) -> dict[str, object]:
        return {
            "type": "tool_use",
            "id": f"t{number}",
            "name": "Bash",
            "input": {"command": command, "description": text},
        }

    def result(number: int, output: str, *, is_error: bool) -> dict[str, object]:
        return {"type": "tool_result", "tool_use_id": f"t{number}", "content": output, "is_error": is_error}

    return [
        ("user", [{"type": "text", "text": _request(text)}]),
        ("assistant", [{"type": "thinking", "thinking": text}, use(1, _FAILS)]),
        ("user", [result(1, _error(text), is_error=True)]),
        ("assistant", [{"type": "text", "text": f"The cause is {text}"}, use(2, _WORKS)]),
        ("user", [result(2, f"done {text}", is_error=False)]),
    ]


def _anthropic(number: int, text: str) -> tuple[str, str]:
    messages = [{"role": role, "content": blocks} for role, blocks in _blocks(text)]
    return f"anthropic-{number}.json", json.dumps({"system": text, "messages": messages})


def _claude(number: int, text: str) -> tuple[str, str]:
    lines = []
    for at, (role, blocks) in enumerate(_blocks(text)):
        message = {"role": role, "content": blocks, "id": f"m{number}-{at}"}
        ids = {
            "uuid": f"u{number}-{at}",
            "parentUuid": f"u{number}-{at - 1}" if at else None,
            "sessionId": f"s{number}",
        }
        lines.append(json.dumps({"type": role, "message": message, "cwd": text, "version": "2.1.0", **ids}))
    return f"claude-{number}.jsonl", "\n".join(lines) + "\n"


def _codex(number: int, text: str) -> tuple[str, str]:
    def call(at: int, command: str) -> dict[str, object]:
        arguments = json.dumps({"command": ["bash", "-lc", command], "why": text})
        return {"type": "function_call", "name": "shell", "arguments": arguments, "call_id": f"k{at}"}

    def output(at: int, shown: str, code: int) -> dict[str, object]:
        answer = json.dumps({"output": shown, "metadata": {"exit_code": code}})
        return {"type": "function_call_output", "call_id": f"k{at}", "output": answer}

    said = [{"type": "input_text", "text": _request(text)}]
    items = [
        {"type": "message", "role": "user", "content": said},
        call(1, _FAILS),
        output(1, _error(text), 1),
        call(2, _WORKS),
        output(2, f"done {text}", 0),
    ]
    meta: dict[str, object] = {
        "type": "session_meta",
        "payload": {"id": f"x{number}", "cwd": text, "cli_version": "0.58.0"},
    }
    lines = [meta, *({"type": "response_item", "payload": item} for item in items)]
    return f"codex-{number}.jsonl", "\n".join(
        json.dumps({"timestamp": "2025-03-03T09:00:00Z"} | line) for line in lines
    ) + "\n"


FORMATS: tuple[Callable[[int, str], tuple[str, str]], ...] = (_openai, _mini, _native, _anthropic, _claude, _codex)
