"""``t2s gate`` with an evaluation of known effects, as a person uses it."""

import json
import sys
from pathlib import Path

import pytest

from tests.audited import source_of_files, write_source
from tests.commands import Ran, in_process
from tests.places import ROOT

ERRANDS = f"{sys.executable} -S {ROOT / 'scripts' / 'errands'} --skill {{skill}} --task {{task}} --seed {{seed}}"
SKILLS = {
    "stamping-parcels": "1. Before you send a parcel, do `stamp`.",
    "stamping-all": "1. Before you send a parcel, do `stamp`.\n2. Never do `wrap`: it takes long.",
    "greeting-customers": "1. Before you hand over an order, do `greet`.",
}
PARCELS = [f"errand-{number:02d}" for number in range(1, 31, 3)]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the skills and the tasks of the evaluation."""
    monkeypatch.chdir(tmp_path)
    for name, rules in SKILLS.items():
        text = f'---\nname: {name}\ndescription: "Running errands."\n---\n\n# Errands\n\n## Steps\n\n{rules}\n'
        write_source(source_of_files({"SKILL.md": text}, name=name), tmp_path / "skills")
    (tmp_path / "tasks.txt").write_text("".join(f"{task}\n" for task in PARCELS))
    return tmp_path


def gated(*words: str, tasks: str = "tasks.txt") -> Ran:
    return in_process("gate", *words, "--tasks", tasks, "--eval-cmd", ERRANDS, "--jobs", "2")


def test_strict_finds_the_truth_about_a_skill_that_helps(place: Path) -> None:
    done = gated("skills/stamping-parcels", "--mode", "strict", "--trials", "2", "--json")
    answer = json.loads(done.out)
    (skill,) = answer["skills"]
    assert (done.code, answer["level"], skill["verdict"]) == (0, "L3", "accept_new_best"), done.err
    assert [arm["n"] for arm in skill["arms"]] == [20, 20, 20]
    assert skill["n_worse"] == 0
    again = gated("skills/stamping-parcels", "--mode", "strict", "--trials", "2", "--json", "--max-runs", "0")
    assert again.out == done.out


def test_a_skill_that_breaks_one_task_is_rejected_with_that_task_first(place: Path) -> None:
    done = gated("skills/stamping-all", "--mode", "deploy", "--trials", "1", "--no-placebo")
    assert done.code == 4
    assert "worst on task 'errand-07': 1.000 before, 0.000 after" in done.err
    assert done.out.splitlines()[-1].split()[-3:] == ["reject", "task", "worse"]


def test_few_trials_accept_nothing_and_no_gain_is_a_reject(place: Path) -> None:
    one = gated("skills/stamping-parcels", "--mode", "strict", "--trials", "1", "--no-placebo")
    assert (one.code, "insufficient" in one.out) == (10, True)
    (place / "two.txt").write_text("errand-02\n")
    inert = gated("skills/greeting-customers", "--mode", "strict", tasks="two.txt")
    assert (inert.code, "no gain" in inert.out) == (4, True)


def test_leaving_one_out_says_which_skill_the_library_needs(place: Path) -> None:
    (place / "few.txt").write_text("".join(f"{task}\n" for task in PARCELS[:2]))
    done = gated("skills/stamping-parcels", "skills/greeting-customers", "--mode", "loo", "--json", tasks="few.txt")
    assert done.code == 0, done.err
    assert {skill["skill"]: skill["verdict"] for skill in json.loads(done.out)["skills"]} == {
        "stamping-parcels": "keep",
        "greeting-customers": "rewrite",
    }


def test_a_candidate_that_adds_nothing_to_the_library_is_not_promoted(place: Path) -> None:
    (place / "few.txt").write_text("".join(f"{task}\n" for task in PARCELS[:2]))
    names = [f"skills/{name}" for name in ("stamping-parcels", "greeting-customers")]
    done = gated(*names, "--mode", "marginal", "--k", "2", "--json", tasks="few.txt")
    found = {skill["skill"]: skill for skill in json.loads(done.out)["skills"]}
    assert {name: skill["verdict"] for name, skill in found.items()} == {
        "stamping-parcels": "promoted",
        "greeting-customers": "reject",
    }
    assert found["stamping-parcels"]["figures"]["marginal_utility"] > 0


@pytest.mark.parametrize("mode", ["strict", "deploy", "marginal", "loo"])
def test_without_a_command_other_levels_are_named(place: Path, mode: str) -> None:
    done = in_process("gate", "skills", "--mode", mode, "--tasks", "tasks.txt", "--json")
    assert (done.code, done.out) == (2, "")
    assert "--mode recorded (L1)" in done.err


def test_a_budget_that_is_over_gives_no_verdict(place: Path) -> None:
    done = gated("skills/stamping-parcels", "--mode", "replay", "--max-runs", "1")
    assert done.code == 10
    assert "budget over" in done.out
    assert "not run: --max-runs was reached" in done.err


def test_kept_changes_are_merged_the_best_last(place: Path) -> None:
    (place / "few.txt").write_text("".join(f"{task}\n" for task in PARCELS[:2]))
    names = [f"skills/{name}" for name in ("stamping-parcels", "stamping-all")]
    done = gated(*names, "--mode", "replay", tasks="few.txt")
    assert done.code == 0, done.out
    assert "merge them in this order: stamping-parcels, stamping-all" in done.err


def test_without_a_command_a_replayed_change_is_unassessed(place: Path) -> None:
    done = in_process("gate", "skills/stamping-all", "--mode", "replay", "--json")
    assert (done.code, json.loads(done.out)["skills"][0]["verdict"]) == (0, "unassessed")
    assert "points" not in done.out
