"""Maps: what the fallback suggests reads a file as its own reader does, and so does what a user wrote."""

import json
from pathlib import Path

import pytest

from t2s_local import registry
from t2s_local.ports.format import Passed, Quarantined, Reading
from t2s_local.stages.reading.map_file import read_map
from t2s_local.stages.reading.reading import read_file
from t2s_local.stages.reading.suggest import suggested_map
from t2s_local.stages.reading.unread import Unrecognised
from t2s_local.values.layout import Layout
from t2s_local.values.trajectory import Trajectory
from tests.conftest import Command
from tests.readings import copied, sample, told

ALIKE = (
    *("agentdojo", "alfworld", "anthropic_messages", "appworld", "claude_stream", "codex", "codex_exec", "copilot_cli"),
    *(
        "gemini_content",
        "gemini_stream",
        "goose",
        "intercode",
        "kimi",
        "langfuse",
        "langsmith",
        "letta_evals",
        "managed_agents",
    ),
    *("native", "openai_chat", "openai_responses", "openclaw", "opencode", "openhands", "pydantic_ai", "sharegpt"),
    "tau_bench",
)
"""Formats whose samples the suggested map reads word for word as their reader does."""
OTHERWISE = {
    "aider": "text",
    "antigravity": "kinds of records are names of tools, and what the user asked is between tags",
    "atif": "repeats the context in the middle, and holds sub-agents",
    "claude_code": "a sub-agent in the file of its conversation",
    "cline": "calls between tags in a text, named after the tool",
    "cursor": "roles are numbers",
    "gemini_cli": "turns are taken back by a record of its own",
    "inspect_ai": "texts are attachments in another place",
    "mini_swe_agent": "what the harness says has the role of the user",
    "otel": "attributes are lists of keys and values",
    "qwen": "notices have the role of the user",
    "react": "text",
    "smolagents": "what was said is a thought where a call follows, otherwise an answer",
    "swe_agent": "a demonstration stands before the task",
    "tau2_bench": "the user calls tools too",
    "terminal_bench": "a run is a folder",
    "trace2skill": "text",
}
"""Others that were looked at, and what of them a map cannot say or the fallback does not guess."""
PROPER = tuple(name for name in registry.names("t2s_local.formats") if name != "generic")


def suggested(path: Path, folder: Path) -> Layout:
    """The map that is suggested for *path*, written down and read."""
    file = folder / "map.toml"
    file.write_text(suggested_map(path))
    return read_map(file)


def mapped(path: Path, layout: Layout) -> list[Trajectory]:
    return [item for item in read_file(path, source="x", layout=layout) if isinstance(item, Trajectory)]


def words(run: Trajectory) -> tuple[tuple[str, str, int | None], ...]:
    """Each step as its kind, its words, and for a result the place of the call that it answers."""
    calls = {step.call_id: place for place, step in enumerate(run.steps) if step.kind == "tool_call"}
    return tuple(
        (step.kind, step.text.strip(), calls.get(step.call_id) if step.kind == "tool_result" else None)
        for step in run.steps
    )


@pytest.mark.parametrize("name", ALIKE)
def test_the_suggested_map_reads_what_the_reader_of_the_format_reads(name: str, tmp_path: Path) -> None:
    proper = [item for item in read_file(sample(name), source="x") if isinstance(item, Trajectory)]
    found = mapped(sample(name), suggested(sample(name), tmp_path))
    assert [words(run) for run in found] == [words(run) for run in proper]


def test_the_suggested_map_reads_25_of_the_described_formats() -> None:
    assert len(ALIKE) >= 25
    assert not set(ALIKE) & OTHERWISE.keys()
    assert set(ALIKE) | OTHERWISE.keys() <= set(PROPER)


@pytest.mark.parametrize("name", ALIKE)
def test_a_map_of_a_whole_file_reads_or_refuses_what_is_cut_off_and_brings_no_gold(name: str, tmp_path: Path) -> None:
    layout = suggested(sample(name), tmp_path)
    data = sample(name).read_bytes()
    for stop in range(0, len(data), 97):
        for item in read_file(copied(name, tmp_path, data=data[:stop]), source="x", layout=layout):
            assert isinstance(item, Reading | Unrecognised)
            assert not isinstance(item, Trajectory) or not any("GOLD" in step.text for step in item.steps)


