"""Verdicts of a judge as a file that a run takes."""

import json
from pathlib import Path

import msgspec
import pytest

from t2s_local.engines.scripted import load
from t2s_local.errors import InputError
from t2s_local.stages.intake.read_all import read
from t2s_local.stages.steps.faults import read_faults
from t2s_local.stages.steps.recorded import judged_steps
from t2s_local.values.trajectory import StepFault
from tests.commands import in_process
from tests.places import SAMPLES


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Verdicts on the samples by a judge that calls every sound step a slip."""
    judged = judged_steps([SAMPLES], judge=load(lambda _: '{"verdict": "0.5", "quote": 1}'))
    path = tmp_path / "steps.jsonl"
    path.write_bytes(b"\n".join(msgspec.json.encode(one) for _, verdicts in judged.runs for one in verdicts))
    return path


def test_the_verdicts_of_a_model_are_taken_and_those_of_the_rules_are_not(file: Path) -> None:
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    wanted = {(row["trajectory"], row["step"]) for row in rows if row["reason"] == "a model calls it a slip"}
    found = read_faults(file)
    assert {(run, step) for run, steps in found.items() for step in steps} == wanted
    assert len(wanted) < len(rows)
    assert found.keys() <= {run.id for run in read([SAMPLES]).trajectories}
    assert {type(one) for steps in found.values() for one in steps.values()} == {StepFault}


def test_a_file_of_something_else_is_refused_with_its_line(file: Path) -> None:
    file.write_text(f"{file.read_text()}\n{{\n")
    with pytest.raises(InputError, match="no verdict") as raised:
        read_faults(file)
    assert raised.value.line == len(file.read_text().splitlines())


def test_a_file_without_a_judge_is_said_to_name_no_step(tmp_path: Path) -> None:
    path = tmp_path / "steps.jsonl"
    path.write_text(in_process("steps", SAMPLES, "--json").out)
    assert read_faults(path) == {}
    folders = ("-o", tmp_path / "out", "--workspace", tmp_path / "ws")
    ran = in_process("distill", SAMPLES, *folders, "--steps", path, "--model", "none", "--dry-run")
    assert (ran.code, "no step that a model called wrong" in ran.err) == (0, True)


@pytest.mark.parametrize("words", [("--model", "none"), ("--analyst", "mined", "--model", "none")])
def test_a_run_that_asks_no_model_takes_no_verdicts(file: Path, tmp_path: Path, words: tuple[str, ...]) -> None:
    folders = ("-o", tmp_path / "out", "--workspace", tmp_path / "ws")
    ran = in_process("distill", SAMPLES, *folders, "--steps", file, *words)
    assert ran.code == 2
    assert "a slip, in" in ran.err
    assert "--steps is for an analyst that asks a model" in ran.err
    assert not (tmp_path / "out").exists()
