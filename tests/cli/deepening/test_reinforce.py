"""More runs that bear out a rule of a skill raise its counts, and change none of its words."""

import re
from pathlib import Path

import msgspec
import pytest

from t2s_local.runs.deepening.deepening import DeepenOutcome
from tests.build import trajectory
from tests.commands import in_process
from tests.libraries import tree
from tests.recorded import shell


def write(folder: str, numbers: range) -> None:
    Path(folder).mkdir()
    for number in numbers:
        steps = (*shell("deploy", "Error: the lock is held", 1, key="1"), *shell("deploy --wait", "ok", 0, key="2"))
        run = trajectory(*steps, outcome="success", task_id=f"t{number}", source=f"{number}.jsonl")
        Path(folder, f"{number}.jsonl").write_bytes(msgspec.json.encode(run) + b"\n")


@pytest.fixture
def skill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A skill that t2s wrote from four runs."""
    monkeypatch.chdir(tmp_path)
    write("runs", range(4))
    write("more", range(2, 9))
    assert in_process("distill", "runs", "-o", "out", "--model", "none", "-q").code == 0
    (page,) = Path("out").glob("*/SKILL.md")
    return page.parent


def deepened(skill: Path) -> DeepenOutcome:
    done = in_process("deepen", skill, "more", "--json", "-q")
    assert done.code == 0, done.err
    return msgspec.json.decode(done.out, type=DeepenOutcome)


def test_runs_that_are_not_counted_yet_raise_the_counts_and_nothing_else(skill: Path) -> None:
    before = tree(skill)
    (wanted,) = deepened(skill).found.proposals
    assert (wanted.change, wanted.number, len(wanted.runs)) == ("reinforce", "R1", 5)
    assert tree(skill) == before
    assert "No word changes" in " ".join(in_process("review", "out", "--list", "--all").out.split())
    assert in_process("review", "out", "--accept", wanted.id).code == 0
    after = tree(skill)
    assert b"(R1: 9 runs)" in after["SKILL.md"]
    assert b"Learned from 9 recorded runs of 5 tasks" in after["SKILL.md"]
    counts = re.compile(rb"R1: [49] runs|Learned from \d+ recorded runs of \d+ tasks|(?:support|tasks): \"\d\"")
    assert counts.sub(b"", after["SKILL.md"]) == counts.sub(b"", before["SKILL.md"])
    assert b'  support: "9"\n  tasks: "5"\n' in after["SKILL.md"]
    evidence = after["references/evidence.md"].decode()
    assert "Support: 9 trajectories" in evidence
    assert "Outcomes: 9 success" in evidence
    listed = re.compile(rb"- (Support|Outcomes|Trajectories).*")
    assert listed.sub(b"", after["references/evidence.md"]) == listed.sub(b"", before["references/evidence.md"])
    assert in_process("verify", skill, "--json").code == 0
    assert not deepened(skill).found.proposals
    assert in_process("review", "out", "--undo").code == 0
    assert tree(skill) == before


def test_line_ends_and_texts_that_are_no_utf_8_are_kept(skill: Path) -> None:
    evidence, odd = skill / "references" / "evidence.md", skill / "references" / "old.md"
    evidence.write_bytes(evidence.read_bytes().replace(b"\n", b"\r\n"))
    odd.write_bytes(b"Caf\xe9 (R1: 4 runs)\n")
    (wanted,) = deepened(skill).found.proposals
    assert in_process("review", "out", "--list", "--all").code == 0
    assert in_process("review", "out", "--accept", wanted.id).code == 0
    assert odd.read_bytes() == b"Caf\xe9 (R1: 9 runs)\n"
    told = evidence.read_bytes()
    assert b"Support: 9 trajectories, 5 tasks\r\n" in told
    assert told.count(b"\n") == told.count(b"\r\n")


def test_the_total_of_a_page_stays_where_a_run_could_be_counted_twice(skill: Path) -> None:
    evidence = skill / "references" / "evidence.md"
    listed = evidence.read_text().replace("- Trajectories: ", "- Trajectories (3 of 250): ")
    second = listed[listed.index("## R1.") :].replace("## R1.", "## R2.")
    evidence.write_text(f"{evidence.read_text()}\n{second}")
    page = skill / "SKILL.md"
    page.write_text(page.read_text() + "\n- Another one. (R2: 250 runs)\n")
    (wanted,) = deepened(skill).found.proposals
    assert in_process("review", "out", "--accept", wanted.id).code == 0
    assert "(R1: 9 runs)" in page.read_text()
    assert "Learned from 4 recorded runs" in page.read_text()


def test_runs_that_are_counted_already_raise_nothing(skill: Path) -> None:
    done = in_process("deepen", skill, "runs", "--json", "-q")
    assert msgspec.json.decode(done.out, type=DeepenOutcome).found.proposals == ()
