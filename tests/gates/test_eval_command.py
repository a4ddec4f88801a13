"""The user's evaluation command, and everything it can do wrong."""

import os
import time
from collections.abc import Sequence
from pathlib import Path

import psutil
import pytest

from t2s_local.errors import UsageError
from t2s_local.gates.eval_command import load
from t2s_local.values.gates.eval_options import EvalOptions
from t2s_local.values.gates.scores import Arm, Trial, TrialScore

ARM = Arm(name="with", digest="d")


def trials(n: int = 1) -> list[Trial]:
    return [Trial(arm=ARM, task=f"task {number}", number=0, seed=number) for number in range(n)]


@pytest.fixture
def skill(tmp_path: Path) -> Path:
    """A skill of one file."""
    folder = tmp_path / "a-skill"
    folder.mkdir()
    (folder / "SKILL.md").write_text("what it says\n")
    return folder


def scored(
    skill: Path,
    program: str,
    asked: Sequence[Trial] | None = None,
    *,
    cache: Path | None = None,
    timeout: float = 30.0,
    jobs: int = 1,
    max_runs: int | None = None,
) -> list[TrialScore]:
    """Scores of a Python program that is given the skill, the task and the seed."""
    file = skill.parent / "program.py"
    file.write_text(f"import os, sys, time\nskill, task, seed = sys.argv[1:]\n{program}\n")
    command = f"python3 -S {file} {{skill}} {{task}} {{seed}}"
    gate = load(EvalOptions(command=command, timeout=timeout, jobs=jobs, max_runs=max_runs), cache=cache)
    return list(gate.measure(trials() if asked is None else asked, {"with": skill}))


def test_the_last_line_is_the_score_and_skill_task_and_seed_are_given(skill: Path) -> None:
    program = "print('working', 3)\nprint(0.25 if open(skill + '/SKILL.md').read() and task == 'task 0' else 2, '\\n')"
    assert [(one.score, one.missing) for one in scored(skill, program)] == [(0.25, None)]
    assert [one.score for one in scored(skill, "print(int(seed) / 4)", trials(3))] == [0.0, 0.25, 0.5]


BAD = {
    "print(0.5, 0.7)": "its last line is no number",
    "print('nan')": "its last line is no number from 0 to 1",
    "print(1.7)": "its last line is no number from 0 to 1",
    "print('inf')": "its last line is no number from 0 to 1",
    "pass": "it printed nothing",
    "print(1); sys.exit(1)": "exit code 1",
    "print(1); open(skill + '/SKILL.md', 'a').write('more')": "it wrote into the skill",
    "print(1); open(skill + '/notes', 'w')": "it wrote into the skill",
    "print(1); os.mkfifo(skill + '/pipe')": "it wrote into the skill",
    "print(1); import socket; socket.socket(socket.AF_UNIX).bind(skill + '/s')": "it wrote into the skill",
    "print(1); import shutil; shutil.rmtree(skill)": "it wrote into the skill",
    "print(1); sys.stdout.flush(); os.kill(os.getpid(), 9)": "exit code -9",
}


@pytest.mark.parametrize("program", BAD)
def test_what_is_no_score_is_missing_and_never_nought(skill: Path, program: str) -> None:
    (found,) = scored(skill, program)
    assert (found.score, found.missing) == (None, BAD[program])
    assert (skill / "SKILL.md").read_text() == "what it says\n"
    assert [path.name for path in skill.iterdir()] == ["SKILL.md"]


def test_a_command_that_hangs_is_ended(skill: Path) -> None:
    began = time.monotonic()
    (found,) = scored(skill, "print(1, flush=True); time.sleep(60)", timeout=0.5)
    assert found.missing == "its time was over"
    assert time.monotonic() - began < 20


def test_processes_that_it_leaves_behind_are_ended(skill: Path) -> None:
    program = """
note = os.path.join(os.path.dirname(__file__), "left")
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.setsid()
        open(note, "w").write(str(os.getpid()))
        os.close(1), os.close(2)
        time.sleep(60)
    os._exit(0)
while not (os.path.exists(note) and open(note).read()):
    time.sleep(0.01)
print(1)
"""
    (found,) = scored(skill, program)
    assert found.score == 1.0
    assert not psutil.pid_exists(int((skill.parent / "left").read_text()))


def test_of_a_large_output_the_end_is_read(skill: Path) -> None:
    program = "for _ in range(100): os.write(1, b'x' * 1_000_000)\nprint('\\n0.5')"
    assert scored(skill, program)[0].score == 0.5


def test_a_program_that_is_not_there_is_missing(skill: Path) -> None:
    gate = load(EvalOptions(command="no-such-program {skill} {task}", timeout=5), cache=None)
    (found,) = gate.measure(trials(), {"with": skill})
    assert (found.missing or "").startswith("it cannot be started")


def test_what_was_measured_is_not_run_again_and_a_budget_stops_between_trials(skill: Path, tmp_path: Path) -> None:
    cache = tmp_path / "ws" / "scores.jsonl"
    program = "open(__file__ + '.ran', 'a').write(task + '\\n'); print(1)"
    first = scored(skill, program, trials(3), cache=cache, max_runs=2)
    assert [one.score for one in first] == [1.0, 1.0, None]
    assert first[2].missing == "not run: --max-runs was reached"
    with cache.open("ab") as stream:
        stream.write(b'{"key": "cut off')
    assert [one.score for one in scored(skill, program, trials(3), cache=cache)] == [1.0, 1.0, 1.0]
    ran = (tmp_path / "program.py.ran").read_text().splitlines()
    assert sorted(ran) == ["task 0", "task 1", "task 2"]
    assert cache.stat().st_mode & 0o077 == 0


def test_a_score_behind_a_line_that_was_cut_off_is_kept(skill: Path, tmp_path: Path) -> None:
    cache = tmp_path / "scores.jsonl"
    cache.write_bytes(b'{"key": "cut off')
    assert scored(skill, "print(1)", cache=cache)[0].score == 1.0
    assert scored(skill, "sys.exit(1)", cache=cache)[0].score == 1.0
    assert len(cache.read_bytes().splitlines()) == 2


@pytest.mark.skipif(not hasattr(os, "environb"), reason="variables of this system are text")
def test_a_variable_that_is_no_utf_8_reaches_the_command(skill: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("T2S_TEST_ODD", os.fsdecode(b"a\xffb"))
    (found,) = scored(skill, "print(1 if os.environb[b'T2S_TEST_ODD'] == b'a\\xffb' else 0)")
    assert (found.score, found.missing) == (1.0, None)


def test_what_is_missing_is_tried_again(skill: Path, tmp_path: Path) -> None:
    cache = tmp_path / "scores.jsonl"
    flag = tmp_path / "ready"
    program = f"print(1) if os.path.exists({str(flag)!r}) else sys.exit(1)"
    assert scored(skill, program, cache=cache)[0].missing == "exit code 1"
    flag.touch()
    assert scored(skill, program, cache=cache)[0].score == 1.0


def test_the_number_of_jobs_does_not_show(skill: Path) -> None:
    program = "time.sleep(0.05 * (3 - int(seed))); print(int(seed) / 4)"
    assert scored(skill, program, trials(4), jobs=4) == scored(skill, program, trials(4))


@pytest.mark.parametrize("command", ["evaluate", "evaluate {skill}", "evaluate '{skill} {task}", ""])
def test_a_command_without_a_place_for_skill_and_task_is_refused(command: str) -> None:
    with pytest.raises(UsageError):
        load(EvalOptions(command=command, timeout=1), cache=None)
