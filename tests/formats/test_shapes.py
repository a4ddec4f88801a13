"""Shapes of a format beside the one of its sample: archives, databases, folders, older and newer versions."""

import json
import sqlite3
import struct
import zipfile
from pathlib import Path

import pytest
import zstandard

from t2s_local.ports.format import Quarantined
from t2s_local.stages.intake.read_all import read
from t2s_local.stages.reading.reading import read_file
from t2s_local.stages.reading.unread import Unrecognised
from t2s_local.values.trajectory import Trajectory
from tests.readings import DATA, calls, runs

CALLS = ["wc -l notes.txt", "wc -l docs/notes.txt"]


def inspect_archive(path: Path, *, method: int) -> Path:
    log = json.loads((DATA / "inspect_ai.json").read_text())
    samples = log.pop("samples")
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("_journal/start.json", json.dumps({"version": 2, "eval": log["eval"]}))
        archive.writestr("samples/1_epoch_1.json", json.dumps(samples[0]))
        archive.writestr("header.json", json.dumps(log))
    return path


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_an_inspect_archive_reads_as_the_log_does(method: int, tmp_path: Path) -> None:
    (run,) = runs(inspect_archive(tmp_path / "log.eval", method=method))
    (plain,) = runs(DATA / "inspect_ai.json")
    assert (run.id, run.outcome, run.model) == (plain.id, plain.outcome, plain.model)


def test_members_packed_with_zstandard_are_read(tmp_path: Path) -> None:
    sample = json.dumps(json.loads((DATA / "inspect_ai.json").read_text())["samples"][0]).encode()
    path = tmp_path / "log.eval"
    packed = zstandard.compress(sample)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("samples/1_epoch_1.json", packed)
        info = archive.infolist()[0]
    data = bytearray(path.read_bytes())
    directory = data.index(b"PK\x01\x02")
    struct.pack_into("<H", data, directory + 10, 93)
    struct.pack_into("<I", data, directory + 24, len(sample))
    struct.pack_into("<H", data, info.header_offset + 8, 93)
    path.write_bytes(data)
    (run,) = runs(path)
    assert calls(run) == CALLS


def test_an_archive_of_any_files_is_read_member_by_member(tmp_path: Path) -> None:
    path = tmp_path / "runs.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("codex.jsonl", "tau_bench.json"):
            archive.write(DATA / name, f"deep/{name}")
        archive.writestr("inner.zip", path.read_bytes() or b"PK\x03\x04")
        archive.writestr("notes.txt", "words")
    items = list(read_file(path, source="runs.zip"))
    found = [item for item in items if isinstance(item, Trajectory)]
    assert {run.source for run in found} == {"runs.zip/deep/codex.jsonl", "runs.zip/deep/tau_bench.json"}
    assert {item.path for item in items if isinstance(item, Unrecognised)} == {
        "runs.zip/inner.zip",
        "runs.zip/notes.txt",
    }


def test_a_broken_archive_is_named(tmp_path: Path) -> None:
    path = tmp_path / "log.eval"
    path.write_bytes(inspect_archive(tmp_path / "a", method=zipfile.ZIP_DEFLATED).read_bytes()[:400])
    assert [item.reason for item in read_file(path, source="x") if isinstance(item, Quarantined)] == [
        "the archive is broken or cut off"
    ]


def test_an_opencode_tree_reads_as_its_export_does(tmp_path: Path) -> None:
    export = json.loads((DATA / "opencode.json").read_text())
    (tmp_path / "session" / "p").mkdir(parents=True)
    (tmp_path / "session" / "p" / "ses_1.json").write_text(json.dumps(export["info"]))
    for message in export["messages"]:
        (tmp_path / "message" / "ses_1").mkdir(parents=True, exist_ok=True)
        identity = message["info"]["id"]
        (tmp_path / "message" / "ses_1" / f"{identity}.json").write_text(json.dumps(message["info"]))
        for number, part in enumerate(message["parts"]):
            (tmp_path / "part" / identity).mkdir(parents=True, exist_ok=True)
            (tmp_path / "part" / identity / f"{number}.json").write_text(json.dumps(part))
    readings = read([tmp_path])
    assert readings.report.quarantined == ()
    assert [run.id for run in readings.trajectories] == [run.id for run in runs(DATA / "opencode.json")]


