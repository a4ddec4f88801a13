"""Promises about the whole tool: what is deleted is gone, single links are cut, and every promise names a real test."""

import json
import re
import sqlite3
from pathlib import Path

from tests.commands import Ran, in_own_process
from tests.places import ROOT

COMMAND = ("distill", "runs", "-o", "skills", "--workspace", "ws", "--model", "none", "--json")
PROMISES = ROOT / "t2s_local" / "decisions" / "promises.md"


def distilled(folder: Path, *notes: str) -> Ran:
    """Distill runs that fail alike with a note each, and recover alike."""
    (folder / "runs").mkdir()
    for number, note in enumerate(notes):
        calls = [
            ("deploy --check", 1, f"Error: deploy cannot go on\n{note}"),
            ("deploy --check --retry", 0, f"done {note}"),
        ]
        messages: list[dict[str, object]] = [{"role": "user", "content": f"Build part {number}."}]
        for at, (command, code, output) in enumerate(calls):
            function = {"name": "bash", "arguments": json.dumps({"command": command})}
            call = {"id": f"c{at}", "type": "function", "function": function}
            messages.append({"role": "assistant", "content": None, "tool_calls": [call]})
            messages.append({"role": "tool", "tool_call_id": f"c{at}", "content": f"exit code: {code}\n{output}"})
        run = {"task_id": f"t{number}", "messages": messages, "reward": 1.0}
        (folder / "runs" / f"{number}.json").write_text(json.dumps(run))
    return in_own_process(*COMMAND, cwd=folder)


def skills(folder: Path) -> str:
    return "\n".join(path.read_text("utf-8") for path in sorted((folder / "skills").rglob("*.md")))


def test_an_address_that_one_run_names_is_no_link_and_quotes_still_hold(tmp_path: Path) -> None:
    shared, single = "see https://docs.corp.net/all", "see https://docs.corp.net/once"
    done = distilled(tmp_path, single, shared, shared, shared)
    assert done.code == 0, done.err
    written = skills(tmp_path)
    assert "https://docs.corp.net/once" not in written
    assert "hxxps://docs.corp.net/once" in written
    assert "https://docs.corp.net/all" in written
    assert in_own_process("verify", "skills", "--workspace", "ws", cwd=tmp_path).code == 0


def test_a_removed_run_leaves_no_byte_in_the_workspace(tmp_path: Path) -> None:
    done = distilled(tmp_path, "alpha", "beta", "gamma")
    store = tmp_path / "ws" / "store.db"
    with sqlite3.connect(store) as database:
        packed = [bytes(row[0]) for row in database.execute("SELECT value FROM trajectories")]
    assert packed
    removed = in_own_process("runs", "rm", "--yes", json.loads(done.out)["run"], "--workspace", "ws", cwd=tmp_path)
    assert removed.code == 0, removed.err
    assert "for good" in removed.err
    left = b"".join(path.read_bytes() for path in (tmp_path / "ws").rglob("*") if path.is_file())
    assert [piece for piece in packed if piece[16:48] in left] == []
    with sqlite3.connect(store) as database:
        assert database.execute("SELECT COUNT(*) FROM trajectories").fetchone() == (0,)
        assert database.execute("PRAGMA freelist_count").fetchone() == (0,)


def test_every_promise_names_a_test_that_exists_and_the_readme_leads_to_them() -> None:
    page = PROMISES.read_text("utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", page)
    assert str(PROMISES.relative_to(ROOT)) in (ROOT / "README.md").read_text("utf-8")
    promises = [line for line in page.splitlines() if line.startswith("- ")]
    assert len(promises) >= 10
    assert [line for line in promises if "::test_" not in line] == []
    assert [(path, test) for path, test in named if f"def {test}(" not in (ROOT / path).read_text("utf-8")] == []


def raw(folder: Path) -> bytes:
    """Every byte of a workspace: the store, its log and its index."""
    return b"".join(path.read_bytes() for path in (folder / "ws").rglob("*") if path.is_file())


def texts_of(folder: Path) -> list[bytes]:
    """What is stored of trajectories and finished work, as it lies in the file, and what a result says in words."""
    with sqlite3.connect(folder / "ws" / "store.db") as database:
        rows = [*database.execute("SELECT value FROM trajectories"), *database.execute("SELECT value FROM items")]
        (result,) = database.execute("SELECT result FROM runs").fetchone()
    packed = [bytes(value) for (value,) in rows if len(value) > 64]
    return [*(piece[16:48] for piece in packed), b"deploy --check --retry", bytes(result)[40:90]]


def test_without_kept_text_the_store_has_digests_alone(tmp_path: Path) -> None:
    plain = distilled(tmp_path, "alpha", "beta", "gamma")
    before, written = texts_of(tmp_path), skills(tmp_path)
    assert [text for text in before[:-1] if text not in raw(tmp_path)] == []
    again = in_own_process(*COMMAND, "--no-keep-text", cwd=tmp_path)
    assert again.code == 0, again.err
    assert "No text is kept" in again.err
    assert [text for text in before[:-1] if text in raw(tmp_path)] == []
    assert skills(tmp_path) == written
    shown = json.loads(in_own_process("runs", "show", "--workspace", "ws", "--json", cwd=tmp_path).out)
    assert shown["state"] == "finished"
    assert len(shown["skills"]) == len(json.loads(plain.out)["skills"]) > 0
    once_more = in_own_process(*COMMAND, cwd=tmp_path)
    assert json.loads(once_more.out)["run"] == json.loads(plain.out)["run"]
    assert skills(tmp_path) == written
    assert b"deploy --check --retry" in raw(tmp_path)


def test_a_removed_run_is_not_in_the_log_of_the_store_either(tmp_path: Path) -> None:
    done = distilled(tmp_path, "alpha", "beta", "gamma")
    before = texts_of(tmp_path)
    assert (
        in_own_process("runs", "rm", "--yes", json.loads(done.out)["run"], "--workspace", "ws", cwd=tmp_path).code == 0
    )
    left = raw(tmp_path)
    assert [text for text in before if text in left] == []
