"""Counts over real trajectories, each compared with what the files themselves say."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from t2s_local.stages.intake.read_all import Readings, read

Row = tuple[int, int, int]
"""Trajectories, steps, tool calls."""


def row(readings: Readings) -> Row:
    kinds = Counter(step.kind for run in readings.trajectories for step in run.steps)
    return len(readings.trajectories), kinds.total(), kinds["tool_call"]


def outcomes(readings: Readings) -> Mapping[str | None, int]:
    return Counter(run.outcome for run in readings.trajectories)


def test_tau_bench_airline(shared_data: Path) -> None:
    """160 records of 40 tasks; 928 calls and 928 answers; 94 rewards of 0 and 66 of 1."""
    readings = read([shared_data / "tau-bench" / "gpt-4o-airline.json"])
    assert row(readings) == (160, 928 + 928 + 2451, 928)
    assert outcomes(readings) == {"failure": 94, "success": 66}
    assert len({run.task_id for run in readings.trajectories}) == 40
    assert len({run.session_id for run in readings.trajectories}) == 160
    assert {run.termination for run in readings.trajectories} <= {"user_stop", None}


def test_tau_bench_dialogues(shared_data: Path) -> None:
    """19 and 69 demonstrations that are rendered as text and carry no reward."""
    readings = read([shared_data / "tau-bench"])
    assert len(readings.trajectories) == 160 + 19 + 69
    assert outcomes(readings) == {"failure": 94, "success": 66, None: 88}
    assert readings.report.quarantined == ()


def test_swe_agent_with_its_results(shared_data: Path) -> None:
    """48 files, 794 actions; of the 24 runs beside the results, 12 are listed as resolved."""
    folder = shared_data / "swe-agent"
    labels = folder / "claude-3.5-sonnet-swebench-verified" / "results" / "results.json"
    readings = read([folder], labels=labels)
    assert len(readings.trajectories) + readings.report.n_collapsed == 48
    assert outcomes(readings) == {"success": 12, "failure": 12, None: len(readings.trajectories) - 24}
    verified = read([folder / "claude-3.5-sonnet-swebench-verified"])
    assert row(verified)[::2] == (24, 523)
    submitted = Counter(run.termination for run in verified.trajectories)
    assert submitted["submitted"] == 23, "finished is not succeeded"


def test_swe_smith_with_its_reports(shared_data: Path) -> None:
    folder = shared_data / "swe-agent" / "swe-smith"
    readings = read([folder / "trajectories"], labels=folder / "run_evaluation")
    assert {run.task_id: run.outcome for run in readings.trajectories} == {
        "pandas-dev__pandas.95280573.pr_53856": "failure",
        "pydantic__pydantic.acb0f10f.pr_8316": "success",
    }


def test_mini_swe_agent_with_its_reports(shared_data: Path) -> None:
    """12 + 10 runs in two folders, each with the reports of its own runs; 1,551 calls and 12 in two old files."""
    folder = shared_data / "mini-swe-agent"
    readings = read([folder], labels=folder)
    assert row(readings)[::2] == (24, 838 + 713 + 12)
    assert outcomes(readings) == {"success": 5 + 2, "failure": 7 + 8, None: 2}
    tasks = Counter(run.task_id for run in readings.trajectories if run.outcome)
    assert sum(count == 2 for count in tasks.values()) == 7
    assert readings.report.n_labels_conflicting == 0


def test_claude_code_sessions(shared_data: Path) -> None:
    """23 sessions; 545 distinct calls, each with its result."""
    readings = read([shared_data / "claude-code-entire"])
    assert row(readings)[::2] == (23, 545)
    for run in readings.trajectories:
        asked = {step.call_id for step in run.steps if step.kind == "tool_call"}
        assert asked == {step.call_id for step in run.steps if step.kind == "tool_result"}
        assert run.task
        assert "<system-reminder>" not in run.task


def test_claude_code_with_sub_agents(shared_data: Path) -> None:
    """19 files, 241 calls; sub-agents in their own files and inside the session's; one session was resumed."""
    readings = read([shared_data / "claude-code-viewer"])
    assert row(readings)[::2] == (25, 241)
    assert readings.report.n_collapsed == 1
    assert sum(run.parent_id is not None for run in readings.trajectories) == 14


def test_codex_rollout(shared_data: Path) -> None:
    """39 calls with 39 results, 38 thoughts of which one has no text, one request."""
    readings = read(list((shared_data / "codex").glob("rollout-*.jsonl")))
    assert row(readings) == (1, 39 + 39 + 37 + 2, 39)
    (run,) = readings.trajectories
    assert run.model == "gpt-5.1-codex"
    codes = Counter(step.exit_code for step in run.steps if step.kind == "tool_result")
    assert codes == {0: 34, 2: 2, 1: 1, None: 2}
    assert [step.kind for step in run.steps[:2]] == ["system", "user"]


def test_atif(shared_data: Path) -> None:
    """10 ATIF files, one of which continues another; 69 calls and 5 messages with keystrokes."""
    readings = read(sorted((shared_data / "atif").rglob("*.json")))
    assert row(readings)[::2] == (9, 69 + 5)
    assert {run.format for run in readings.trajectories} == {"atif"}


@pytest.mark.parametrize("source", ["tau-bench", "swe-agent", "mini-swe-agent", "claude-code-entire", "codex", "atif"])
def test_nothing_in_real_files_is_unreadable(source: str, shared_data: Path) -> None:
    readings = read([shared_data / source])
    assert readings.report.quarantined == ()
    assert all(run.task is None or run.task.strip() for run in readings.trajectories)
