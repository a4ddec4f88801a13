"""Kinds of records: each that a reader meets was decided on, and one that nobody knows is named."""

import json
import tomllib
from collections import Counter
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from t2s_local import registry
from t2s_local.cli.reading_words import left_out
from t2s_local.formats._agents.kinds import Tally
from t2s_local.ports.format import Drift, Passed
from t2s_local.stages.intake.read_all import gather
from t2s_local.stages.reading.reading import read_file
from t2s_local.values.trajectory import Trajectory
from tests.readings import DATA, Lines, copied, runs, sample, told

KINDS = tomllib.loads(resources.files("t2s_local.formats._agents").joinpath("kinds.toml").read_text("utf-8"))
FORMATS = sorted(name for name in KINDS if name != "notes")
NEW = "x-turn"
UNKNOWN: dict[str, tuple[dict[str, object], str, str]] = {
    # format: a record nobody knows, what it is called, who writes it and in which version
    "claude_code": ({"type": NEW, "sessionId": "s", "version": "2.2.0"}, NEW, "Claude Code 2.2.0"),
    "claude_stream": ({"type": NEW, "session_id": "s"}, NEW, "Claude Code"),
    "codex": ({"type": "event_msg", "payload": {"type": NEW}}, f"event_msg/{NEW}", "Codex"),
    "codex_exec": ({"type": "item.completed", "item": {"id": "z", "type": NEW}}, f"item/{NEW}", "Codex"),
    "copilot_cli": ({"type": NEW, "id": "z", "data": {"copilotVersion": "1.9"}}, NEW, "Copilot CLI 1.9"),
    "kimi": ({"type": NEW, "protocol_version": "9.1"}, NEW, "Kimi CLI 9.1"),
    "qwen": (
        {"type": NEW, "uuid": "z", "parentUuid": "w-9", "sessionId": "q-1", "version": "3.0"},
        NEW,
        "Qwen Code 3.0",
    ),
    "gemini_cli": ({"id": "z", "type": NEW, "content": "a"}, NEW, "Gemini CLI"),
    "openclaw": ({"type": NEW, "id": "z"}, NEW, "OpenClaw 3"),
    "goose": ({"role": "assistant", "content": [{"type": NEW}]}, f"content/{NEW}", "Goose"),
    "cursor": ({"type": NEW}, NEW, "Cursor"),
    "gemini_stream": ({"type": NEW}, NEW, "Gemini CLI"),
    "managed_agents": (
        {"type": f"agent.{NEW}", "processed_at": "2026-01-01T10:00:00Z"},
        f"agent.{NEW}",
        "Managed Agents",
    ),
}


INSIDE: dict[str, tuple[tuple[str | int, ...], dict[str, object], str]] = {
    # format: the list in which a record stands that nobody knows, the record, what it is called
    "agentdojo": (("messages",), {"role": NEW, "content": "a"}, f"message/{NEW}"),
    "anthropic_messages": (("messages",), {"role": NEW, "content": "a"}, f"message/{NEW}"),
    "inspect_ai": (("samples", 0, "messages"), {"role": NEW, "content": "a"}, f"message/{NEW}"),
    "langfuse": (("observations",), {"type": NEW, "traceId": "t", "startTime": "2026-01-01"}, f"observation/{NEW}"),
    "letta_evals": ((1, "result", "trajectory", 0), {"message_type": NEW, "content": "a"}, f"message/{NEW}"),
    "mini_swe_agent": (("messages",), {"role": NEW, "content": "a"}, f"message/{NEW}"),
    "openai_chat": ((0, "messages"), {"role": NEW, "content": "a", "name": "b"}, f"message/{NEW}"),
    "openai_responses": (("input",), {"type": NEW, "text": "a"}, f"item/{NEW}"),
    "autogen": (("messages",), {"type": NEW, "source": "a", "content": "a"}, NEW),
    "pydantic_ai": ((0, "parts"), {"part_kind": NEW, "content": "a"}, f"part/{NEW}"),
    "openhands": ((0, "history"), {"kind": f"{NEW}Event", "source": "user"}, f"event/{NEW}Event"),
    "tau_bench": ((0, "traj"), {"role": NEW, "content": "a", "name": "b"}, f"message/{NEW}"),
}


@pytest.mark.parametrize("name", INSIDE)
def test_a_message_nobody_knows_is_named_and_what_is_around_it_is_read(name: str, tmp_path: Path) -> None:
    place, record, kind = INSIDE[name]
    data = sample(name).read_text()
    has_lines = sample(name).suffix == ".jsonl"
    document = [json.loads(line) for line in data.splitlines()] if has_lines else json.loads(data)
    inner: Any = document
    for key in place:
        inner = inner[key]
    inner.append(record)
    text = "".join(json.dumps(line) + "\n" for line in document) if has_lines else json.dumps(document)
    items = list(read_file(copied(name, tmp_path, data=text.encode()), source="x", format_name=name))
    assert [(item.record, item.count) for item in items if isinstance(item, Drift)] == [(kind, 1)]
    assert [told(item) for item in items if isinstance(item, Trajectory)] == [told(run) for run in runs(sample(name))]


