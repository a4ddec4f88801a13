"""Formats of agents that write no file of their own accord: what a sample does not show, step by step."""

import json
from pathlib import Path

from tests.readings import read_as, runs, told

PAGE = {"url": "http://127.0.0.1/", "title": "a", "tabs": [], "interacted_element": [None]}
REQUEST = "<user_request>\n<initial_user_request>Count</initial_user_request>\n"


def turn(output: object, *results: object, shown: str | None = None) -> dict[str, object]:
    return {"model_output": output, "result": list(results), "state": PAGE, "metadata": None, "state_message": shown}


def test_the_older_browser_use_keeps_thoughts_in_a_state_of_their_own(tmp_path: Path) -> None:
    brain = {"evaluation_previous_goal": "Unknown", "memory": "Nothing.", "next_goal": "Open it."}
    actions = [{"go_to_url": {"url": "http://127.0.0.1/"}}, {"click_element": {"index": 4}}]
    first = turn({"current_state": brain, "action": actions}, {"extracted_content": "Opened"})
    run = read_as(tmp_path, {"history": [first, turn(None, {"error": "no answer of the model"})]})
    assert told(run) == [
        "thought: Unknown\nNothing.\nOpen it.",
        'tool_call: {"url":"http://127.0.0.1/"}',
        "tool_result: Opened",
        'tool_call: {"index":4}',
        "system: no answer of the model",
    ]
    assert (run.termination, run.label) == (None, None)


def test_what_a_user_of_browser_use_asks_later_is_said_where_it_was_asked(tmp_path: Path) -> None:
    later = "<follow_up_user_request> And the words? </follow_up_user_request>\n"
    turns = [
        turn(
            {"action": [{"wait": {"seconds": 1}}]},
            {"extracted_content": "ok"},
            shown="<user_request>Count</user_request>",
        ),
        turn(
            {"action": [{"done": {"text": "3", "success": False}}]},
            {"is_done": True, "success": False, "extracted_content": "3"},
        ),
        turn({"action": []}, shown=f"{REQUEST}{later}</user_request>"),
    ]
    run = read_as(tmp_path, {"history": turns})
    assert [one for one in told(run) if one.startswith(("user", "assistant"))] == [
        "user: Count",
        "assistant: 3",
        "user: And the words?",
    ]
    assert run.outcome is None, "what an agent says of itself is no outcome"


def test_pydantic_ai_names_what_was_refused_and_leaves_pictures_behind(tmp_path: Path) -> None:
    asked = {"part_kind": "user-prompt", "content": ["Look", {"kind": "image-url", "url": "GOLD"}]}
    wrong = {"part_kind": "retry-prompt", "tool_name": "f", "tool_call_id": "1", "content": "no such field"}
    call = {"part_kind": "tool-call", "tool_name": "f", "tool_call_id": "1", "args": {"a": 1}}
    lines = [
        {"parts": [asked], "kind": "request", "instructions": "Be brief."},
        {"parts": [call], "kind": "response"},
        {"parts": [wrong], "kind": "request", "instructions": "Be brief."},
        {"parts": [{"part_kind": "text", "content": "No."}], "kind": "response", "run_id": "r"},
    ]
    run = read_as(tmp_path, lines, name="a.jsonl")
    assert told(run) == [
        "system: Be brief.",
        "user: Look",
        'tool_call: {"a":1}',
        "tool_result: no such field [failed]",
        "assistant: No.",
    ]
    assert run.session_id == "r"
    assert told(read_as(tmp_path, {"message_history": lines, "success": True})) == told(run)


def test_a_page_of_managed_events_is_a_session_with_the_words_of_the_user(tmp_path: Path) -> None:
    at = "2026-01-01T10:00:00Z"
    events: list[dict[str, object]] = [
        {
            "id": "1",
            "type": "user.define_outcome",
            "processed_at": at,
            "description": "Count",
            "rubric": {"text": "GOLD"},
        },
        {"id": "2", "type": "agent.mcp_tool_use", "processed_at": at, "name": "rm", "input": {"path": "a"}},
        {"id": "3", "type": "user.tool_confirmation", "processed_at": at, "result": "deny", "deny_message": "Never."},
        {"id": "3", "type": "user.tool_confirmation", "processed_at": at, "result": "deny", "deny_message": "Never."},
        {
            "id": "4",
            "type": "agent.mcp_tool_result",
            "processed_at": at,
            "mcp_tool_use_id": "2",
            "content": [],
            "is_error": True,
        },
        {
            "id": "5",
            "type": "span.outcome_evaluation_end",
            "processed_at": at,
            "result": "failed",
            "explanation": "GOLD",
        },
        {
            "id": "6",
            "type": "session.error",
            "processed_at": at,
            "error": {"type": "unknown_error", "message": "overloaded"},
        },
    ]
    run = read_as(tmp_path, {"data": events, "next_page": None})
    assert told(run) == [
        "user: Count",
        'tool_call: {"path":"a"}',
        "user: Never.",
        "tool_result:  [failed]",
        "system: overloaded",
    ]
    assert run.outcome == "failure"


def shown(ts: int, side: str, kind: str, text: object = "") -> dict[str, object]:
    return {
        "ts": 1767261600000 + ts,
        "type": side,
        side: kind,
        "text": text if isinstance(text, str) else json.dumps(text),
    }