def test_an_opencode_database_reads_as_its_export_does(tmp_path: Path) -> None:
    export = json.loads((DATA / "opencode.json").read_text())
    path = tmp_path / "opencode.db"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE session (id TEXT)")
        database.execute("CREATE TABLE message (id TEXT, session_id TEXT, data TEXT)")
        database.execute("CREATE TABLE part (id TEXT, message_id TEXT, data TEXT)")
        for message in export["messages"]:
            info = message["info"]
            database.execute("INSERT INTO message VALUES (?, ?, ?)", (info["id"], "ses_1", json.dumps(info)))
            for part in message["parts"]:
                database.execute("INSERT INTO part VALUES (?, ?, ?)", (part["id"], info["id"], json.dumps(part)))
    (run,) = runs(path)
    assert sorted(calls(run)) == sorted(CALLS)
    assert run.session_id == "ses_1"


def test_a_goose_database_and_export_read_as_the_lines_do(tmp_path: Path) -> None:
    messages = [json.loads(line) for line in (DATA / "goose.jsonl").read_text().splitlines()[1:]]
    path = tmp_path / "sessions.db"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE sessions (id TEXT)")
        database.execute(
            "CREATE TABLE messages (id INTEGER PRIMARY KEY, session_id, role, content_json, created_timestamp)"
        )
        for message in messages:
            row = ("g-1", message["role"], json.dumps(message["content"]), message["created"])
            database.execute(
                "INSERT INTO messages (session_id, role, content_json, created_timestamp) VALUES (?, ?, ?, ?)", row
            )
    exported = tmp_path / "export.json"
    exported.write_text(json.dumps({"id": "g-1", "working_dir": "/p", "conversation": messages}))
    assert [run.id for run in runs(path)] == [run.id for run in runs(exported)]
    assert calls(runs(path)[0]) == CALLS


def cursor_database(path: Path, composer: dict[str, object], bubbles: list[dict[str, object]]) -> Path:
    """A database as Cursor keeps it: a composer that lists its bubbles, and each of them under a key of its own."""
    with sqlite3.connect(path) as database:
        for table in ("ItemTable", "cursorDiskKV"):
            database.execute(f"CREATE TABLE {table} (key TEXT UNIQUE ON CONFLICT REPLACE, value BLOB)")
        identity = composer["composerId"]
        stored = {f"bubbleId:{identity}:{bubble['bubbleId']}": bubble for bubble in bubbles}
        for key, value in {f"composerData:{identity}": composer, **stored}.items():
            database.execute("INSERT INTO cursorDiskKV VALUES (?, ?)", (key, json.dumps(value).encode()))
        old = {
            "tabs": [{"tabId": "tab-1", "bubbles": [{"type": "user", "text": "hi"}, {"type": "ai", "text": "hello"}]}]
        }
        key = "workbench.panel.aichat.view.aichat.chatdata"
        database.execute("INSERT INTO ItemTable VALUES (?, ?)", (key, json.dumps(old)))
        database.execute("INSERT INTO cursorDiskKV VALUES ('composerData:broken', 'no json')")
    return path


