"""Results of benchmarks whose runs lie in folders and ticks: Terminal-Bench and tau2."""

import json
from pathlib import Path

from t2s_local.stages.intake.read_all import read
from t2s_local.values.trajectory import Label
from tests.readings import DATA, calls, runs


def terminal_bench(folder: Path, **files: str) -> Path:
    """A run of one trial whose folder holds *files*, named as paths with ``__`` for ``/``."""
    trial = {"trial_name": "count.1-of-1", "task_id": "count", "instruction": "Count.", "is_resolved": False}
    trial["failure_mode"] = "agent_timeout"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "results.json").write_text(json.dumps({"id": "run", "results": [trial], "accuracy": 0.0}))
    own = folder / "count" / "count.1-of-1"
    own.mkdir(parents=True)
    (own / "results.json").write_text(json.dumps(trial))
    for name, text in files.items():
        path = own / name.replace("__", "/").replace("_dot_", ".").replace("_dash_", "-")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return own


KEYS = """['clear', 'Enter']
['wc -l notes.txt', 'Enter']
plain words
"""


def test_a_terminal_bench_trial_is_read_from_log_keys_and_panes(tmp_path: Path) -> None:
    terminal_bench(
        tmp_path / "run",
        sessions__agent_dot_log="I count the lines.",
        commands_dot_txt=KEYS,
        panes__pre_dash_agent_dot_txt="$ ",
        panes__post_dash_agent_dot_txt="$ wc -l notes.txt\n3 notes.txt",
        panes__post_dash_test_dot_txt="GOLD: 1 failed",
    )
    readings = read([tmp_path])
    (run,) = readings.trajectories
    assert [(step.kind, step.text) for step in run.steps] == [
        ("user", "Count."),
        ("assistant", "I count the lines."),
        ("tool_call", "clear"),
        ("tool_call", "wc -l notes.txt"),
        ("tool_call", "plain words"),
        ("tool_result", "$"),
        ("tool_result", "$ wc -l notes.txt\n3 notes.txt"),
    ]
    assert run.label == Label(outcome="failure", source="field:is_resolved")
    assert run.termination == "agent_timeout"
    assert readings.report.passed[0].record == "row of the table of trials"


def test_a_terminal_bench_recording_tells_what_the_terminal_showed(tmp_path: Path) -> None:
    cast = '{"version": 2, "width": 80}\n[0.1, "o", "$ wc -l "]\n[0.2, "i", "x"]\n[0.3, "o", "notes.txt"]\n[0.4, "o'
    terminal_bench(tmp_path, sessions__agent_dot_cast=cast, commands_dot_txt=KEYS)
    (run,) = read([tmp_path]).trajectories
    assert [step.text for step in run.steps if step.kind == "tool_result"] == ["$ wc -l notes.txt"]


def test_a_terminal_bench_trial_by_itself_is_read_from_its_own_results(tmp_path: Path) -> None:
    own = terminal_bench(tmp_path / "run", commands_dot_txt=KEYS)
    moved = own.rename(tmp_path / "moved")
    (run,) = runs(moved / "results.json")
    assert (run.task_id, run.outcome, calls(run)[1]) == ("count", "failure", "wc -l notes.txt")


def voice_ticks() -> list[dict[str, object]]:
    """Ticks of a call in which both sides speak in pieces and the agent looks something up."""
    return [
        {"user_chunk": {"role": "user", "content": "I want to "}},
        {"user_chunk": {"role": "user", "content": "change my flight."}, "agent_chunk": {"content": ""}},
        {"agent_chunk": {"role": "assistant", "content": "One "}},
        {
            "agent_chunk": {"role": "assistant", "content": "moment."},
            "agent_tool_calls": [
                {"id": "v1", "name": "get_flight", "arguments": {"number": "ZZ1"}, "requestor": "assistant"}
            ],
            "agent_tool_results": [{"id": "v1", "role": "tool", "content": "ZZ1: on time", "error": False}],
        },
        {"user_tool_calls": [{"id": "u1", "name": "toggle_data", "arguments": {}}], "user_tool_results": []},
        {"agent_chunk": {"role": "assistant", "content": "It is on time."}},
    ]


def test_the_ticks_of_a_voice_call_are_joined_to_turns(tmp_path: Path) -> None:
    simulation = {
        "id": "s1",
        "task_id": "3",
        "trial": 0,
        "termination_reason": "user_stop",
        "reward_info": {"reward": 1.0, "action_checks": [{"action": "GOLD"}]},
        "ticks": voice_ticks(),
    }
    info = {"environment_info": {"domain_name": "airline"}, "agent_info": {"llm": "m-6"}}
    (tmp_path / "simulations").mkdir()
    (tmp_path / "results.json").write_text(json.dumps({"info": info, "tasks": [{"evaluation_criteria": "GOLD"}]}))
    (tmp_path / "simulations" / "s1.json").write_text(json.dumps(simulation))
    (run,) = read([tmp_path]).trajectories
    assert [(step.kind, step.text) for step in run.steps] == [
        ("user", "I want to change my flight."),
        ("assistant", "One moment."),
        ("tool_call", '{"number":"ZZ1"}'),
        ("tool_result", "ZZ1: on time"),
        ("system", "The user called toggle_data {}"),
        ("assistant", "It is on time."),
    ]
    assert (run.task_id, run.model, run.outcome, run.format) == ("airline-3", "m-6", "success", "tau2_bench")
    assert {step.line for step in run.steps} == {1, 3, 4, 5, 6}


def test_a_bare_list_of_simulations_is_read_too(tmp_path: Path) -> None:
    record = json.loads((DATA / "tau2_bench.json").read_text())
    path = tmp_path / "bare.json"
    path.write_text(json.dumps(record["simulations"]))
    assert [run.steps for run in runs(path)] == [run.steps for run in runs(DATA / "tau2_bench.json")]
