"""``t2s distill --hold-out``: runs that nothing is learned from."""

import json
import shutil
from pathlib import Path

import pytest

from t2s_local.skills.evidence import PATH, parse_evidence
from tests.commands import Ran, in_process


def write(folder: Path) -> None:
    """Write forty runs of twenty tasks that fail alike; half recover and succeed."""
    folder.mkdir()
    for number in range(40):
        steps: list[dict[str, object]] = [{"kind": "user", "text": f"Deploy part {number // 2}."}]
        calls = [("deploy --check", "Error: the lock is held by another job", 1)]
        is_solved = number // 2 % 2 == 0
        calls += [("deploy --check --wait", f"done {number}", 0)] if is_solved else [("ls", f"notes {number}", 0)]
        for at, (command, output, code) in enumerate(calls):
            call = {"kind": "tool_call", "text": command, "tool": "bash", "arguments": {"command": command}}
            steps.append({**call, "call_id": str(at)})
            answer = {"kind": "tool_result", "text": output, "tool": "bash", "call_id": str(at), "exit_code": code}
            steps.append({**answer, "is_error": code != 0})
        outcome = "success" if is_solved else "failure"
        run = {"session_id": f"s{number}", "task_id": f"t{number // 2}", "outcome": outcome, "steps": steps}
        (folder / f"{number:02d}.jsonl").write_text(json.dumps(run) + "\n")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the runs."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "runs")
    return tmp_path


def distilled(*more: str) -> Ran:
    return in_process("distill", "runs", "-o", "skills", "--workspace", "ws", "--model", "none", *more)


def test_nothing_is_learned_from_what_is_held_out_and_every_rule_has_its_catch(place: Path) -> None:
    done = distilled("--hold-out", "20%")
    assert done.code == 0, done.err
    assert "R1: caught 4 of 4 failures, contradicts 0 of 4 successes: net +0.50 (L1)" in done.err
    assert "held against 8 runs" in done.err
    (evidence,) = (place / "skills").glob(f"*/{PATH}")
    (claim,) = parse_evidence(evidence.read_text())
    assert claim.support == 16
    again = distilled("--hold-out", "20%")
    assert [line for line in again.err.splitlines() if "(L1)" in line] == [
        line for line in done.err.splitlines() if "(L1)" in line
    ]


@pytest.mark.parametrize("share", ["0%", "100%", "twenty", "-5%", "1.5"])
def test_a_share_that_cannot_be_meant_is_refused(place: Path, share: str) -> None:
    done = distilled("--hold-out", share)
    assert (done.code, "is no share such as 20%" in done.err) == (2, True)


def hold(place: Path) -> None:
    """Distill, and write a run of another task beside."""
    assert distilled("--hold-out", "20%").code == 0
    (place / "held").mkdir()
    run = (place / "runs" / "02.jsonl").read_text().replace('"t1"', '"other"').replace('"s2"', '"other"')
    (place / "held" / "a.jsonl").write_text(run.replace("Deploy part 1", "Deploy it").replace("notes 2", "notes x"))


def test_a_net_is_not_called_wrong_where_the_skill_it_was_compared_with_has_changed(place: Path) -> None:
    hold(place)
    (skill,) = [path.parent for path in (place / "skills").glob("*/SKILL.md")]
    shutil.copytree(skill, place / "current" / skill.name)
    options = ("--runs", "held", "--workspace", "ws", "--mode", "strict")
    tied = in_process("gate", "skills", *options, "--against", f"current/{skill.name}")
    assert tied.code == 4, tied.err
    (place / "current" / skill.name / "SKILL.md").write_text("---\nname: x\ndescription: y\n---\n")
    changed = in_process("verify", "skills", "--workspace", "ws")
    assert changed.code == 0, changed.out
    assert "the skill that it was compared with has changed" in " ".join(changed.err.split())


def test_verify_measures_the_figures_of_a_gate_again(place: Path) -> None:
    hold(place)
    gated = in_process("gate", "skills", "--runs", "held", "--workspace", "ws")
    assert (gated.code, "Nothing is decided" in gated.err) == (10, True)
    known = in_process("verify", "skills", "--workspace", "ws")
    assert (known.code, "come again" in known.err) == (0, True), known.err
    strict = in_process("gate", "skills", "--runs", "held", "--workspace", "ws", "--mode", "strict")
    assert strict.code in (0, 4), strict.err
    (place / "tasks.txt").write_text("a\n")
    command = "python3 -S -c print(1) {skill} {task}"
    measured = in_process("gate", "skills", "--mode", "replay", "--eval-cmd", command, "--tasks", "tasks.txt")
    assert measured.code == 0, measured.err
    every = " ".join(in_process("verify", "skills", "--workspace", "ws").err.split())
    assert every.count("come again") == 2
    assert "need your own program. To repeat them: cd" in every
    assert "&& t2s gate skills --mode replay --eval-cmd" in every
    noted = place / "skills" / ".t2s-library" / "gates.json"
    noted.write_text(noted.read_text().replace('"caught":1', '"caught":7'))
    wrong = in_process("verify", "skills", "--workspace", "ws")
    assert (wrong.code, "caught 7 is 1 [gate-wrong]" in wrong.out) == (4, True)
    (place / "held" / "a.jsonl").unlink()
    (place / "held").rmdir()
    gone = in_process("verify", "skills", "--workspace", "ws")
    assert (gone.code, "cannot be measured again" in gone.err) == (0, True)
