"""Promises about the whole tool: what is deleted is gone, single links are cut, and the README names real tests."""

import json
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SECTION = "## What t2s promises, and how it is tested"


def t2s(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "t2s_local", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)


def distilled(folder: Path, *notes: str) -> subprocess.CompletedProcess[str]:
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
    return t2s(folder, "distill", "runs", "-o", "skills", "--workspace", "ws", "--model", "none", "--json")


def skills(folder: Path) -> str:
    return "\n".join(path.read_text("utf-8") for path in sorted((folder / "skills").rglob("*.md")))


def test_an_address_that_one_run_names_is_no_link_and_quotes_still_hold(tmp_path: Path) -> None:
    shared, single = "see https://docs.corp.net/all", "see https://docs.corp.net/once"
    done = distilled(tmp_path, single, shared, shared, shared)
    assert done.returncode == 0, done.stderr
    written = skills(tmp_path)
    assert "https://docs.corp.net/once" not in written
    assert "hxxps://docs.corp.net/once" in written
    assert "https://docs.corp.net/all" in written
    assert t2s(tmp_path, "verify", "skills", "--workspace", "ws").returncode == 0


def test_a_removed_run_leaves_no_byte_in_the_workspace(tmp_path: Path) -> None:
    done = distilled(tmp_path, "alpha", "beta", "gamma")
    store = tmp_path / "ws" / "store.db"
    with sqlite3.connect(store) as database:
        packed = [bytes(row[0]) for row in database.execute("SELECT value FROM trajectories")]
    assert packed
    removed = t2s(tmp_path, "runs", "rm", json.loads(done.stdout)["run"], "--workspace", "ws")
    assert removed.returncode == 0, removed.stderr
    assert "for good" in removed.stderr
    left = b"".join(path.read_bytes() for path in (tmp_path / "ws").rglob("*") if path.is_file())
    assert [piece for piece in packed if piece[16:48] in left] == []
    with sqlite3.connect(store) as database:
        assert database.execute("SELECT COUNT(*) FROM trajectories").fetchone() == (0,)
        assert database.execute("PRAGMA freelist_count").fetchone() == (0,)


def test_every_promise_of_the_readme_names_a_test_that_exists() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    if SECTION not in readme:
        pytest.skip("the README has no page of promises yet")
    page = readme.partition(SECTION)[2].partition("\n## ")[0]
    named = re.findall(r"`(tests/\w+\.py)::(test_\w+)`", page)
    promises = [line for line in page.splitlines() if line.startswith("- ")]
    assert len(named) >= len(promises) > 0
    assert [(path, test) for path, test in named if f"def {test}(" not in (ROOT / path).read_text("utf-8")] == []