def written(name: str, folder: Path, *more: Mapping[str, object]) -> Path:
    """The sample of a format with lines added to it."""
    path = folder / "a.jsonl"
    lines: Lines = [{"role": "user", "message": {"content": "Hello"}}] if name == "cursor" else []
    text = "".join(json.dumps(line) + "\n" for line in lines) or sample(name).read_text()
    path.write_text(text + "".join(json.dumps(line) + "\n" for line in more))
    return path


@pytest.mark.parametrize("name", FORMATS)
def test_no_sample_holds_a_kind_that_nobody_decided_on(name: str) -> None:
    items = list(read_file(sample(name), source="x"))
    assert [item for item in items if isinstance(item, Drift)] == []


@pytest.mark.parametrize("name", UNKNOWN)
def test_a_kind_nobody_knows_is_named_with_its_version_and_count(name: str, tmp_path: Path) -> None:
    record, kind, who = UNKNOWN[name]
    runs, report = gather([written(name, tmp_path, *[record] * 3)], keep=lambda run: run)
    n_records = 1 if name in ("codex_exec", "gemini_cli", "openclaw") else 3
    (line,) = [line for line in left_out(report) if "not read yet" in line]
    version = " 0.58.0" if name == "codex" else ""
    assert line.startswith(f"{who}{version}")
    assert line.endswith(f" writes `{kind}` records that are not read yet: {n_records}")
    assert kind not in {item.record for item in report.passed}
    assert runs


def test_drift_is_counted_by_the_version_that_wrote_each_record(tmp_path: Path) -> None:
    lines = [{"type": NEW, "sessionId": "s", "version": version} for version in ("2.2.0", "2.2.0", "2.3.0")]
    _, report = gather([written("claude_code", tmp_path, *lines)], keep=lambda run: run)
    assert [(one.version, one.count) for one in report.drift] == [("2.2.0", 2), ("2.3.0", 1)]


def test_many_kinds_are_shown_in_few_lines(tmp_path: Path) -> None:
    lines = [{"type": f"x-{number:02}", "sessionId": "s", "version": "2.2.0"} for number in range(30)]
    _, report = gather([written("claude_code", tmp_path, *lines)], keep=lambda run: run)
    told = [line for line in left_out(report) if "not read yet" in line]
    assert len(told) == 21
    assert told[-1] == "… and 10 more kinds of records that are not read yet"


@pytest.mark.parametrize("name", FORMATS)
def test_a_kind_is_either_read_or_left_out_for_one_reason(name: str) -> None:
    entry = KINDS[name]
    lists = [entry["read"], *entry.get("left_out", {}).values()]
    counts = Counter(record for records in lists for record in records)
    assert [record for record, count in counts.items() if count > 1] == []


def test_what_readers_say_of_repetitions_is_no_drift() -> None:
    tally = Tally("codex")
    for note in KINDS["notes"]:
        tally.add(note)
    tally.add("compacted", 0)
    assert [type(item) for item in tally.readings("x")] == [Passed] * len(KINDS["notes"])


@pytest.mark.slow
def test_real_recordings_hold_few_kinds_that_nobody_decided_on(shared_data: Path) -> None:
    _, report = gather([shared_data], keep=lambda run: run)
    assert [(one.agent, one.record) for one in report.drift] == [("OpenClaw", "compact")]


def test_samples_exist_for_all_formats_with_kinds() -> None:
    assert {path.stem for path in DATA.iterdir()} >= set(FORMATS)
    assert all(isinstance(run, Trajectory) for name in FORMATS for run in list(read_file(sample(name), source="x"))[:1])


def test_a_speaker_of_goose_whom_nobody_knows_is_named_and_not_quoted(tmp_path: Path) -> None:
    path = tmp_path / "goose.jsonl"
    strange = {"role": NEW, "content": [{"type": "text", "text": "Words of nobody."}]}
    path.write_text((DATA / "goose.jsonl").read_text().rstrip("\n") + "\n" + json.dumps(strange) + "\n")
    found = list(read_file(path, source="goose"))
    assert [(item.record, item.count) for item in found if isinstance(item, Drift)] == [(f"message/{NEW}", 1)]
    assert [run.steps for run in found if isinstance(run, Trajectory)] == [
        run.steps for run in runs(DATA / "goose.jsonl")
    ]


@pytest.mark.parametrize("name", FORMATS)
def test_a_program_has_one_name_in_the_notes_on_its_records_and_as_a_harness(name: str) -> None:
    harness = getattr(registry.load("t2s_local.formats", name), "HARNESS", None)
    assert harness is None or harness.name == KINDS[name]["agent"]
