"""``t2s diagnose`` as a person uses it."""

import json
from pathlib import Path

import pytest

from tests.commands import in_own_process, in_process
from tests.places import ROOT, SAMPLES

RECORDED = ROOT.parent / "shared" / "data" / "tau-bench"


def recorded(folder: Path, n_runs: int) -> Path:
    """Write runs of two tasks whose answers are numbers, scored by them."""
    folder.mkdir()
    for task in range(2):
        for number in range(n_runs):
            messages = [{"role": "user", "content": f"Count {task}."}, {"role": "assistant", "content": str(number**2)}]
            run = {"task_id": f"t{task}", "messages": messages, "reward": number**2 / 100}
            (folder / f"{task}-{number}.json").write_text(json.dumps(run))
    return folder


def test_freedom_tells_its_level_and_the_same_bytes_each_time(tmp_path: Path) -> None:
    folder = recorded(tmp_path / "runs", 4)
    one, other = (in_own_process("diagnose", "freedom", folder, "--json") for _ in range(2))
    assert (one.code, one.out) == (0, other.out)
    found = json.loads(one.out)
    assert (found["level"], found["n_problems"], found["n_defined"]) == ("L1", 2, 2)
    assert found["freedom"] == pytest.approx(0)
    assert "Level L1" in one.err


def test_freedom_names_what_is_missing(tmp_path: Path) -> None:
    done = in_process("diagnose", "freedom", recorded(tmp_path / "runs", 3))
    assert (done.code, done.out) == (10, "")
    assert "0 of 2 problems have 4 scored runs" in done.err


@pytest.mark.skipif(not RECORDED.is_dir(), reason="the recorded runs are not beside the checkout")
def test_freedom_of_four_recorded_trials_a_task() -> None:
    done = in_process("diagnose", "freedom", RECORDED, "--json", "--embedder", "static")
    found = json.loads(done.out)
    assert (found["n_problems"], found["n_defined"]) == (40, 21)
    assert found["freedom"] == pytest.approx(0.8068, abs=5e-4)
    assert found["p_value"] == pytest.approx(0.0348, abs=5e-3)


def test_lifelong_and_transfer_say_what_they_may_claim(tmp_path: Path) -> None:
    folder = recorded(tmp_path / "runs", 2)
    (tmp_path / "families.csv").write_text("family,task,with,without\ncounting,t0,0-1,0-0\ncounting,t1,1-1,1-0\n")
    done = in_process("diagnose", "lifelong", folder, "--families", tmp_path / "families.csv")
    assert done.code == 0
    assert "counting" in done.out
    assert "2 tasks better, 0 worse; sign test p 0.5000." in done.err
    assert "Level L1" in done.err
    (tmp_path / "cells.csv").write_text("extractor,target,with,without\na,b,1,2\na,c,2,1\n")
    cells = in_process("diagnose", "transfer", tmp_path / "cells.csv", "--json")
    assert (cells.code, json.loads(cells.out)["share_negative"]) == (0, 0.5)
    assert "The figures are yours" in cells.err


def test_what_cannot_be_meant_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_text("")
    assert in_process("diagnose", "transfer", tmp_path / "none.csv").code == 2
    assert in_process("diagnose", "transfer", tmp_path / "empty.csv").code == 3
    assert in_process("diagnose", "lifelong", SAMPLES).code == 2
    assert in_process("diagnose", "lifelong", SAMPLES, "--families", tmp_path / "empty.csv").code == 3
