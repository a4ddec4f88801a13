"""Calls and results that stand among the words of a message, in the spellings of agents nobody described."""

import json
from pathlib import Path

import pytest

from t2s_local.ports.format import Passed
from t2s_local.stages.reading.reading import read_file
from t2s_local.values.trajectory import Trajectory
from tests.readings import read_as, runs, sample, told

ASKED = {"command": "wc -l notes.txt"}
HELD = "3 notes.txt"
SPELLINGS: dict[str, tuple[dict[str, object], dict[str, object]]] = {
    "anthropic": (
        {"type": "tool_use", "id": "a", "name": "sh", "input": ASKED},
        {"type": "tool_result", "tool_use_id": "a", "content": [{"type": "text", "text": HELD}]},
    ),
    "with hyphens": (
        {"type": "tool-call", "toolCallId": "a", "toolName": "sh", "args": ASKED},
        {"type": "tool-result", "toolCallId": "a", "output": HELD},
    ),
    "with underscores": (
        {"type": "tool_call", "call_id": "a", "tool_name": "sh", "arguments": ASKED},
        {"type": "tool_response", "call_id": "a", "response": HELD},
    ),
    "without ids of calls": (
        {"type": "tool_use", "name": "sh", "input": ASKED},
        {"type": "tool_result", "tool_use_id": "b", "content": HELD},
    ),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("speaker", ["type", "speaker"])
def test_blocks_of_a_message_inside_an_envelope_are_calls_and_results(
    spelling: str, speaker: str, tmp_path: Path
) -> None:
    call, result = SPELLINGS[spelling]
    run = read_as(
        tmp_path,
        [
            {speaker: "user", "message": {"content": "count the lines"}},
            {speaker: "assistant", "message": {"content": [{"type": "text", "text": "I count."}, call]}},
            {speaker: "user", "message": {"content": [result]}},
            {speaker: "assistant", "message": {"content": [{"type": "text", "text": "There are three."}]}},
        ],
        name="a.jsonl",
    )
    assert told(run) == [
        "user: count the lines",
        "assistant: I count.",
        "tool_call: wc -l notes.txt",
        f"tool_result: {HELD}",
        "assistant: There are three.",
    ]
    asked, answer = run.steps[2:4]
    assert asked.call_id is not None
    assert (answer.call_id, answer.tool) == (asked.call_id, "sh")


def test_a_result_that_fails_among_the_words_of_a_message_says_so(tmp_path: Path) -> None:
    lines = [
        {"speaker": "bot", "parts": [{"type": "tool-call", "toolCallId": "a", "toolName": "sh", "args": ASKED}]},
        {"speaker": "human", "parts": [{"type": "tool-result", "toolCallId": "a", "isError": True, "output": "no"}]},
    ]
    assert told(read_as(tmp_path, {"log": lines}))[1] == "tool_result: no [failed]"


def test_results_under_ids_of_other_calls_stay_apart_where_every_call_has_an_id(tmp_path: Path) -> None:
    run = read_as(
        tmp_path,
        {
            "log": [
                {"speaker": "user", "body": "count the lines"},
                {"speaker": "bot", "body": "look", "calls": [{"id": "a", "name": "sh", "args": ASKED}]},
                {"speaker": "tool", "call_id": "z", "body": HELD},
            ]
        },
    )
    assert [step.call_id for step in run.steps[2:]] == ["a", "z"]


def test_lines_with_a_last_word_and_an_exit_code_in_an_object_are_read(tmp_path: Path) -> None:
    lines = [
        {"type": "system", "subtype": "init", "sessionId": "d-1", "tools": ["Shell"]},
        {"type": "message", "sessionId": "d-1", "role": "user", "text": "count the lines"},
        {"type": "tool_call", "sessionId": "d-1", "toolCallId": "c", "toolName": "Shell", "parameters": ASKED},
        {"type": "tool_result", "sessionId": "d-1", "toolCallId": "c", "value": {"stdout": "", "exitCode": 2}},
        {"type": "completion", "sessionId": "d-1", "finalText": "I cannot count them."},
    ]
    run = read_as(tmp_path, lines, name="a.jsonl")
    assert run.format == "generic"
    assert told(run) == [
        "user: count the lines",
        "tool_call: wc -l notes.txt",
        'tool_result: {"stdout":"","exitCode":2} [2]',
        "assistant: I cannot count them.",
    ]


CURSOR: list[dict[str, object]] = [
    {"role": "user", "message": {"content": [{"type": "text", "text": "count the lines"}]}},
    {
        "role": "assistant",
        "message": {
            "content": [
                {"type": "thinking", "thinking": "One command will do."},
                {"type": "tool_use", "name": "Shell", "input": ASKED},
                {"type": "tool_call", "name": "Read", "input": {"path": "notes.txt"}},
            ]
        },
    },
    {"role": "user", "message": {"content": [{"type": "tool_result", "tool_use_id": "t9", "content": HELD}]}},
    {"role": "user", "message": {"content": [{"type": "tool-result", "name": "Read", "content": "one two three"}]}},
    {"role": "assistant", "message": {"content": "There are three."}},
    {"type": "turn_ended", "status": "success"},
]


def test_a_transcript_of_cursor_has_its_calls_linked_to_their_results_by_their_place(tmp_path: Path) -> None:
    run = read_as(tmp_path, CURSOR, name="a.jsonl")
    assert (run.format, run.agent) == ("cursor", "cursor")
    assert told(run)[2:6] == [
        "tool_call: wc -l notes.txt",
        'tool_call: {"path":"notes.txt"}',
        f"tool_result: {HELD}",
        "tool_result: one two three",
    ]
    assert [step.tool for step in run.steps[4:6]] == ["Shell", "Read"]
    assert run.steps[2].call_id == run.steps[4].call_id != run.steps[5].call_id


def test_the_fallback_reads_a_transcript_of_cursor_as_its_reader_does(tmp_path: Path) -> None:
    proper = read_as(tmp_path, CURSOR, name="a.jsonl")
    (other,) = runs(tmp_path / "a.jsonl", format_name="generic")
    assert told(other) == told(proper)


def test_what_stands_beside_the_query_in_a_transcript_of_cursor_is_the_harness_s(tmp_path: Path) -> None:
    def asked(text: str) -> list[str]:
        return told(read_as(tmp_path, [{"role": "user", "message": {"content": text}}], name="a.jsonl"))

    query = "<user_query>\ncount the lines\n</user_query>"
    assert asked(query) == ["user: count the lines"]
    assert asked(f"<timestamp>Monday</timestamp>\n{query}") == [
        "user: count the lines",
        "system: <timestamp>Monday</timestamp>",
    ]
    assert asked("what is <user_query> for?") == ["user: what is <user_query> for?"]


def test_a_transcript_of_one_line_is_a_run_that_is_not_guessed(tmp_path: Path) -> None:
    assert told(read_as(tmp_path, CURSOR[:1], name="a.jsonl")) == ["user: count the lines"]
    items = list(read_file(tmp_path / "a.jsonl", source="x"))
    assert [type(item) for item in items] == [Trajectory]


def test_only_what_the_user_said_and_kept_is_a_request_to_qwen_code() -> None:
    (run,) = runs(sample("qwen"))
    assert [step.text for step in run.steps if step.kind == "user"] == [run.task, "Thanks."]
    assert [step.text for step in run.steps if step.kind == "system"] == [
        "<qwen:user-prompt-submit-context>\nAdded by a hook.\n</qwen:user-prompt-submit-context>",
        "A job in the background has ended.",
    ]
    assert [step.is_error for step in run.steps if step.kind == "tool_result"] == [True, None]


def test_what_qwen_code_rewound_is_counted_and_its_model_is_not_the_one_of_the_run(tmp_path: Path) -> None:
    lines = [json.loads(line) for line in sample("qwen").read_text().splitlines()]
    lines.insert(8, {**lines[9], "uuid": "w-z", "parentUuid": "w-6", "model": "of a branch"})
    for line in lines[:8]:
        line.pop("model", None)
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    items = list(read_file(path, source="x"))
    (run,) = (item for item in items if isinstance(item, Trajectory))
    assert run.model is None
    assert "Taken back." not in [step.text for step in run.steps]
    assert Passed(path="x", record="rewound record", count=3) in items


def test_a_chain_of_qwen_code_that_turns_back_on_itself_or_lacks_a_parent_is_read_to_its_end(tmp_path: Path) -> None:
    lines = [json.loads(line) for line in sample("qwen").read_text().splitlines()[:8]]
    (whole,) = runs(sample("qwen"))
    for number, parent in ((7, "lost"), (1, "w-6")):
        changed = [{**line, "parentUuid": parent} if place == number else line for place, line in enumerate(lines)]
        assert told(read_as(tmp_path, changed, name="a.jsonl")) == told(whole)[:9]


def test_two_records_glued_together_on_the_only_line_are_both_read(tmp_path: Path) -> None:
    lines = sample("qwen").read_text().splitlines()[1:3]
    apart, glued = tmp_path / "apart.jsonl", tmp_path / "glued.jsonl"
    apart.write_text("\n".join(lines) + "\n")
    glued.write_text("".join(lines) + "\n")
    assert [told(run) for run in runs(glued)] == [told(run) for run in runs(apart)]


def test_what_the_harness_of_antigravity_writes_is_neither_asked_nor_answered() -> None:
    (run,) = runs(sample("antigravity"))
    assert told(run) == [
        f"user: {run.task}",
        "system: <USER_SETTINGS_CHANGE>\nA model was chosen.\n</USER_SETTINGS_CHANGE>",
        "thought: One command will do.",
        "tool_call: wc -l notes.txt",
        "tool_result: wc: notes.txt: No such file or directory [failed]",
        "assistant: The file is in docs.",
        "tool_call: wc -l docs/notes.txt",
        "tool_result: The command completed successfully.\nOutput:\n3 docs/notes.txt",
        "summary: # What came before\nA file was counted.",
        "system: A note that the user did not send.",
        "assistant: notes.txt has 3 lines.",
    ]
    assert run.steps[3].arguments == {
        "CommandLine": "wc -l notes.txt",
        "Cwd": "/p",
        "SafeToAutoRun": "true",
        "toolSummary": "Counting",
    }


def test_thoughts_that_stand_in_a_summary_or_under_thinking_are_read(tmp_path: Path) -> None:
    lines = [
        {"kind": "user", "content": "count the lines"},
        {"kind": "reasoning", "summary": [{"type": "summary_text", "text": "I have to look."}]},
        {"kind": "assistant", "thinking": "Three of them.", "content": "There are three."},
    ]
    assert told(read_as(tmp_path, {"log": lines}))[1:] == [
        "thought: I have to look.",
        "thought: Three of them.",
        "assistant: There are three.",
    ]


def test_events_of_codex_that_were_kept_in_one_object_read_as_its_lines_do(tmp_path: Path) -> None:
    events = [json.loads(line) for line in sample("codex_exec").read_text().splitlines()]
    (lines,) = runs(sample("codex_exec"))
    for content in (events, {"events": events}):
        run = read_as(tmp_path, content)
        assert (run.id, run.termination) == (lines.id, lines.termination)


def test_parts_as_gemini_writes_them_are_read_and_pictures_left_out(tmp_path: Path) -> None:
    answer = {"functionResponse": {"id": "a", "name": "sh", "response": {"output": HELD}}}
    lines = [
        {"sender": "human", "parts": [{"text": "count the lines"}, {"inlineData": {"data": "GOLD"}}]},
        {"sender": "model", "parts": [{"text": "One will do.", "thought": True}]},
        {"sender": "model", "parts": [{"functionCall": {"id": "a", "name": "sh", "args": ASKED}}]},
        {"sender": "human", "parts": [answer]},
        {
            "sender": "model",
            "thoughts": [{"subject": "Answer", "description": "It has three."}, {"description": "I look again."}],
            "toolCalls": [{"id": "b", "name": "sh", "args": ASKED, "result": [answer]}],
        },
    ]
    assert told(read_as(tmp_path, {"log": lines})) == [
        "user: count the lines",
        "thought: One will do.",
        "tool_call: wc -l notes.txt",
        f"tool_result: {HELD}",
        "thought: Answer: It has three.",
        "thought: I look again.",
        "tool_call: wc -l notes.txt",
        f"tool_result: {HELD}",
    ]


def test_a_response_of_several_fields_is_kept_whole_and_an_error_in_it_is_a_failure(tmp_path: Path) -> None:
    response = {"error": "no such file", "error_code": "NOT_FOUND"}
    lines = [
        {"sender": "human", "parts": [{"text": "count the lines"}]},
        {"sender": "model", "parts": [{"functionCall": {"name": "sh", "args": ASKED}}]},
        {"sender": "human", "parts": [{"functionResponse": {"name": "sh", "response": response}}]},
    ]
    expected = 'tool_result: {"error":"no such file","error_code":"NOT_FOUND"} [failed]'
    assert told(read_as(tmp_path, {"log": lines}))[2] == expected
