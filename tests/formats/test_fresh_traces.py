"""Logs and spans of frameworks: what their samples do not show, step by step."""

import json
from pathlib import Path

from t2s_local.ports.format import Passed
from t2s_local.stages.reading.reading import read_file
from tests.readings import read_as, runs, told

CALL = {"role": "assistant", "parts": [{"type": "tool_call", "id": "c1", "name": "add", "arguments": {"a": 1}}]}
ASKED = {"role": "user", "parts": [{"type": "text", "content": "Add one."}]}
RESULT = {"role": "tool", "parts": [{"type": "tool_call_response", "id": "c1", "response": "2"}]}
LAST = {"role": "assistant", "parts": [{"type": "text", "content": "Two."}]}
TOLD = ["user: Add one.", 'tool_call: {"a":1}', "tool_result: 2", "assistant: Two."]


def span(number: int, given: list[object], answer: object) -> dict[str, object]:
    """Return a span as the console exporter of Microsoft's Agent Framework prints it."""
    attributes = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "microsoft.agent_framework",
        "gen_ai.request.model": "m-23",
        "gen_ai.input.messages": json.dumps(given),
        "gen_ai.output.messages": json.dumps([answer]),
    }
    return {
        "name": "chat m-23",
        "context": {"trace_id": "0xa1", "span_id": f"0xb{number}", "trace_state": "[]"},
        "kind": "SpanKind.CLIENT",
        "parent_id": None,
        "start_time": f"2026-01-01T10:00:0{number}.000000Z",
        "status": {"status_code": "UNSET"},
        "attributes": attributes,
    }


def test_spans_that_agent_framework_prints_are_one_conversation(tmp_path: Path) -> None:
    spans = [span(1, [ASKED], CALL), span(2, [ASKED, CALL, RESULT], LAST)]
    text = "".join(json.dumps(one, indent=4) + "\n" for one in spans)
    for content, name in ((spans, "a.json"), (spans, "a.jsonl"), (text, "b.json")):
        run = read_as(tmp_path, content, name=name)
        assert (run.format, run.session_id, run.model) == ("otel", "0xa1", "m-23")
        assert told(run) == TOLD


def logged(span_id: str, name: str, message: object) -> dict[str, object]:
    attributes = [{"key": "event.name", "value": {"stringValue": name}}]
    body = {"stringValue": json.dumps(message)}
    return {
        "timeUnixNano": f"17672616{span_id}0",
        "attributes": attributes,
        "body": body,
        "traceId": "a",
        "spanId": span_id,
    }


def test_messages_that_agent_framework_logs_as_json_are_told_once(tmp_path: Path) -> None:
    records = [
        logged("1", "gen_ai.user.message", ASKED),
        logged("1", "gen_ai.choice", CALL),
        logged("2", "gen_ai.user.message", ASKED),
        logged("2", "gen_ai.assistant.message", CALL),
        logged("2", "gen_ai.tool.message", RESULT),
        logged("2", "gen_ai.choice", LAST),
    ]
    run = read_as(tmp_path, {"resourceLogs": [{"scopeLogs": [{"logRecords": records}]}]})
    assert (run.format, told(run)) == ("otel_logs", TOLD)
    assert told(read_as(tmp_path, records, name="a.jsonl")) == TOLD


def test_details_of_an_inference_hold_all_messages_in_one_record(tmp_path: Path) -> None:
    attributes = {
        "gen_ai.conversation.id": "conv-1",
        "gen_ai.input.messages": [ASKED, CALL, RESULT],
        "gen_ai.output.messages": [LAST],
    }
    record = {"event_name": "gen_ai.client.inference.operation.details", "attributes": attributes, "timestamp": 1}
    other = {"event_name": "http.request", "attributes": {}, "body": "GOLD"}
    run = read_as(tmp_path, [record, other], name="a.jsonl")
    assert (run.format, run.session_id, told(run)) == ("otel_logs", "conv-1", TOLD)


def test_a_log_of_crewai_in_text_holds_quotes_and_lines_and_every_run(tmp_path: Path) -> None:
    lines = [
        '2026-01-01 10:00:00: task_name="look", task="Say "hi"", agent="Scout", status="started"',
        '2026-01-01 10:00:01: task_name="look", task="Say "hi"", agent="Scout", status="completed", output="a, "b"\nc"',
        '2026-01-01 10:00:02: task_name="tell", task="Tell it.", agent="Writer", status="started"',
    ]
    run = read_as(tmp_path, "\n".join(lines) + "\n", name="logs.txt")
    assert told(run) == ['tool_call: Say "hi"', 'tool_result: a, "b"\nc', "tool_call: Tell it."]
    assert [step.tool for step in run.steps] == ["Scout", "Scout", "Writer"]
    assert run.steps[1].call_id == run.steps[0].call_id


def test_a_task_of_crewai_that_starts_again_begins_another_run(tmp_path: Path) -> None:
    entry = {"timestamp": "2026-01-01 10:00:00", "task_name": None, "task": "Look.", "agent": "Scout"}
    again = [{**entry, "status": "started"}, {**entry, "status": "completed", "output": "seen"}]
    later = [{**one, "timestamp": "2026-01-02 10:00:00", "output": "seen again"} for one in again]
    path = tmp_path / "a.json"
    path.write_text(json.dumps([*again, *later]))
    assert [told(run)[-1] for run in runs(path)] == ["tool_result: seen", "tool_result: seen again"]


def test_log_records_of_something_else_are_counted(tmp_path: Path) -> None:
    other = {"body": {"stringValue": "GET /"}, "attributes": [], "traceId": "a", "spanId": "1"}
    records = [logged("1", "gen_ai.user.message", ASKED), other, other]
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"resourceLogs": [{"scopeLogs": [{"logRecords": records}]}]}))
    items = list(read_file(path, source="x"))
    counts = [(item.record, item.count) for item in items if isinstance(item, Passed)]
    assert counts == [("log record of something else", 2)]
