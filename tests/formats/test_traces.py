"""Spellings of traces and of Gemini: what is read of each, step by step."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.readings import Lines, read_as, told


def span(number: int, name: str, attributes: dict[str, object], **beside: object) -> dict[str, object]:
    """A flat span, as SDKs print them."""
    times = {"start_time": f"2026-01-01T10:00:{number:02}Z", "end_time": f"2026-01-01T10:00:{number:02}Z"}
    identity = {"trace_id": "t", "span_id": str(number), "parent_span_id": None}
    return {**identity, "name": name, **times, "attributes": attributes, **beside}


OPENLLMETRY = {
    "gen_ai.prompt.0.role": "user",
    "gen_ai.prompt.0.content": "count",
    "gen_ai.completion.0.role": "assistant",
    "gen_ai.completion.0.tool_calls.0.id": "c1",
    "gen_ai.completion.0.tool_calls.0.name": "sh",
    "gen_ai.completion.0.tool_calls.0.arguments": '{"command":"ls"}',
}
OPENINFERENCE = {
    "openinference.span.kind": "LLM",
    "llm.input_messages.0.message.role": "user",
    "llm.input_messages.0.message.content": "count",
    "llm.output_messages.0.message.role": "assistant",
    "llm.output_messages.0.message.tool_calls.0.tool_call.id": "c1",
    "llm.output_messages.0.message.tool_calls.0.tool_call.function.name": "sh",
    "llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments": '{"command":"ls"}',
}
VERCEL = {
    "ai.operationId": "ai.generateText.doGenerate",
    "ai.prompt.messages": '[{"role":"user","content":[{"type":"text","text":"count"}]}]',
    "ai.response.toolCalls": '[{"toolCallId":"c1","toolName":"sh","args":"{\\"command\\":\\"ls\\"}"}]',
}
CONVENTION = {
    "gen_ai.operation.name": "chat",
    "gen_ai.input.messages": [{"role": "user", "parts": [{"type": "text", "content": "count"}]}],
    "gen_ai.output.messages": [
        {
            "role": "assistant",
            "parts": [{"type": "tool_call", "id": "c1", "name": "sh", "arguments": {"command": "ls"}}],
        }
    ],
}


@pytest.mark.parametrize("spelling", [OPENLLMETRY, OPENINFERENCE, VERCEL, CONVENTION], ids=lambda item: min(item))
def test_spans_in_the_spellings_of_their_makers(spelling: dict[str, object], tmp_path: Path) -> None:
    run = read_as(tmp_path, [span(1, "chat m", spelling)])
    assert (run.format, told(run)) == ("otel", ["user: count", "tool_call: ls"])


def otlp(attributes: Mapping[str, object]) -> list[dict[str, object]]:
    return [
        {"key": key, "value": {"stringValue": value if isinstance(value, str) else json.dumps(value)}}
        for key, value in attributes.items()
    ]


def test_spans_in_their_serialisations(tmp_path: Path) -> None:
    plain = {"traceId": "t", "spanId": "1", "name": "chat m", "startTimeUnixNano": "1", "attributes": otlp(CONVENTION)}
    tags = [
        {"key": key, "type": "string", "value": json.dumps(value) if isinstance(value, list) else value}
        for key, value in CONVENTION.items()
    ]
    jaeger = {"traceID": "t", "spanID": "1", "operationName": "chat m", "startTime": 1, "references": [], "tags": tags}
    for content in (
        {"resourceSpans": [{"scopeSpans": [{"spans": [plain]}]}]},
        {"batches": [{"scopeSpans": [{"spans": [plain]}]}]},
        {"data": [{"traceID": "t", "spans": [jaeger]}]},
    ):
        run = read_as(tmp_path, content)
        assert (run.format, told(run)) == ("otel", ["user: count", "tool_call: ls"])


def told_in_a_body(number: int, given: str, answer: object) -> dict[str, object]:
    """A span that says nothing itself: its words are in the body of its event."""
    said = answer if isinstance(answer, str) else json.dumps(answer)
    body = {
        "input": {"messages": [{"role": "user", "content": given}]},
        "output": {"messages": [{"role": "assistant", "content": said}]},
    }
    return span(number, "a.scope", {"event.name": "a.scope"}, span_events=[{"event_name": "a.scope", "body": body}])


CALL = {"name": "sh", "args": {"command": "ls"}, "id": "c1"}
BODIES = [
    told_in_a_body(1, "count", {"generations": [[{"text": "I look.", "message": {"tool_calls": [CALL]}}]]}),
    told_in_a_body(
        2,
        "{'command': 'ls'}",
        {"name": "sh", "type": "tool", "content": "a b", "tool_call_id": "c1", "status": "error"},
    ),
    told_in_a_body(3, "count", {"generations": [[{"text": "There are two."}, {"text": "Not taken."}]]}),
    told_in_a_body(4, "some state", "__end__"),
    told_in_a_body(
        5,
        '{"messages": [{"content": "count", "type": "human"}]}',
        {"messages": [{"content": "There are two.", "type": "ai"}]},
    ),
]


def test_words_that_stand_in_the_bodies_of_events_alone_are_read(tmp_path: Path) -> None:
    run = read_as(tmp_path, BODIES)
    assert told(run) == [
        "user: count",
        "assistant: I look.",
        "tool_call: ls",
        "tool_result: a b [failed]",
        "assistant: There are two.",
    ]
    assert {step.call_id for step in run.steps if step.kind in ("tool_call", "tool_result")} == {"c1"}
    assert told(read_as(tmp_path, BODIES[4:])) == ["user: count", "assistant: There are two."]


def test_a_call_that_the_history_gives_another_id_is_not_made_twice(tmp_path: Path) -> None:
    def ask(identity: str) -> dict[str, object]:
        part = {"type": "tool_call", "id": identity, "name": "sh", "arguments": {"command": "ls"}}
        return {"role": "assistant", "parts": [part]}

    told_first = {"role": "tool", "parts": [{"type": "tool_call_response", "id": "call_1", "response": "a"}]}
    spans = [
        span(1, "chat", {"gen_ai.operation.name": "chat", "gen_ai.output.messages": [ask("call_1")]}),
        span(
            2,
            "chat",
            {
                "gen_ai.operation.name": "chat",
                "gen_ai.input.messages": [ask("fc_1"), told_first],
                "gen_ai.output.messages": [ask("call_2")],
            },
        ),
    ]
    run = read_as(tmp_path, spans)
    assert [(step.kind, step.call_id) for step in run.steps] == [
        ("tool_call", "call_1"),
        ("tool_result", "call_1"),
        ("tool_call", "call_2"),
    ]


def test_langfuse_writes_json_in_json_in_json(tmp_path: Path) -> None:
    given = json.dumps(json.dumps({"messages": [{"role": "user", "content": "count"}]}))
    answer = json.dumps(json.dumps({"role": "assistant", "content": "3"}))
    scores = [{"name": "hallucination", "value": 0.9}, {"name": "correct", "value": 0}]
    generation = {"id": "o", "traceId": "t", "type": "GENERATION", "name": "m", "startTime": "2026-01-01T10:00:00Z"}
    observation = {**generation, "input": given, "output": answer}
    run = read_as(tmp_path, {"trace": {"id": "t", "name": "a", "scores": scores}, "observations": [observation]})
    assert (run.format, told(run), run.outcome) == ("langfuse", ["user: count", "assistant: 3"], "failure")


def gemini(*records: dict[str, object]) -> Lines:
    return [{"sessionId": "g", "projectHash": "p", "kind": "main"}, *records]


def test_gemini_lines_update_rewind_and_repeat(tmp_path: Path) -> None:
    lines = gemini(
        {"id": "1", "type": "user", "content": [{"text": "count"}]},
        {"id": "2", "type": "gemini", "content": "first try"},
        {"id": "2", "type": "gemini", "content": "second try"},
        {"id": "3", "type": "info", "content": "of the display"},
        {"id": "4", "type": "user", "content": "taken back"},
        {"id": "5", "type": "gemini", "content": "taken back too"},
        {"$rewindTo": "4"},
        {"$set": {"lastUpdated": "now"}},
        {"id": "6", "type": "user", "content": {"text": "<state_snapshot>so far</state_snapshot>"}},
    )
    run = read_as(tmp_path, lines, name="a.jsonl")
    assert told(run)[:2] == ["user: count", "assistant: second try"]
    assert [step.kind for step in run.steps] == ["user", "assistant", "summary"]
    replaced = [*lines, {"$set": {"messages": [{"id": "9", "type": "user", "content": "anew"}]}}]
    assert told(read_as(tmp_path, replaced, name="b.jsonl")) == ["user: anew"]


def test_gemini_contents_link_by_id_and_by_name_and_order(tmp_path: Path) -> None:
    calls = [{"functionCall": {"name": "ls", "args": {"path": path}}} for path in ("a", "b")]
    answers = [{"functionResponse": {"name": "ls", "response": {"output": text}}} for text in ("in a", "in b")]
    contents = [
        {"role": "user", "parts": [{"text": "count"}]},
        {"role": "model", "parts": [{"thought": True, "text": "hm"}, *calls]},
        {"role": "user", "parts": answers},
    ]
    run = read_as(tmp_path, contents)
    assert [step.kind for step in run.steps] == [
        "user",
        "thought",
        "tool_call",
        "tool_call",
        "tool_result",
        "tool_result",
    ]
    linked = {step.call_id: step.text for step in run.steps if step.kind == "tool_result"}
    assert [linked[step.call_id] for step in run.steps if step.kind == "tool_call"] == ["in a", "in b"]