def test_a_cursor_database_reads_as_its_composer_does_and_bubbles_that_were_taken_back_stay_out(tmp_path: Path) -> None:
    composer = json.loads((DATA / "cursor.json").read_text())
    bubbles = composer.pop("conversation")
    composer["fullConversationHeadersOnly"] = [{"bubbleId": bubble["bubbleId"]} for bubble in bubbles]
    taken_back = {"bubbleId": "b9", "type": 1, "text": "Taken back."}
    path = cursor_database(tmp_path / "state.vscdb", composer, [taken_back, *reversed(bubbles)])
    (run,) = runs(DATA / "cursor.json")
    found = runs(path)
    assert [one.id for one in found if one.session_id == "cu-1"] == [run.id]
    assert {one.session_id: len(one.steps) for one in found} == {"cu-1": len(run.steps), "tab-1": 2}
    assert [step.exit_code for step in run.steps if step.kind == "tool_result"] == [1, 0]


def test_openhands_events_in_a_folder_are_one_run(tmp_path: Path) -> None:
    folder = tmp_path / "c-1" / "events"
    folder.mkdir(parents=True)
    events: list[dict[str, object]] = [
        {"kind": "SystemPromptEvent", "source": "agent", "system_prompt": {"text": "You work in a terminal."}},
        {
            "kind": "MessageEvent",
            "source": "user",
            "llm_message": {"role": "user", "content": [{"type": "text", "text": "count"}]},
        },
        {
            "kind": "ActionEvent",
            "source": "agent",
            "thought": [{"type": "text", "text": "One command."}],
            "action": {"kind": "ExecuteBashAction", "command": "wc -l notes.txt"},
            "tool_name": "execute_bash",
            "tool_call_id": "t1",
        },
        {
            "kind": "ObservationEvent",
            "source": "environment",
            "tool_call_id": "t1",
            "observation": {"kind": "ExecuteBashObservation", "output": "No such file", "exit_code": 1},
        },
        {"kind": "AgentErrorEvent", "source": "agent", "tool_call_id": "t1", "error": "lost"},
    ]
    for number, event in enumerate(events):
        (folder / f"event-{number:05d}-a.json").write_text(json.dumps({"id": str(number), **event}))
    readings = read([tmp_path])
    (run,) = readings.trajectories
    assert (run.session_id, run.task, calls(run)) == ("c-1", "count", ["wc -l notes.txt"])
    assert [(step.exit_code, step.is_error) for step in run.steps if step.kind == "tool_result"] == [
        (1, False),
        (None, True),
    ]


def test_pairs_of_action_and_observation_are_read(tmp_path: Path) -> None:
    pair = [
        {"id": 1, "source": "agent", "action": "run", "args": {"command": "ls", "thought": ""}},
        {"id": 2, "source": "agent", "cause": 1, "observation": "run", "content": "a", "extras": {"exit_code": 0}},
    ]
    said = [{"id": 0, "source": "user", "action": "message", "args": {"content": "go"}}, {"observation": "null"}]
    path = tmp_path / "output.jsonl"
    path.write_text(json.dumps({"instance_id": "i", "history": [said, pair], "test_result": {"result": False}}) + "\n")
    (run,) = runs(path)
    assert ([step.kind for step in run.steps], run.outcome) == (["user", "tool_call", "tool_result"], "failure")


def test_a_harbor_trial_gives_task_and_reward(tmp_path: Path) -> None:
    trial = tmp_path / "count-lines__1"
    (trial / "agent").mkdir(parents=True)
    (trial / "agent" / "trajectory.json").write_bytes((DATA / "atif.json").read_bytes())
    result = {"task_name": "count-lines", "verifier_result": {"rewards": {"reward": 1.0}}, "exception_info": None}
    (trial / "result.json").write_text(json.dumps(result))
    run = runs(trial / "agent" / "trajectory.json")[0]
    assert (run.task_id, run.outcome, run.score) == ("count-lines", "success", 1.0)


