"""Attributes that an exporter cut to a length: the messages whole in them are read, and the cut is said."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from t2s_local.formats._traces.memory import MessageMemory, is_cut
from t2s_local.formats._traces.traced import said
from t2s_local.ports.format import Quarantined
from t2s_local.stages.reading.reading import read_file
from t2s_local.values.trajectory import Trajectory

MESSAGES: list[dict[str, object]] = [
    {"role": "system", "content": "You count lines. " * 8},
    {"role": "user", "content": "Count the lines of notes.txt."},
    {
        "role": "assistant",
        "content": "One command will do.",
        "tool_calls": [{"id": "c1", "function": {"name": "bash", "arguments": '{"command": "wc -l notes.txt"}'}}],
    },
    {"role": "tool", "tool_call_id": "c1", "content": "3 notes.txt"},
]
TEXT = json.dumps(MESSAGES)


def otel(given: str) -> object:
    keys = {"gen_ai.operation.name": "chat", "gen_ai.input.messages": given}
    attributes = [{"key": key, "value": {"stringValue": value}} for key, value in keys.items()]
    span = {"traceId": "t", "spanId": "1", "name": "chat", "startTimeUnixNano": "1", "attributes": attributes}
    return {"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}


def openinference(given: str) -> object:
    attributes = {"openinference.span.kind": "LLM", "input.value": given}
    return {"trace_id": "t", "span_id": "1", "name": "chat", "attributes": attributes}


def langfuse(given: str) -> object:
    observation = {"type": "GENERATION", "id": "o", "name": "chat", "input": given}
    return {"trace": {"id": "t"}, "observations": [observation]}


@pytest.mark.parametrize("write", [otel, openinference, langfuse])
def test_whole_messages_are_read_and_half_ones_are_not(write: Callable[[str], object], tmp_path: Path) -> None:
    whole = [step.text for step in said(MESSAGES, role="user", memory=MessageMemory())]
    path = tmp_path / "a.json"
    for stop in range(20, len(TEXT) - 1, 7):
        path.write_text(json.dumps(write(TEXT[:stop])))
        items = list(read_file(path, source="x"))
        texts = [step.text for item in items if isinstance(item, Trajectory) for step in item.steps]
        assert texts == whole[: len(texts)]
        (lost,) = [item for item in items if isinstance(item, Quarantined)]
        assert lost.reason.startswith("1 attribute is cut to a length")


@pytest.mark.parametrize("write", [otel, openinference, langfuse])
def test_what_is_whole_is_no_cut(write: Callable[[str], object], tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(write(TEXT)))
    items = list(read_file(path, source="x"))
    assert [len(item.steps) for item in items if isinstance(item, Trajectory)] == [5]
    assert not [item for item in items if isinstance(item, Quarantined)]


@pytest.mark.parametrize(
    "text",
    ["", "{", "[x]", "Count the lines.", '{"answer": "three', "[1, 2", '{"role": "user"} and more', '{"role": }'],
)
def test_words_that_are_no_messages_are_no_cut(text: str) -> None:
    assert not is_cut(text)


def test_a_conversation_that_every_call_repeats_is_told_once(tmp_path: Path) -> None:
    calls = []
    for number in range(1, 30):
        history = [message for one in range(number) for message in _turn(one)]
        attributes = {"gen_ai.operation.name": "chat", "gen_ai.input.messages": json.dumps(history)}
        calls.append(
            {"traceId": "t", "spanId": str(number), "name": "chat", "start_time": number, "attributes": attributes}
        )
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps(call) + "\n" for call in calls))
    (run,) = [item for item in read_file(path, source="x") if isinstance(item, Trajectory)]
    assert [step.text for step in run.steps] == [str(message["content"]) for one in range(29) for message in _turn(one)]


def _turn(number: int) -> list[dict[str, object]]:
    return [{"role": "user", "content": f"Count {number}."}, {"role": "assistant", "content": f"{number} it is." * 20}]
