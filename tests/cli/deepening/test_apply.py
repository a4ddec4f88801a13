"""``t2s deepen --apply L1``: edits that held-out recordings speak for are accepted, the others wait."""

from pathlib import Path

import msgspec
import pytest

from t2s_local.values.trajectory import Outcome, Trajectory
from tests.build import trajectory
from tests.commands import Ran, in_process
from tests.recorded import shell

SKILL = """---
name: deploying
description: "Deploys services. Use when asked to deploy one."
---

# Deploying

## Steps

1. Tell the others before you run `deploy`.
"""
PAGE = Path("skills/deploying/SKILL.md")


def run(number: int, outcome: Outcome, then: str) -> Trajectory:
    steps = (*shell("deploy", "Error: the lock is held", 1, key="1"), *shell(then, "ok", 0, key="2"))
    return trajectory(*steps, outcome=outcome, task_id=f"t{number}", source=f"{number}.jsonl")


def write(folder: str, *runs: Trajectory) -> None:
    Path(folder).mkdir()
    for number, one in enumerate(runs):
        Path(folder, f"{number}.jsonl").write_bytes(msgspec.json.encode(one) + b"\n")


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    PAGE.parent.mkdir(parents=True)
    PAGE.write_text(SKILL, "utf-8")
    write("runs", *(run(number, "success", "deploy --wait") for number in range(4)))


def applied() -> Ran:
    return in_process("deepen", "skills/deploying", "runs", "--apply", "L1", "--heldout", "held", "-q")


def test_an_edit_that_would_have_caught_failures_is_accepted_and_can_be_taken_back() -> None:
    write("held", *(run(number, "failure", "ls") for number in range(10, 16)), run(16, "success", "deploy --wait"))
    done = applied()
    assert done.code == 0, done.err
    assert "accepted" in done.out
    assert "level L1" in done.out
    assert "deploy --wait" in PAGE.read_text("utf-8")
    assert "level L1" in in_process("review", "skills", "--list", "--all").out
    assert in_process("review", "skills", "--undo").code == 0
    assert PAGE.read_text("utf-8") == SKILL


def test_an_edit_that_successes_contradict_waits() -> None:
    write("held", *(run(number, "success", "deploy --force") for number in range(10, 16)))
    done = applied()
    assert done.code == 0, done.err
    assert "waits" in done.out
    assert PAGE.read_text("utf-8") == SKILL


def test_runs_of_the_same_tasks_are_no_held_out_runs() -> None:
    write("held", run(0, "failure", "ls"))
    done = applied()
    assert (done.code, PAGE.read_text("utf-8")) == (1, SKILL)
    assert "t0" in done.err


def test_the_level_and_the_recordings_go_together() -> None:
    done = in_process("deepen", "skills", "runs", "--apply", "L1")
    assert (done.code, "--heldout" in done.err) == (2, True)
