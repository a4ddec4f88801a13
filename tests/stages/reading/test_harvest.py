"""What the agents of a machine keep is found, listed and left alone."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from t2s_local.cli.harvest import moment_of
from t2s_local.errors import UsageError
from t2s_local.stages.intake.read_all import read
from t2s_local.stages.reading.harvest import STORES, harvest, unseen
from tests.commands import Ran, in_own_process
from tests.places import DATA

PLACES = {
    "claude-code": ".claude/projects/-srv-demo/s-1.jsonl",
    "codex": ".codex/sessions/2026/01/01/rollout-2026-01-01T10-00-00-c-1.jsonl",
    "gemini-cli": ".gemini/tmp/abc/chats/session-2026.jsonl",
    "qwen-code": ".qwen/projects/-srv-demo/chats/q-1.jsonl",
    "openhands": ".openhands/conversations/c/events/event-00000-a.json",
    "goose": ".local/share/goose/sessions/20260101.jsonl",
    "opencode": ".local/share/opencode/storage/session/p/ses_1.json",
    "copilot-cli": ".copilot/session-state/co-1/events.jsonl",
    "kimi": ".kimi/sessions/w/s/agents/main/wire.jsonl",
    "cursor": ".config/Cursor/User/globalStorage/state.vscdb",
    "openclaw": ".openclaw/agents/a/sessions/oc-1.jsonl",
    "cline": ".config/Code/User/globalStorage/saoudrizwan.claude-dev/tasks/1/api_conversation_history.json",
}


def put(home: Path, agent: str, content: bytes = b"{}\n") -> Path:
    path = home / PLACES[agent]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_every_known_store_is_found(tmp_path: Path) -> None:
    for agent in PLACES:
        put(tmp_path, agent)
    (tmp_path / ".claude" / "settings.json").write_text("{}")
    found = harvest(tmp_path, environment={})
    assert {source.agent: source.path for source in found.sources} == {
        agent: str(tmp_path / place) for agent, place in PLACES.items()
    }
    assert {store.agent for store in STORES} == set(PLACES)


def test_transcripts_of_cursor_are_found_beside_its_database(tmp_path: Path) -> None:
    transcript = tmp_path / ".cursor" / "projects" / "srv-demo" / "agent-transcripts" / "t-1" / "t-1.jsonl"
    transcript.parent.mkdir(parents=True)
    transcript.write_text("{}\n")
    database = put(tmp_path, "cursor")
    found = harvest(tmp_path, environment={})
    assert [source.path for source in found.sources] == [str(database), str(transcript)]


def test_what_is_found_can_be_read(tmp_path: Path) -> None:
    for agent, name in (
        ("claude-code", "claude_code.jsonl"),
        ("codex", "codex.jsonl"),
        ("gemini-cli", "gemini_cli.jsonl"),
        ("qwen-code", "qwen.jsonl"),
    ):
        put(tmp_path, agent, (DATA / name).read_bytes())
    found = harvest(tmp_path, environment={})
    readings = read([Path(source.path) for source in found.sources])
    assert {run.format for run in readings.trajectories} == {"claude_code", "codex", "gemini_cli", "qwen"}


def test_an_agents_folder_may_be_moved_by_its_variable(tmp_path: Path) -> None:
    (tmp_path / "elsewhere" / "sessions").mkdir(parents=True)
    (tmp_path / "elsewhere" / "sessions" / "rollout-1.jsonl").write_text("{}\n")
    found = harvest(tmp_path / "home", environment={"CODEX_HOME": str(tmp_path / "elsewhere")})
    assert [source.agent for source in found.sources] == ["codex"]


def test_only_what_changed_since_a_time_is_listed(tmp_path: Path) -> None:
    old, new = put(tmp_path, "codex"), put(tmp_path, "kimi")
    os.utime(old, (1_700_000_000, 1_700_000_000))
    os.utime(new, (1_800_000_000, 1_800_000_000))
    found = harvest(tmp_path, environment={}, since=datetime(2026, 1, 1, tzinfo=UTC))
    assert [source.path for source in found.sources] == [str(new)]


def test_only_conversations_about_a_project_are_listed(tmp_path: Path) -> None:
    project = tmp_path / "work" / "demo"
    project.mkdir(parents=True)
    (project / ".aider.chat.history.md").write_text("# aider chat started at 2026-01-01 10:00:00\n")
    dashed = "".join(character if character.isalnum() else "-" for character in str(project.resolve()))
    mine = tmp_path / ".claude" / "projects" / dashed / "a.jsonl"
    mine.parent.mkdir(parents=True)
    mine.write_text("{}\n")
    put(tmp_path, "claude-code")
    said = put(tmp_path, "codex", json.dumps({"payload": {"cwd": str(project.resolve())}}).encode())
    found = harvest(tmp_path, environment={}, project=project)
    assert {source.path for source in found.sources} == {
        str(mine),
        str(said),
        str(project / ".aider.chat.history.md"),
    }


def test_only_new_and_changed_files_are_taken_again(tmp_path: Path) -> None:
    first, second = put(tmp_path, "codex"), put(tmp_path, "kimi")
    taken = {source.path: source.stamp for source in harvest(tmp_path, environment={}).sources}
    assert unseen(harvest(tmp_path, environment={}), taken.get) == ()
    first.write_text('{"more": 1}\n')
    third = put(tmp_path, "goose")
    again = unseen(harvest(tmp_path, environment={}), taken.get)
    assert {source.path for source in again} == {str(first), str(third)}
    assert str(second) in taken


def test_nothing_in_the_stores_is_changed(tmp_path: Path) -> None:
    for agent in PLACES:
        put(tmp_path, agent)
    before = {str(path): path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    harvest(tmp_path, environment={}, project=tmp_path / "work")
    assert {str(path): path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


@pytest.mark.parametrize(
    ("text", "day"), [("2026-01-31", 31), ("2d", 29), ("48h", 29), ("1w", 24), ("2026-01-30T12:00:00+00:00", 30)]
)
def test_times_are_read_as_people_write_them(text: str, day: int) -> None:
    assert moment_of(text, now=datetime(2026, 1, 31, tzinfo=UTC)).day == day


def test_a_time_that_is_none_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="is no time"):
        moment_of("yesterday", now=datetime(2026, 1, 31, tzinfo=UTC))


@pytest.mark.parametrize(("argument", "lines"), [(None, 3), ("--json", 2), ("--paths", 2)])
def test_the_command_lists_counts_and_sizes(argument: str | None, lines: int, tmp_path: Path) -> None:
    put(tmp_path, "codex")
    put(tmp_path, "kimi")
    done = command(tmp_path, *([argument] if argument else []))
    assert done.code == 0, done.err
    assert len(done.out.splitlines()) == lines
    assert "2 files" in done.err


def test_a_machine_without_conversations_is_nothing_found(tmp_path: Path) -> None:
    done = command(tmp_path)
    assert done.code == 10
    assert "no conversations found" in done.err


def command(home: Path, *arguments: str) -> Ran:
    return in_own_process("harvest", *arguments, environment={"HOME": str(home)})


@pytest.mark.parametrize(
    ("variable", "moved", "agent"),
    [
        ("XDG_DATA_HOME", "opencode/opencode.db", "opencode"),
        ("XDG_DATA_HOME", "goose/sessions/sessions.db", "goose"),
        ("XDG_CONFIG_HOME", "Cursor/User/globalStorage/state.vscdb", "cursor"),
        ("XDG_CONFIG_HOME", "claude/projects/-srv-demo/s-1.jsonl", "claude-code"),
        (
            "XDG_CONFIG_HOME",
            "Code/User/globalStorage/saoudrizwan.claude-dev/tasks/1/api_conversation_history.json",
            "cline",
        ),
        ("XDG_STATE_HOME", ".copilot/session-state/co-1/events.jsonl", "copilot-cli"),
        ("GOOSE_PATH_ROOT", "data/sessions/sessions.db", "goose"),
        ("COPILOT_HOME", "session-state/co-1/events.jsonl", "copilot-cli"),
    ],
)
def test_agents_are_found_where_variables_move_their_folders(
    variable: str, moved: str, agent: str, tmp_path: Path
) -> None:
    path = tmp_path / "elsewhere" / moved
    path.parent.mkdir(parents=True)
    path.write_text("{}\n")
    (tmp_path / "home").mkdir()
    found = harvest(tmp_path / "home", environment={variable: str(tmp_path / "elsewhere")})
    assert [(source.agent, source.path) for source in found.sources] == [(agent, str(path))]


def test_a_variable_that_is_no_whole_path_moves_nothing(tmp_path: Path) -> None:
    put(tmp_path, "goose")
    for value in ("", "share", "."):
        assert [source.agent for source in harvest(tmp_path, environment={"XDG_DATA_HOME": value}).sources] == ["goose"]