def test_the_fallback_and_the_map_it_suggests_read_the_same(tmp_path: Path) -> None:
    path = sample("generic")
    fallback = [item for item in read_file(path, source="x") if isinstance(item, Trajectory)]
    found = mapped(path, suggested(path, tmp_path))
    assert [(run.id, run.steps, run.label, run.task_id) for run in found] == [
        (run.id, run.steps, run.label, run.task_id) for run in fallback
    ]
    assert [run.format for run in found] == ["map"]


ODD = {
    "batch": {
        "engine": "e-1",
        "jobs": [
            {
                "no": 7,
                "wish": "Count the lines.",
                "fine": "yes",
                "did": [
                    {"k": 1, "w": "I look."},
                    {"k": 2, "op": {"n": "sh", "in": "wc -l notes.txt"}, "x": "a"},
                    {"k": 3, "w": "no such file", "x": "a", "bad": True},
                    {"k": 9, "w": "a heartbeat"},
                ],
            },
        ],
    }
}
MAP = """
# as a person writes it
[runs]
at = "$.batch.jobs[*]"
steps = "did[*]"
id = "no"
task = "wish"
outcome = "fine"
model = "$.batch.engine"

[steps]
role = "k"
text = "w"

[roles]
agent = "1"
call = "2"
result = "3"
skip = "9"

[calls]
name = "op.n"
arguments = "op.in"
id = "x"

[results]
text = "w"
call = "x"
error = "bad"
"""


def test_a_map_that_a_user_wrote_reads_a_layout_of_any_words(tmp_path: Path) -> None:
    file = tmp_path / "map.toml"
    file.write_text(MAP)
    path = tmp_path / "odd.json"
    path.write_text(json.dumps(ODD))
    found = list(read_file(path, source="x", layout=read_map(file)))
    (run,) = (item for item in found if isinstance(item, Trajectory))
    assert told(run) == [
        "user: Count the lines.",
        "assistant: I look.",
        "tool_call: wc -l notes.txt",
        "tool_result: no such file [failed]",
    ]
    assert (run.session_id, run.model, run.outcome, run.steps[2].tool) == ("7", "e-1", "success", "sh")
    assert [item for item in found if isinstance(item, Passed)] == [
        Passed(path="x", record="record without a step", count=1)
    ]


def test_a_file_in_which_the_map_finds_nothing_is_said_to_hold_nothing(tmp_path: Path) -> None:
    file = tmp_path / "map.toml"
    file.write_text(MAP)
    found = list(read_file(sample("codex"), source="x", layout=read_map(file)))
    assert [item for item in found if isinstance(item, Trajectory)] == []
    assert all(isinstance(item, Passed) for item in found)


def test_a_map_is_of_json_and_says_so_of_other_files(tmp_path: Path) -> None:
    file = tmp_path / "map.toml"
    file.write_text(MAP)
    (item,) = read_file(sample("aider"), source="x", layout=read_map(file))
    assert isinstance(item, Quarantined)
    assert "no JSON" in item.reason


def test_read_and_distill_take_a_map_and_refuse_a_format_beside_it(tmp_path: Path, t2s: Command) -> None:
    (tmp_path / "odd.json").write_text(json.dumps(ODD))
    (tmp_path / "map.toml").write_text(MAP)
    (row,) = map(
        json.loads, t2s("read", tmp_path / "odd.json", "--map", tmp_path / "map.toml", "--json").out.splitlines()
    )
    assert (row["format"], row["steps"], row["outcome"]) == ("map", 4, "success")
    both = t2s("read", tmp_path / "odd.json", "--map", tmp_path / "map.toml", "--format", "codex")
    assert (both.code, "--map and --format" in both.err) == (2, True)
    ran = t2s("distill", tmp_path / "odd.json", "--map", tmp_path / "map.toml", "-o", tmp_path / "out", "--dry-run")
    assert ran.code == 0, ran.err


def test_a_map_is_suggested_for_one_file_that_holds_runs(tmp_path: Path, t2s: Command) -> None:
    (tmp_path / "notes.json").write_text('{"a": 1}')
    assert t2s("read", tmp_path, "--suggest-map").code == 2
    ran = t2s("read", tmp_path / "notes.json", "--suggest-map")
    assert (ran.code, ran.out) == (10, "")
    ran = t2s("read", sample("generic"), "--suggest-map")
    assert ran.out.startswith("# Where generic.json keeps its runs, 100 % sure.\n# 1 trajectory found.\n\n[runs]\n")