def test_a_sub_agent_of_a_harbor_trial_is_a_child_without_the_reward(tmp_path: Path) -> None:
    """As Terminus writes the summaries of a long run: files beside the run's, which names them in an observation."""
    trial = tmp_path / "count-lines__1"
    (trial / "agent").mkdir(parents=True)
    record = json.loads((DATA / "atif.json").read_text())
    child = {**record, "session_id": "t-1-summary", "steps": record["steps"][:3]}
    child.pop("subagent_trajectories", None)
    results = record["steps"][2]["observation"]["results"]
    results[0]["subagent_trajectory_ref"] = [{"session_id": "t-1-summary", "trajectory_path": "trajectory.sum-1.json"}]
    (trial / "agent" / "trajectory.json").write_text(json.dumps(record))
    (trial / "agent" / "trajectory.sum-1.json").write_text(json.dumps(child))
    result = {"task_name": "count-lines", "verifier_result": {"rewards": {"reward": 1.0}}}
    (trial / "result.json").write_text(json.dumps(result))
    found = {run.session_id: run for run in read([trial]).trajectories}
    assert (found["t-1"].outcome, found["t-1"].parent_id) == ("success", None)
    assert (found["t-1-summary"].outcome, found["t-1-summary"].parent_id) == (None, "t-1")


def test_a_run_that_is_continued_in_another_file_is_one_run(tmp_path: Path) -> None:
    record = json.loads((DATA / "atif.json").read_text())
    copied = [{**step, "is_copied_context": True} for step in record["steps"][:2]]
    first, second = record["steps"][:3], [*copied, *record["steps"][5:]]
    (tmp_path / "trajectory.json").write_text(json.dumps({**record, "steps": first}))
    (tmp_path / "trajectory.cont-1.json").write_text(json.dumps({**record, "steps": second}))
    found = [run for run in read([tmp_path]).trajectories if run.parent_id is None]
    assert [calls(run) for run in found] == [CALLS]


def test_eto_names_its_task_by_the_file_and_its_outcome_in_the_frame(tmp_path: Path) -> None:
    turns = [{"from": "human", "value": "Find it."}, {"from": "gpt", "value": "Thought: Look.\nAction: go to desk 1"}]
    path = tmp_path / "task_7.json"
    meta = {"steps": 1, "reward": 0.0, "success": False, "terminate_reason": "max_steps"}
    path.write_text(json.dumps({"meta": meta, "conversations": turns}))
    (run,) = runs(path)
    assert (run.task_id, run.outcome, run.termination) == ("task_7", "failure", "max_steps")
    assert calls(run) == ["go to desk 1"]


def test_dumps_of_langchain_messages_are_read(tmp_path: Path) -> None:
    messages = [
        {"type": "human", "data": {"content": "count"}},
        {"type": "ai", "data": {"content": "", "tool_calls": [{"name": "bash", "args": {"command": "ls"}, "id": "1"}]}},
        {"type": "tool", "data": {"content": "a", "tool_call_id": "1"}},
        {"type": "ai", "data": {"content": "One."}},
    ]
    path = tmp_path / "a.json"
    path.write_text(json.dumps(messages))
    (run,) = runs(path)
    assert [step.kind for step in run.steps] == ["user", "tool_call", "tool_result", "assistant"]


def test_a_codex_rollout_of_the_first_versions_is_read(tmp_path: Path) -> None:
    lines = [
        {"id": "c-0", "timestamp": "2025-05-01T10:00:00Z", "instructions": None},
        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "count"}]},
        {"type": "function_call", "name": "shell", "arguments": '{"command":["ls","-a"]}', "call_id": "1"},
        {"type": "function_call_output", "call_id": "1", "output": '{"output":"a","metadata":{"exit_code":0}}'},
    ]
    path = tmp_path / "rollout.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    (run,) = runs(path)
    assert (run.format, run.session_id, calls(run)) == ("codex", "c-0", ["ls -a"])


def test_what_was_asked_in_a_project_over_time_is_not_one_task(tmp_path: Path) -> None:
    path = tmp_path / ".aider.chat.history.md"
    path.write_bytes((DATA / "aider.md").read_bytes())
    assert {run.task_id for run in runs(path)} == {None}
    assert {run.task_id for run in runs(DATA / "aider.md")} == {"aider"}
