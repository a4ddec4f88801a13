"""Spellings and traps of formats beside those of their samples: what is read of each, step by step."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.readings import Lines, read_as, runs, told


def call(name: str, arguments: object, identity: str = "c1") -> dict[str, object]:
    return {"id": identity, "type": "function", "function": {"name": name, "arguments": arguments}}


USER = {"role": "user", "content": "count"}
CHAT: dict[str, tuple[object, list[str]]] = {
    "functions of the first models are linked by order": (
        [
            USER,
            {"role": "assistant", "content": None, "function_call": {"name": "sh", "arguments": '{"command":"ls"}'}},
            {"role": "function", "name": "sh", "content": "a"},
            {"role": "assistant", "content": "one", "function_call": None},
        ],
        ["user: count", "tool_call: ls", "tool_result: a", "assistant: one"],
    ),
    "arguments that are no JSON are kept as they stand": (
        [USER, {"role": "assistant", "tool_calls": [call("sh", '{"command": "l')]}],
        ["user: count", 'tool_call: {"command": "l'],
    ),
    "parts, thoughts and a developer": (
        [
            {"role": "developer", "content": [{"type": "text", "text": "rules"}]},
            {"role": "user", "content": [{"type": "text", "text": "count"}, {"type": "image_url", "image_url": {}}]},
            {"role": "assistant", "content": "", "reasoning_content": "hm", "refusal": None},
            {"role": "assistant", "content": [{"type": "refusal", "refusal": "I will not."}]},
        ],
        ["system: rules", "user: count", "thought: hm", "assistant: I will not."],
    ),
    "a log of a request holds the answer apart": (
        {
            "messages": [USER],
            "tools": [],
            "response": {"choices": [{"message": {"role": "assistant", "content": "3"}}]},
        },
        ["user: count", "assistant: 3"],
    ),
    "a request inside of a log": (
        {
            "request": {"messages": [USER]},
            "response": {"choices": [{"message": {"role": "assistant", "content": "3"}}]},
        },
        ["user: count", "assistant: 3"],
    ),
}


@pytest.mark.parametrize("name", sorted(CHAT))
def test_spellings_of_openai_chat(name: str, tmp_path: Path) -> None:
    content, steps = CHAT[name]
    run = read_as(tmp_path, content)
    assert (run.format, told(run)) == ("openai_chat", steps)


@pytest.mark.parametrize("key", ["reward", "score", "success", "correct", "resolved", "passed"])
def test_a_label_beside_the_messages_is_found_under_its_names(key: str, tmp_path: Path) -> None:
    for holder in ({key: 1}, {"metadata": {key: True}}):
        run = read_as(tmp_path, {"messages": [USER, {"role": "assistant", "content": "3"}], **holder})
        assert run.label is not None
        assert (run.outcome, run.label.source) == ("success", f"field:{key}")


ASKED: dict[str, object] = {"role": "user", "content": [{"type": "input_text", "text": "count"}]}
ITEMS: dict[str, tuple[Lines, list[str]]] = {
    "a custom tool with free text": (
        [
            {"type": "custom_tool_call", "call_id": "1", "name": "apply_patch", "input": "*** Begin Patch"},
            {"type": "custom_tool_call_output", "call_id": "1", "output": "ok"},
        ],
        ["tool_call: *** Begin Patch", "tool_result: ok"],
    ),
    "a local shell": (
        [
            {"type": "local_shell_call", "call_id": "1", "action": {"type": "exec", "command": ["ls", "-a"]}},
            {"type": "local_shell_call_output", "call_id": "1", "output": "a"},
        ],
        ["tool_call: ls -a", "tool_result: a"],
    ),
    "a call of MCP holds its own output, or its own error": (
        [
            {"type": "mcp_call", "id": "1", "name": "find", "arguments": '{"q":"x"}', "output": "found"},
            {"type": "mcp_call", "id": "2", "name": "find", "arguments": "{}", "output": None, "error": "down"},
        ],
        ['tool_call: {"q":"x"}', "tool_result: found", "tool_call: {}", "tool_result: down [failed]"],
    ),
    "an output that is a list of parts": (
        [
            {"type": "function_call", "call_id": "1", "name": "see", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "1", "output": [{"type": "input_text", "text": "a"}]},
        ],
        ["tool_call: {}", "tool_result: a"],
    ),
    "an output that is one object": (
        [
            {"type": "function_call", "call_id": "1", "name": "see", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "1", "output": {"type": "input_text", "text": "a"}},
        ],
        ["tool_call: {}", "tool_result: a"],
    ),
    "a thought with a summary, and one that is encrypted": (
        [
            {"type": "reasoning", "summary": [{"type": "summary_text", "text": "hm"}], "encrypted_content": "GOLD"},
            {"type": "reasoning", "summary": [], "encrypted_content": "GOLD"},
            {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "3"}]},
        ],
        ["thought: hm", "assistant: 3"],
    ),
}


@pytest.mark.parametrize("name", sorted(ITEMS))
def test_spellings_of_openai_responses(name: str, tmp_path: Path) -> None:
    items, steps = ITEMS[name]
    opening: Lines = [
        ASKED,
        {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "so"}]},
    ]
    run = read_as(tmp_path, [*opening, *items])
    assert told(run) == ["user: count", "assistant: so", *steps]


def rollout(*payloads: Mapping[str, object]) -> Lines:
    lines: Lines = [
        {"timestamp": "2026-01-01T10:00:00Z", "type": "session_meta", "payload": {"id": "c-1", "cwd": "/p"}}
    ]
    lines += [
        {"timestamp": "2026-01-01T10:00:01Z", "type": "response_item", "payload": payload} for payload in payloads
    ]
    return lines


def test_codex_tells_the_exit_code_in_json_or_in_words(tmp_path: Path) -> None:
    outputs = ('{"output":"a","metadata":{"exit_code":2}}', "Chunk ID: 1\nProcess exited with code 3\nOutput:\nb")
    items = []
    for number, output in enumerate(outputs):
        items.append({"type": "function_call", "name": "shell", "arguments": "{}", "call_id": str(number)})
        items.append({"type": "function_call_output", "call_id": str(number), "output": output})
    run = read_as(tmp_path, rollout(ASKED | {"type": "message"}, *items), name="a.jsonl")
    assert [step.exit_code for step in run.steps if step.kind == "tool_result"] == [2, 3]


def test_what_the_harness_puts_before_a_codex_task_is_not_the_task(tmp_path: Path) -> None:
    given = [{"type": "input_text", "text": "<environment_context>\n<cwd>/p</cwd>\n</environment_context>"}]
    rules = [{"type": "input_text", "text": "# AGENTS.md instructions for /p\n\nBe short."}]
    said = [{"type": "message", "role": "user", "content": content} for content in (given, rules, ASKED["content"])]
    lines = rollout(*said)
    lines.append({"timestamp": "x", "type": "event_msg", "payload": {"type": "user_message", "message": "count"}})
    lines.append({"timestamp": "x", "type": "compacted", "payload": {"message": "so far", "replacement_history": []}})
    run = read_as(tmp_path, lines, name="a.jsonl")
    assert run.task == "count"
    assert [step.kind for step in run.steps] == ["system", "system", "user", "summary"]


BLOCKS: dict[str, tuple[Lines, list[str]]] = {
    "a search that the server runs": (
        [
            {"type": "server_tool_use", "id": "1", "name": "web_search", "input": {"query": "x"}},
            {
                "type": "web_search_tool_result",
                "tool_use_id": "1",
                "content": [{"type": "web_search_result", "title": "T", "url": "u"}],
            },
        ],
        ['tool_call: {"query":"x"}', 'tool_result: {"type":"web_search_result","title":"T","url":"u"}'],
    ),
    "thoughts that are withheld": (
        [
            {"type": "redacted_thinking", "data": "GOLD"},
            {"type": "thinking", "thinking": "hm", "signature": "GOLD"},
            {"type": "tool_use", "id": "2", "name": "sh", "input": {"command": "ls"}},
        ],
        ["thought: hm", "tool_call: ls"],
    ),
}


@pytest.mark.parametrize("name", sorted(BLOCKS))
def test_spellings_of_anthropic_messages(name: str, tmp_path: Path) -> None:
    blocks, steps = BLOCKS[name]
    image = [{"type": "image", "source": {"data": "GOLD"}}, {"type": "text", "text": "seen"}]
    answer = {
        "role": "user",
        "content": [{"type": "tool_result", "tool_use_id": "2", "content": image, "is_error": True}],
    }
    messages = [USER, {"role": "assistant", "content": blocks}, answer]
    run = read_as(tmp_path, {"system": [{"type": "text", "text": "rules"}], "messages": messages})
    assert run.format == "anthropic_messages"
    assert told(run) == ["system: rules", "user: count", *steps, "tool_result: seen [failed]"]


def claude(kind: str, content: object, number: int, **beside: object) -> dict[str, object]:
    return {
        "type": kind,
        "uuid": f"u{number}",
        "parentUuid": f"u{number - 1}",
        "sessionId": "s",
        "timestamp": f"2026-01-01T10:00:{number:02}Z",
        "message": {"role": kind, "id": f"m{number}", "content": content},
        **beside,
    }


def test_only_what_the_user_said_is_a_request_to_claude_code(tmp_path: Path) -> None:
    lines = [
        {"type": "summary", "summary": "of another session", "leafUuid": "z"},
        claude(
            "user", "Caveat: The messages below were generated by the user while running local commands", 1, isMeta=True
        ),
        claude("user", "<command-name>/clear</command-name>", 2),
        claude("user", "<local-command-stdout>ok</local-command-stdout>", 3),
        claude("user", "count", 4),
        claude("user", [{"type": "text", "text": "Base directory for this skill: /s"}], 5),
        claude("user", "This session is being continued from a previous conversation.", 6, isCompactSummary=True),
        claude("assistant", [{"type": "text", "text": "3"}], 7),
        claude("user", [{"type": "text", "text": "[Request interrupted by user]"}], 8),
        {"type": "a kind of record nobody knows yet", "uuid": "u9", "sessionId": "s"},
    ]
    run = read_as(tmp_path, lines, name="a.jsonl")
    kinds = [step.kind for step in run.steps]
    assert kinds == ["system", "system", "system", "user", "system", "summary", "assistant", "system"]
    assert (run.task, run.termination) == ("count", "interrupted")


def test_a_sub_agent_of_a_claude_stream_is_a_child(tmp_path: Path) -> None:
    said = [{"type": "text", "text": "child"}]
    use = [{"type": "tool_use", "id": "t1", "name": "Task", "input": {"prompt": "look"}}]
    lines = [
        {"type": "system", "subtype": "init", "session_id": "s", "tools": [], "model": "m"},
        {"type": "assistant", "session_id": "s", "parent_tool_use_id": None, "message": {"id": "1", "content": use}},
        {"type": "assistant", "session_id": "s", "parent_tool_use_id": "t1", "message": {"id": "2", "content": said}},
        {"type": "result", "subtype": "success", "is_error": False, "session_id": "s", "result": "done"},
    ]
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    found = {run.parent_id: told(run) for run in runs(path)}
    assert "assistant: child" not in found[None]
    assert found["s"] == ["assistant: child"]
    assert {run.outcome for run in runs(path)} == {None}, "ended normally is not succeeded"
