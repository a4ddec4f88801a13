"""``t2s deepen --apply L2`` with a local model, and ``--apply L3`` with a program of the user."""

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
EVALUATE = """
if grep -q 'deploy --wait' "$1/SKILL.md"; then has=1; worse=0; else has=0; worse=1; fi
none=0
eval "echo \\$$3"
"""


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
    write("held", *(run(number, "success", "deploy --wait") for number in range(10, 20)))
    Path("evaluate.sh").write_text(EVALUATE, "utf-8")
    Path("tasks").write_text("one\ntwo\n", "utf-8")


def applied(level: str, *more: str) -> Ran:
    return in_process("deepen", "skills/deploying", "runs", "--apply", level, *more)


def evaluated(way: str, *more: str) -> Ran:
    command = f"sh evaluate.sh {{skill}} {{task}} {way}"
    return applied("L3", "--eval-cmd", command, "--tasks", "tasks", "-q", *more)


def test_an_edit_with_which_the_users_program_scores_higher_is_accepted_and_can_be_taken_back() -> None:
    done = evaluated("has", "--no-placebo", "--trials", "10")
    assert done.code == 0, done.err
    assert "accepted" in done.out
    assert "level L3: mean score 0.00 before, 1.00 after, 20 trials" in " ".join(done.out.split())
    assert "deploy --wait" in PAGE.read_text("utf-8")
    assert in_process("review", "skills", "--undo").code == 0
    assert PAGE.read_text("utf-8") == SKILL


@pytest.mark.parametrize(("way", "reason"), [("none", "no gain"), ("worse", "task worse")])
def test_an_edit_that_gains_nothing_or_costs_a_task_waits(way: str, reason: str) -> None:
    done = evaluated(way, "--no-placebo")
    assert done.code == 0, done.err
    assert f"waits ({reason}" in done.out
    assert PAGE.read_text("utf-8") == SKILL


def test_few_trials_decide_nothing_beside_a_placebo() -> None:
    done = evaluated("has")
    assert done.code == 0, done.err
    assert "waits (fewer than 20 trials an arm" in " ".join(done.out.split())
    assert PAGE.read_text("utf-8") == SKILL


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("L2", "--model", "none", "--heldout", "held"), "--model none"),
        (("L2",), "--heldout"),
        (("L3", "--tasks", "tasks"), "--eval-cmd"),
        (("L3", "--tasks", "tasks", "--eval-cmd", "true {skill}"), "{task}"),
        (("L3", "--eval-cmd", "true {skill} {task}"), "--tasks"),
    ],
)
def test_what_a_gate_measures_with_is_asked_for_before_anything_is_learned(words: tuple[str, ...], named: str) -> None:
    done = applied(*words)
    assert (done.code, named in done.err, Path(".t2s").exists()) == (2, True, False)


def test_no_model_is_named_as_what_is_missing() -> None:
    done = applied("L2", "--heldout", "held", "-q")
    assert (done.code, "no model is installed" in done.err) == (5, True)
    assert PAGE.read_text("utf-8") == SKILL


@pytest.mark.model
def test_an_edit_that_makes_what_worked_likelier_than_a_placebo_is_accepted(real_model: Path) -> None:
    done = applied("L2", "--heldout", "held", "--model", str(real_model), "--analyst", "mined", "-q")
    assert done.code == 0, done.err
    assert "accepted (supported; level L2:" in " ".join(done.out.split())
    assert "deploy --wait" in PAGE.read_text("utf-8")
