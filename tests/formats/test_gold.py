"""Gold answers, labels and what graders say: no reader hands them on, wherever in a file they stand."""

import json
import shutil
from pathlib import Path

import msgspec
import pytest

from t2s_local import registry
from t2s_local.stages.intake.read_all import read
from t2s_local.stages.reading.reading import read_file
from t2s_local.values.trajectory import Label, Outcome, Trajectory
from tests.formats.test_fuzz import BINARIES
from tests.readings import DATA, runs, sample

GOLD = "GOLD: the right answer is forty-two"
KEYS = (
    *("FAIL_TO_PASS", "PASS_TO_PASS", "action_checks", "answer", "answer_key", "correct_answer", "critic", "eval_obs"),
    *("evaluation_criteria", "expected", "expectedOutput", "expected_output", "explanation", "feedback_stats", "gold"),
    *("gold_answer", "gold_patch", "grader", "ground_truth", "gt_data_hash", "hints_text", "judge", "label", "labels"),
    *("patch", "rationale", "reference", "reference_answer", "reference_outputs", "reward_info", "scores", "solution"),
    *("target", "targets", "test_output", "test_patch", "verifier_result"),
)
"""What benchmarks and graders call what an agent must not be told."""
SAID = frozenset(
    {
        *("action", "args", "arguments", "attributes", "content", "input", "output", "parameters", "params", "rawArgs"),
        "tool_input",
    }
)
"""Keys under which everything was said or done by somebody, whatever it is called there."""
STRICT = ("native",)
"""Formats that refuse a record with a field they do not know."""
JSON = tuple(
    name
    for name in registry.names("t2s_local.formats")
    if name not in STRICT and sample(name).suffix in (".json", ".jsonl", ".traj")
)


def planted(value: object) -> object:
    """A copy in which every object has gold under every key that it does not have itself."""
    if isinstance(value, dict):
        inner = {key: item if key in SAID else planted(item) for key, item in value.items()}
        return {**dict.fromkeys(KEYS, GOLD), **inner}
    return [planted(item) for item in value] if isinstance(value, list) else value


def plant(name: str, folder: Path) -> Path:
    """A copy of the sample, with all that belongs to it, and with gold planted."""
    path = sample(name)
    if path.parent != DATA:
        shutil.copytree(path.parent, folder, dirs_exist_ok=True)
    lines = path.read_text().splitlines() if path.suffix == ".jsonl" else [path.read_text()]
    copy = folder / path.name
    copy.write_text("\n".join(json.dumps(planted(json.loads(line))) for line in lines))
    return copy


@pytest.mark.parametrize("name", JSON)
def test_gold_beside_what_was_said_changes_no_step(name: str, tmp_path: Path) -> None:
    found = runs(plant(name, tmp_path), format_name=name)
    assert [run.steps for run in found] == [run.steps for run in runs(sample(name))]
    assert all(b"GOLD" not in msgspec.json.encode(run) for run in found)


@pytest.mark.parametrize("name", BINARIES)
def test_gold_in_a_database_or_an_archive_stays_behind(name: str, tmp_path: Path) -> None:
    BINARIES[name](tmp_path / "runs")
    assert b"GOLD" in sample(name).read_bytes() + (tmp_path / "runs").read_bytes()
    found = [item for item in read_file(tmp_path / "runs", source="x") if isinstance(item, Trajectory)]
    assert found
    assert all(b"GOLD" not in msgspec.json.encode(run) for run in found)


@pytest.mark.parametrize(("n_failed", "outcome"), [(0, "success"), (1, "failure")])
def test_of_the_report_of_an_appworld_task_nothing_is_taken_but_the_verdict(
    n_failed: int, outcome: Outcome, tmp_path: Path
) -> None:
    task = tmp_path / "experiment" / "tasks" / "a_1"
    (task / "logs").mkdir(parents=True)
    (task / "evaluation").mkdir()
    (task / "logs" / "lm_calls.jsonl").write_bytes(sample("appworld").read_bytes())
    report = f"Num Passed Tests : {2 - n_failed}\nNum Failed Tests : {n_failed}\nNum Total  Tests : 2\n\n{GOLD}\n"
    (task / "evaluation" / "report.md").write_text(report)
    (run,) = read([tmp_path]).trajectories
    assert (run.task_id, run.label) == ("a_1", Label(outcome=outcome, source="field:evaluation/report.md"))
    assert run.steps == runs(sample("appworld"))[0].steps
    assert b"GOLD" not in msgspec.json.encode(run)
