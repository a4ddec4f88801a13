"""Reading holds little and repeats nothing."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from t2s_local.formats._build import answered, called
from t2s_local.safety.characters import safe
from t2s_local.stages.intake.read_all import read
from t2s_local.values.identity import identify
from t2s_local.values.trajectory import Step
from tests.places import DATA

PEAK = """
import sys
from pathlib import Path
from t2s_local.stages.reading.reading import read_file
steps = sum(len(item.steps) for item in read_file(Path(sys.argv[1]), source="x"))
print(steps, int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) * 1024)
"""
"""``ru_maxrss`` would count what the process that started this one takes."""
OPENED = """
import sys
from pathlib import Path
from t2s_local import registry
reader = registry.load("t2s_local.formats", sys.argv[1])
for _ in reader.read(Path(sys.argv[2]), source="x"):
    pass
opened = []
sys.addaudithook(lambda event, given: opened.append(given[0]) if event == "open" else None)
for _ in reader.read(Path(sys.argv[2]), source="x"):
    pass
print(sum(str(name) == sys.argv[2] for name in opened))
"""


def printed(program: str, *arguments: str) -> list[int]:
    child = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True)
    return [int(word) for word in child.stdout.split()]


def conversation(n_calls: int, size: int) -> dict[str, object]:
    function = {"name": "bash", "arguments": '{"command": "ls"}'}
    messages: list[dict[str, object]] = [{"role": "user", "content": "Find it."}]
    for number in range(n_calls):
        call = {"id": f"c{number}", "type": "function", "function": function}
        messages.append({"role": "assistant", "content": None, "tool_calls": [call]})
        messages.append(
            {"role": "tool", "tool_call_id": f"c{number}", "content": f"{number} " + "found\n" * (size // 6)}
        )
    return {"id": "large", "messages": messages}


def test_one_large_record_takes_at_most_four_times_its_size(tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    path.write_text(json.dumps(conversation(20_000, 2400)))
    steps, peak = printed(PEAK, str(path))
    assert steps == 40_001
    assert path.stat().st_size > 50_000_000
    assert peak < 4 * path.stat().st_size


@pytest.mark.parametrize(
    "name", ["agentdojo.json", "openai_chat.json", "claude_code.jsonl", "kimi.jsonl", "react.txt", "swe_agent.traj"]
)
def test_a_small_file_is_opened_once_by_its_reader(name: str) -> None:
    assert printed(OPENED, name.partition(".")[0], str(DATA / name)) == [1]


@pytest.mark.parametrize("n_pairs", [2, 499, 500, 30_000])
def test_the_id_of_a_run_is_the_sum_of_its_parts_however_many(n_pairs: int) -> None:
    steps = [step for number in range(n_pairs) for step in (called("bash", f"ls {number}"), answered(f"ä {number}"))]
    parts = ["session", "task"]
    for step in steps:
        parts += (step.kind, step.tool or "", step.text)
    whole = hashlib.sha256(msgspec.msgpack.encode(parts)).hexdigest()[:16]
    assert identify("session", "task", steps) == whole


def test_half_a_surrogate_pair_does_not_stop_the_id_of_a_long_run() -> None:
    steps = [Step(kind="user", text="\ud800")] * 2000
    assert identify(None, None, steps) == identify(None, None, list(steps))
    assert identify(None, None, steps) != identify(None, None, steps[1:])


def test_text_with_letters_beyond_ascii_stays_the_same_object_where_nothing_has_to_go() -> None:
    text = "größer – 漢字 ✓\n"
    assert safe(text) is text
    assert safe(f"{text}\x07") == text


def atif(session: str, *messages: str) -> str:
    steps = [{"step_id": place, "source": "agent", "message": text} for place, text in enumerate(messages, 1)]
    agent = {"name": "a", "version": "1"}
    return json.dumps({"schema_version": "ATIF-v1.5", "session_id": session, "agent": agent, "steps": steps})


def test_continuations_are_taken_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text(atif("s", "first"))
    for number in range(1, 12):
        (tmp_path / f"run.cont-{number}.json").write_text(atif("s", f"part {number}"))
    (run,) = read([tmp_path]).trajectories
    assert [step.text for step in run.steps] == ["first", *(f"part {number}" for number in range(1, 12))]


def test_a_continuation_whose_predecessor_is_missing_is_read_by_itself(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text(atif("s", "first"))
    (tmp_path / "run.cont-2.json").write_text(atif("t", "third"))
    said = {step.text for run in read([tmp_path]).trajectories for step in run.steps}
    assert said == {"first", "third"}
