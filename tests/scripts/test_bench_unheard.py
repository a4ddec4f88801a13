"""The bench of layouts that nobody described: its halves share nothing, it repeats itself, it counts what it says."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import t2s_local

SCRIPTS = Path(__file__).parents[2] / "scripts"
BENCH = SCRIPTS / "bench-unheard"

WRITE = """
import sys
from _unheard.layouts import samples
for sample in samples(sys.argv[1], seed=3, n=12):
    print(sample.name, sorted(sample.files.items()))
"""
SHARED = """
from dataclasses import asdict
from _unheard.calls import CALLS, RESULTS, OUTCOMES, text, unsaid
from _unheard.containers import CONTAINERS
from _unheard.layouts import BODIES
from _unheard.words import vocabularies

VALUES = {"user", "agent", "tool", "system", "says", "thinks", "acts", "sees", "rules", "good", "bad"}

def productions(half):
    made = {one.write for one in (*CONTAINERS[half], *BODIES[half])}
    return made | {*CALLS[half], *RESULTS[half], *OUTCOMES[half]} - {text, unsaid}

def keys(half):
    return {word for words in vocabularies(half) for name, word in asdict(words).items() if name not in VALUES}

first, second = "development", "held_out"
print(productions(first) & productions(second), keys(first) & keys(second))
"""


def ran(program: str, *arguments: str) -> str:
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd=SCRIPTS).stdout


def test_the_halves_share_no_way_of_writing_and_no_key() -> None:
    assert ran(SHARED).split() == ["set()", "set()"]


@pytest.mark.parametrize("half", ["development", "wide", "teams", "held_out"])
def test_the_same_seed_gives_the_same_bytes(half: str) -> None:
    assert ran(WRITE, half) == ran(WRITE, half)


def test_the_shares_of_a_half_add_up_and_no_detail_of_the_held_out_half_is_printed() -> None:
    command = [sys.executable, str(BENCH), "--quick", "--json", "--verbose", "--half", "held_out"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    figures = json.loads(done.stdout)
    assert figures["held_out_trajectories_right"] + figures["held_out_refused"] <= 1
    assert figures["held_out_layouts"] == 24
    assert done.stderr == ""


def test_what_is_written_in_our_own_format_counts_as_right(tmp_path: Path) -> None:
    program = """
import json, sys
from pathlib import Path
from _unheard.layouts import samples
from _unheard.score import Tally
from _unheard.sessions import events
import t2s_local

kinds = {"call": "tool_call", "result": "tool_result"}
sample = next(samples("development", seed=1, n=1))
for session in sample.sessions:
    steps = [
        {"kind": kinds.get(event.kind, event.kind), "text": event.text or json.dumps(event.call.arguments)}
        | ({"tool": event.call.tool, "call_id": event.call.ref} if event.call else {})
        | ({"arguments": event.call.arguments} if event.kind == "call" else {})
        for event in events(session)
    ]
    if sys.argv[2] == "damaged":
        steps.pop(1)
    Path(sys.argv[1], f"{session.id}.jsonl").write_text(json.dumps({"steps": steps}))
tally = Tally()
tally.add(sample, t2s_local.read(sys.argv[1]).trajectories, states_outcome=False)
print(tally.right, tally.wrong, tally.refused, tally.trajectories)
"""
    right, wrong, refused, n = map(int, ran(program, str(tmp_path), "whole").split())
    assert (right, wrong, refused) == (n, 0, 0)
    assert len(t2s_local.read(tmp_path).trajectories) == n
    right, wrong, refused, n = map(int, ran(program, str(tmp_path), "damaged").split())
    assert (right, wrong, refused) == (0, n, 0)