def test_what_cline_showed_is_a_task_where_the_messages_are_not_there(tmp_path: Path) -> None:
    messages = [
        shown(1, "say", "text", "Count the lines."),
        shown(2, "say", "api_req_started", {"request": "<task>\nCount the lines.\n</task>"}),
        shown(3, "say", "reasoning", "One com"),
        shown(3, "say", "reasoning", "One command will do."),
        shown(4, "ask", "command", "wc -l notes.txt"),
        shown(5, "ask", "command_output", "wc: notes.txt: No such file"),
        shown(6, "say", "command_output", "or directory"),
        shown(7, "ask", "tool", {"tool": "listFilesTopLevel", "path": ".", "content": "docs/"}),
        shown(8, "ask", "tool", {"tool": "readFile", "path": "docs/notes.txt", "content": "/p/docs/notes.txt"}),
        shown(
            9,
            "say",
            "api_req_started",
            {"request": "[read_file for 'docs/notes.txt'] Result:\n\na\nb\n\n<environment_details>\n"},
        ),
        shown(10, "ask", "use_mcp_server", {"serverName": "s", "toolName": "t", "arguments": '{"a": 1}'}),
        shown(11, "say", "error", "not connected"),
        shown(12, "say", "x-turn", "GOLD"),
        shown(13, "say", "completion_result", "Two lines."),
        shown(14, "ask", "completion_result", ""),
        shown(15, "say", "user_feedback", "Are you sure?"),
    ]
    path = tmp_path / "a-task" / "ui_messages.json"
    run = read_as(tmp_path / "a-task", messages, name="ui_messages.json")
    assert told(run) == [
        "user: Count the lines.",
        "thought: One command will do.",
        "tool_call: wc -l notes.txt",
        "tool_result: wc: notes.txt: No such file\nor directory",
        'tool_call: {"path":"."}',
        "tool_result: docs/",
        'tool_call: {"path":"docs/notes.txt","content":"/p/docs/notes.txt"}',
        "tool_result: a\nb",
        'tool_call: {"a":1}',
        "tool_result: not connected [failed]",
        "assistant: Two lines.",
        "user: Are you sure?",
    ]
    assert run.session_id == "a-task"
    assert len({step.call_id for step in run.steps if step.kind == "tool_call"}) == 4
    (path.parent / "api_conversation_history.json").write_text("[]")
    assert runs(path) == [], "it is a copy where the messages are beside it"


def test_specstory_shows_tools_by_their_inputs_or_by_a_title(tmp_path: Path) -> None:
    text = """<!-- Generated by SpecStory -->

_**User**_

Look into it.

_**User - sidechain**_

You are a helper.

_**Assistant**_

<tool-use data-tool-type="generic" data-tool-name="fetch"><details>
<summary>Tool use: **fetch**</summary>

**Input:**

- limit: `3`
- url: `http://127.0.0.1/`

**Error:**

```
_**User**_ refused
```
</details></tool-use>

<tool-use data-tool-type="search" data-tool-name="Grep"><details>
<summary>Tool use: **Grep**</summary>
 path `src` pattern `limit`

```text
src/a.py
```
</details></tool-use>

<tool-use data-tool-type="write" data-tool-name="Write"><details>
<summary>Tool use: **Write**</summary>

```python
print(1)
```
</details></tool-use>

Done.
"""
    run = read_as(tmp_path, text, name="a.md")
    assert told(run) == [
        "user: Look into it.",
        "system: You are a helper.",
        'tool_call: {"limit":"3","url":"http://127.0.0.1/"}',
        "tool_result: _**User**_ refused [failed]",
        "tool_call: path `src` pattern `limit`",
        "tool_result: src/a.py",
        "tool_call: ```python\nprint(1)\n```",
        "assistant: Done.",
    ]
    assert run.steps[-2].tool == "Write"


def test_messages_of_gemini_without_a_header_are_a_session_in_lines_or_in_an_object(tmp_path: Path) -> None:
    result = {"functionResponse": {"id": "c1", "name": "ls", "response": {"output": "a"}}}
    call = {"id": "c1", "name": "ls", "args": {"path": "."}, "result": [result], "status": "success"}
    messages = [
        {"id": "1", "timestamp": "2026-01-01T10:00:00Z", "type": "user", "content": [{"text": "Look."}]},
        {"id": "2", "timestamp": "2026-01-01T10:00:01Z", "type": "gemini", "content": "", "toolCalls": [call]},
        {"id": "3", "timestamp": "2026-01-01T10:00:02Z", "type": "gemini", "content": "One file."},
    ]
    for content, name in ((messages, "transcript.jsonl"), (messages, "a.json"), ({"messages": messages}, "b.json")):
        run = read_as(tmp_path, content, name=name)
        assert run.format == "gemini_cli"
        assert told(run) == ["user: Look.", 'tool_call: {"path":"."}', "tool_result: a", "assistant: One file."]


def test_a_message_that_gemini_streams_in_pieces_is_one_step(tmp_path: Path) -> None:
    said: list[dict[str, object]] = [
        {"type": "message", "role": "assistant", "content": piece, "delta": True} for piece in ("Thr", "ee", ".")
    ]
    lines = [
        {"type": "init", "session_id": "s", "model": "m"},
        {"type": "message", "role": "user", "content": "Count."},
        *said,
        {"type": "error", "severity": "error", "message": "Loop detected."},
        {"type": "result", "status": "error"},
    ]
    run = read_as(tmp_path, lines, name="a.jsonl")
    assert told(run) == ["user: Count.", "assistant: Three.", "system: Loop detected."]
    assert (run.session_id, run.model, run.termination) == ("s", "m", "error")
