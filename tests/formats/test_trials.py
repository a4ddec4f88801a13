"""Trials and simulations that lie in folders with other files beside them: Harbor and tau2."""

import json
from pathlib import Path

import pytest

from t2s_local.ports.format import Passed
from t2s_local.stages.intake.read_all import read
from t2s_local.stages.reading.reading import read_file
from tests.formats.test_benches import voice_ticks
from tests.readings import DATA, runs, told


def test_each_step_of_a_harbor_trial_has_a_task_and_a_reward_of_its_own(tmp_path: Path) -> None:
    record = json.loads((DATA / "atif.json").read_text())
    for name in ("first", "second"):
        folder = tmp_path / "trial" / "steps" / name / "agent"
        folder.mkdir(parents=True)
        (folder / "trajectory.json").write_text(
            json.dumps({**record, "session_id": name, "schema_version": "ATIF-v1.8"})
        )
    results = [
        {"step_name": "first", "verifier_result": {"rewards": {"reward": 1}}},
        {"step_name": "second", "exception_info": {"exception_type": "AgentTimeoutError"}},
    ]
    result = {"task_name": "org/count", "step_results": results, "verifier_result": {"rewards": {"reward": 0.5}}}
    (tmp_path / "trial" / "result.json").write_text(json.dumps(result))
    found = {run.session_id: run for run in read([tmp_path]).trajectories}
    assert (found["first"].task_id, found["first"].outcome) == ("org/count/first", "success")
    assert (found["second"].task_id, found["second"].outcome) == ("org/count/second", None)
    assert found["second"].termination == "AgentTimeoutError"


@pytest.mark.parametrize(("rewards", "outcome"), [({"accuracy": 0.0}, "failure"), ({"a": 1, "b": 0}, None), ({}, None)])
def test_the_only_reward_of_a_harbor_trial_is_the_reward(
    rewards: dict[str, float], outcome: str | None, tmp_path: Path
) -> None:
    (tmp_path / "agent").mkdir()
    (tmp_path / "agent" / "trajectory.json").write_bytes((DATA / "atif.json").read_bytes())
    (tmp_path / "result.json").write_text(json.dumps({"task_name": "t", "verifier_result": {"rewards": rewards}}))
    assert runs(tmp_path / "agent" / "trajectory.json")[0].outcome == outcome


def test_what_the_simulated_user_of_a_harbor_trial_did_is_no_run(tmp_path: Path) -> None:
    (tmp_path / "user-agent").mkdir()
    path = tmp_path / "user-agent" / "trajectory.json"
    path.write_bytes((DATA / "atif.json").read_bytes())
    (item,) = read_file(path, source="x")
    assert isinstance(item, Passed)
    assert item.record == "simulated user of the trial beside it"


def test_calls_that_tau2_logged_for_debugging_are_no_runs_beside_the_simulations(tmp_path: Path) -> None:
    simulation = {"id": "s1", "task_id": "3", "trial": 0, "termination_reason": "agent_stop", "mode": "full_duplex"}
    logs = tmp_path / "artifacts" / "task_3" / "sim_s1" / "llm_debug"
    logs.mkdir(parents=True)
    (tmp_path / "simulations").mkdir()
    index = [{"id": "s1", "task_id": "3", "trial": 0}]
    results = {"info": {"environment_info": {"domain_name": "retail"}}, "tasks": [], "simulation_index": index}
    (tmp_path / "results.json").write_text(json.dumps({"format_version": "dir", **results}))
    (tmp_path / "simulations" / "s1.json").write_text(json.dumps({**simulation, "ticks": voice_ticks()}))
    messages = [{"role": "system", "content": "You are a customer."}, {"role": "assistant", "content": "GOLD"}]
    call = {"call_id": "1", "call_name": "generate_user_message", "request": {"messages": messages}, "response": {}}
    (logs / "20260101_call.json").write_text(json.dumps({**call, "timestamp": "2026-01-01T10:00:00"}))
    (logs.parent / "sim_status.json").write_text(json.dumps({"status": "used"}))
    found = read([tmp_path])
    assert [run.task_id for run in found.trajectories] == ["retail-3"]
    assert told(found.trajectories[0])[0] == "user: I want to change my flight."
    assert "call of a model, logged beside the simulations" in {item.record for item in found.report.passed}
