"""``t2s deepen --apply L1``: edits that held-out recordings speak for are accepted, the others wait."""

from pathlib import Path

import msgspec
import pytest

from t2s_local.runs.deepening.deepening import DeepenOutcome
from t2s_local.values.trajectory import Outcome, Trajectory
from tests.build import step, trajectory
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


def test_runs_that_taught_nothing_are_an_answer() -> None:
    PAGE.write_text(SKILL.replace("1. Tell", "1. Never run the linter.\n2. Tell"), "utf-8")
    steps = (step("assistant", "I run the linter."), *shell("ruff check .", "All checks passed!", 0, key="1"))
    write("idle", *(trajectory(*steps, outcome="success", source=f"{n}.jsonl", task_id=f"i{n}") for n in range(4)))
    done = in_process("deepen", "skills/deploying", "idle")
    assert done.code == 0, done.err
    assert "4 runs held against 1 skill (2 statements): the runs taught no lesson" in done.err
    assert "1 spoken against" in done.err
    assert "Never run the linter" in done.out
    assert not Path("skills/.t2s-library/edits.json").exists()


def test_what_a_skill_forbids_in_plain_words_and_runs_do_with_success_is_named_or_revised() -> None:
    PAGE.write_text(SKILL.replace("1. Tell", "1. Never run the linter.\n2. Tell"), "utf-8")
    write("used", *(linted(number) for number in range(4)))
    done = in_process("deepen", "skills/deploying", "used", "--json", "-q")
    assert done.code == 0, done.err
    found = msgspec.json.decode(done.out, type=DeepenOutcome).found
    (failed,) = [note for note in found.noted if note.finding == "failed"]
    assert (failed.text, failed.support) == ("Never run the linter.", 4)
    assert "ruff" in failed.said


def linted(number: int) -> Trajectory:
    steps = (*shell("deploy", "Error: the lock is held", 1, key="1"), *shell("deploy --wait", "ok", 0, key="2"))
    said = step("assistant", "It is out. I run the linter as well.")
    ran = shell("ruff check .", "All checks passed!", 0, key="3")
    return trajectory(*steps, said, *ran, outcome="success", task_id=f"l{number}", source=f"{number}.jsonl")
