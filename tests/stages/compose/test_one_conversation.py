"""A conversation counts once, however many files, databases and work trees it lies in."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from t2s_local.stages.compose.independence import origins
from t2s_local.stages.intake.corpus import outline_of
from t2s_local.stages.intake.read_all import read
from tests.agents_logs import answer, asked, claude, codex, said, wanted
from tests.readings import Lines


def conversations(folder: Path) -> int:
    """How many independent conversations are below a folder."""
    runs = read([folder]).trajectories
    return len(set(origins([outline_of(run) for run in runs]).values()))


def put(path: Path, lines: Lines) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))


@pytest.mark.parametrize("session", ["wt-1", "0f8fad5b-d9cb-469f-a165-70867728950e"])
def test_a_session_of_claude_code_in_several_work_trees_is_one(session: str, tmp_path: Path) -> None:
    for number, tree in enumerate(("repo", "repo-feature", "repo-fix")):
        lines = claude(("user", f"task {number}"), asked(f"make {number}", "t"), answer("made", "t"), session=session)
        for line in lines:
            line["uuid"] = f"{tree}-{line['uuid']}"
        put(tmp_path / tree / f"{session}.jsonl", lines)
    assert conversations(tmp_path) == 1


@pytest.mark.parametrize(
    ("metas", "n"),
    [
        ([{"id": "t1"}, {"id": "t1", "history_base": {"thread_id": "p0"}}, {"id": "t1", "session_id": "t1"}], 1),
        ([{"id": "t1"}, {"id": "p1", "session_id": "t1"}, {"id": "p2", "session_id": "t1"}], 1),
        ([{"id": "t1"}, {"id": "p1", "history_base": {"thread_id": "t1"}}, {"id": "p2", "forked_from_id": "p1"}], 1),
        ([{"id": "t1"}, {"id": "t2"}, {"id": "t3"}], 3),
    ],
)
def test_pages_of_a_thread_of_codex_are_one_conversation(
    metas: list[dict[str, object]], n: int, tmp_path: Path
) -> None:
    for number, meta in enumerate(metas):
        put(tmp_path / f"page-{number}.jsonl", codex(wanted(f"task {number}"), said(f"Done {number}."), **meta))
    assert conversations(tmp_path) == n


def test_a_session_of_gemini_that_was_resumed_on_other_days_is_one(tmp_path: Path) -> None:
    for number in range(3):
        lines: Lines = [
            {"sessionId": "g-1", "projectHash": "p"},
            {"id": f"{number}a", "type": "user", "content": f"task {number}"},
            {"id": f"{number}b", "type": "gemini", "content": f"Done {number}."},
        ]
        put(tmp_path / f"session-{number}.jsonl", lines)
    assert conversations(tmp_path) == 1


def test_runs_of_a_benchmark_that_number_their_sessions_alike_stay_apart(tmp_path: Path) -> None:
    for number in range(3):
        messages = [{"role": "user", "content": f"task {number}"}, {"role": "assistant", "content": f"Done {number}."}]
        put(
            tmp_path / f"run-{number}.jsonl", [{"id": "1", "messages": messages}, {"id": "2", "messages": messages[:1]}]
        )
    assert conversations(tmp_path) == 6


def opencode(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE session(id TEXT, parent_id TEXT)")
        database.execute("CREATE TABLE message(id TEXT, session_id TEXT, data TEXT)")
        database.execute("CREATE TABLE part(id TEXT, message_id TEXT, data TEXT)")
        for number in range(4):
            database.execute("INSERT INTO session VALUES (?, ?)", [f"s{number}", "s0" if number else None])
            database.execute("INSERT INTO message VALUES (?, ?, ?)", [f"m{number}", f"s{number}", '{"role": "user"}'])
            part = json.dumps({"type": "text", "text": f"task {number}"})
            database.execute("INSERT INTO part VALUES (?, ?, ?)", [f"p{number}", f"m{number}", part])


def goose(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE sessions(id TEXT, working_dir TEXT, parent_session_id TEXT)")
        columns = "id INTEGER, session_id TEXT, role TEXT, content_json TEXT, created_timestamp INTEGER"
        database.execute(f"CREATE TABLE messages({columns})")
        for number in range(4):
            database.execute("INSERT INTO sessions VALUES (?, '/p', ?)", [f"s{number}", "s0" if number else None])
            content = json.dumps([{"type": "text", "text": f"task {number}"}])
            database.execute("INSERT INTO messages VALUES (?, ?, 'user', ?, 1)", [number, f"s{number}", content])


def cursor(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE cursorDiskKV(key TEXT, value TEXT)")
        for number in range(4):
            composer: dict[str, object] = {"composerId": f"s{number}"}
            composer["conversation"] = [{"type": 1, "text": f"task {number}"}]
            if number:
                composer["subagentInfo"] = {"parentComposerId": "s0"}
            database.execute(
                "INSERT INTO cursorDiskKV VALUES (?, ?)", [f"composerData:s{number}", json.dumps(composer)]
            )


@pytest.mark.parametrize("make", [opencode, goose, cursor])
def test_sub_agents_in_a_database_belong_to_the_session_that_started_them(make: object, tmp_path: Path) -> None:
    assert callable(make)
    make(tmp_path / "store.db")
    assert conversations(tmp_path) == 1


def test_a_database_without_parents_is_read_as_before(tmp_path: Path) -> None:
    opencode(tmp_path / "store.db")
    with closing(sqlite3.connect(tmp_path / "store.db")) as database, database:
        database.execute("ALTER TABLE session DROP COLUMN parent_id")
    assert conversations(tmp_path) == 4
