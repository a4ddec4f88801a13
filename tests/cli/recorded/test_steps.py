"""``t2s steps`` as a person uses it."""

import json
from pathlib import Path

import pytest

from tests.commands import in_own_process, in_process
from tests.places import ROOT, SAMPLES

RECORDED = ROOT.parent / "shared" / "data" / "mini-swe-agent"


def test_json_is_a_line_a_step_and_the_same_bytes_each_time() -> None:
    one, other = (in_own_process("steps", SAMPLES, "--json") for _ in range(2))
    assert (one.code, one.out) == (0, other.out)
    found = [json.loads(line) for line in one.out.splitlines()]
    assert {tuple(line) for line in found} == {("trajectory", "step", "verdict", "reason", "quote")}
    assert {line["verdict"] for line in found} <= {0, 0.5, 1, None}
    assert all(line["quote"] is None for line in found if line["verdict"] == 1)


def test_the_table_lists_what_is_not_sound_and_counts_by_outcome() -> None:
    done = in_process("steps", SAMPLES, "--labels", SAMPLES / "labels.csv", "--top", "2")
    assert done.code == 0
    assert done.out.splitlines()[0].split() == ["RUN", "STEP", "VERDICT", "REASON", "QUOTE"]
    assert len(done.out.splitlines()) == 3
    assert "runs that failed" in done.err
    assert "runs that succeeded" in done.err


def test_a_quote_holds_no_secret(tmp_path: Path) -> None:
    key = "ghp_" + "k3Xw9Lq2Zt7Rb5Nv1Hc8Jd4Fs6Gy0MpAeUoT"[:36]
    function = {"name": "bash", "arguments": '{"command": "git push"}'}
    messages = [
        {"role": "user", "content": "Push."},
        {"role": "assistant", "tool_calls": [{"id": "1", "type": "function", "function": function}]},
        {"role": "tool", "tool_call_id": "1", "content": f"exit code: 1\nfatal: {key} was refused"},
    ]
    (tmp_path / "run.json").write_text(json.dumps({"messages": messages}))
    done = in_process("steps", tmp_path / "run.json", "--json")
    assert done.code == 0
    assert "was refused" in done.out
    assert key not in done.out


def test_read_says_of_a_single_run_which_steps_are_not_sound(tmp_path: Path) -> None:
    run = next(iter(sorted(SAMPLES.glob("*/*.json*"))))
    judged = [json.loads(line) for line in in_process("steps", run, "--json").out.splitlines()]
    bad = [line for line in judged if line["verdict"] != 1]
    shown = in_process("read", run).out
    assert [f"Step {line['step']}: " in shown for line in bad] == [True] * len(bad)


def test_what_cannot_be_meant_is_one_line(tmp_path: Path) -> None:
    assert in_process("steps", tmp_path / "none").code == 2
    (tmp_path / "empty").mkdir()
    assert in_process("steps", tmp_path / "empty").code == 10


@pytest.mark.skipif(not RECORDED.is_dir(), reason="the recorded runs are not beside the checkout")
def test_slips_and_fatal_steps_are_more_frequent_in_runs_that_failed() -> None:
    done = in_process("steps", RECORDED, "--labels", RECORDED)
    assert "7 runs that succeeded, 504 steps: 13 fatal in 6 of the runs, 25 repaired in 7" in done.err
    assert "15 runs that failed, 1,047 steps: 39 fatal in 14 of the runs, 89 repaired in 14" in done.err
