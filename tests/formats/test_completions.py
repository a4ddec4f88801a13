"""How a call ended, where that stands in a record of its own."""

from pathlib import Path

import pytest

from tests.agents_logs import Line, cell, codex, printed, ran, said, wanted
from tests.readings import read_as, told

FAILED = "serve 4.1\ncannot bind port 80: permission denied\n"
ASK = 'const r = await tools.exec_command({cmd: "serve docs --port 80"});\ntext(r.output);'


def call(name: str, key: str) -> Line:
    return {"type": "function_call", "name": name, "call_id": key, "arguments": '{"cmd": "serve docs --port 80"}'}


def output(text: str, key: str) -> Line:
    return {"type": "function_call_output", "call_id": key, "output": text}


def test_a_command_that_a_cell_ran_is_the_call_and_its_exit_code_the_results(tmp_path: Path) -> None:
    lines = codex(
        wanted("serve"), cell(ASK, "c1"), ran("serve docs --port 80", 1, FAILED, "c1-x"), printed(FAILED, "c1")
    )
    run = read_as(tmp_path, lines, name="a.jsonl")
    asked, answered = run.steps[1:3]
    assert (asked.text, asked.call_id, answered.exit_code) == ("serve docs --port 80", "c1", 1)
    assert "cannot bind port 80" in answered.text


def test_each_command_of_a_cell_is_told_with_its_own_end(tmp_path: Path) -> None:
    lines = codex(
        wanted("serve"),
        cell("for (const p of [80, 8080]) text((await tools.exec_command({cmd: `serve --port ${p}`})).output);", "c1"),
        ran("serve --port 80", 1, FAILED, "c1-a"),
        ran("serve --port 8080", 0, "listening", "c1-b"),
        printed(f"{FAILED}listening", "c1"),
        said("It is up."),
    )
    assert told(read_as(tmp_path, lines, name="a.jsonl")) == [
        "user: serve",
        "tool_call: serve --port 80",
        f"tool_result: {FAILED} [1]",
        "tool_call: serve --port 8080",
        "tool_result: listening [0]",
        "assistant: It is up.",
    ]


def test_an_end_whose_id_says_nothing_belongs_to_the_call_that_ran_at_that_time(tmp_path: Path) -> None:
    lines = codex(
        wanted("serve"),
        cell("await tools.exec_command({cmd: command})", "c1"),
        ran("serve --port 80", 1, FAILED, "anything"),
        printed(FAILED, "c1"),
        cell("await tools.exec_command({cmd: command})", "c2"),
        ran("serve --port 8080", 0, "listening", "else"),
        printed("listening", "c2"),
    )
    run = read_as(tmp_path, lines, name="a.jsonl")
    assert [step.text for step in run.steps if step.kind == "tool_call"] == ["serve --port 80", "serve --port 8080"]
    assert [step.exit_code for step in run.steps if step.kind == "tool_result"] == [1, 0]


@pytest.mark.parametrize(
    ("end", "code", "failed"),
    [
        ({"type": "exec_command_end", "call_id": "c1", "exit_code": 3, "command": ["serve"]}, 3, None),
        ({"type": "mcp_tool_call_end", "call_id": "c1", "result": {"Err": "no such page"}}, None, True),
        ({"type": "mcp_tool_call_end", "call_id": "c1", "result": {"Ok": {"isError": False}}}, None, None),
        ({"type": "patch_apply_end", "call_id": "c1", "success": False}, None, True),
        ({"type": "item_completed", "item": {"type": "FileChange", "id": "c1", "status": "failed"}}, None, True),
    ],
)
def test_ends_of_calls_that_stand_as_they_are_mark_their_results(
    end: Line, code: int | None, failed: bool | None, tmp_path: Path
) -> None:
    lines = codex(wanted("go"), call("exec_command", "c1"), end, output("what it said", "c1"))
    answered = read_as(tmp_path, lines, name="a.jsonl").steps[-1]
    assert (answered.text, answered.exit_code, answered.is_error) == ("what it said", code, failed)


def test_a_rollout_of_nothing_but_completed_items_is_read(tmp_path: Path) -> None:
    def item(kind: str, **fields: object) -> Line:
        return {"type": "item_completed", "item": {"type": kind, **fields}}

    lines = codex(
        item("UserMessage", content=[{"type": "text", "text": "serve"}]),
        item("Reasoning", summary_text=["Port 80 first."]),
        ran("serve --port 80", 1, FAILED, "k"),
        item("AgentMessage", content=[{"type": "Text", "text": "It is closed."}]),
    )
    assert told(read_as(tmp_path, lines, name="a.jsonl")) == [
        "user: serve",
        "thought: Port 80 first.",
        "tool_call: serve --port 80",
        f"tool_result: {FAILED} [1]",
        "assistant: It is closed.",
    ]


def test_a_thought_that_the_display_alone_holds_is_read_and_a_copy_is_not(tmp_path: Path) -> None:
    kept = {"type": "reasoning", "summary": [{"type": "summary_text", "text": "Port 80 first."}]}
    lines = codex(
        wanted("serve"),
        kept,
        {"type": "agent_reasoning", "text": "Port 80 first."},
        {"type": "agent_reasoning", "text": "Then 8080."},
        said("Up."),
    )
    assert told(read_as(tmp_path, lines, name="a.jsonl")) == [
        "user: serve",
        "thought: Port 80 first.",
        "thought: Then 8080.",
        "assistant: Up.",
    ]


def test_what_the_display_writes_in_two_kinds_of_events_is_said_once(tmp_path: Path) -> None:
    def both(text: str) -> list[Line]:
        item = {"type": "UserMessage", "content": [{"type": "text", "text": text}]}
        return [{"type": "user_message", "message": text}, {"type": "item_completed", "item": item}]

    lines = codex(*both("go on"), said("One."), *both("go on"), said("Two."))
    assert told(read_as(tmp_path, lines, name="a.jsonl")) == [
        "user: go on",
        "assistant: One.",
        "user: go on",
        "assistant: Two.",
    ]


def test_the_exit_code_that_a_cell_printed_is_the_commands(tmp_path: Path) -> None:
    shown = '{"exit_code": 1, "output": "cannot bind port 80", "wall_time": 0.2}'
    run = read_as(tmp_path, codex(wanted("serve"), cell(ASK, "c1"), printed(shown, "c1")), name="a.jsonl")
    assert (run.steps[-1].text, run.steps[-1].exit_code) == ("cannot bind port 80", 1)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("denied\n<exited with exit code 3>", 3),
        ("denied\n\nCommand exited with code 3", 3),
        ("denied\n[exit code: 3]", 3),
        ("denied\n(Process exited with code 3).\n", 3),
        ("see the table of exit codes: 3", None),
    ],
)
def test_a_last_line_on_how_a_command_ended_is_its_exit_code(text: str, code: int | None, tmp_path: Path) -> None:
    lines = [
        {"role": "user", "content": "serve"},
        {
            "role": "assistant",
            "content": [{"type": "tool_use", "id": "c", "name": "sh", "input": {"command": "serve"}}],
        },
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "c", "content": text}]},
    ]
    assert read_as(tmp_path, lines).steps[-1].exit_code == code
