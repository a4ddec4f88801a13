"""New skills of a governed library: born of three failures with one way out, and not twice."""

import json
from pathlib import Path

from tests.commands import Ran, in_process
from tests.many import records
from tests.uses import TAR


def failures(folder: Path, *numbers: int) -> None:
    """Write runs in which `git push` was refused and the same way out worked."""
    pushes = [record for record in records(40) if "git push" in str(record)]
    folder.mkdir(exist_ok=True)
    for number in numbers:
        (folder / f"{number}.jsonl").write_text(json.dumps(pushes[number]) + "\n")


def distill(tmp_path: Path) -> Ran:
    folders = ("-o", tmp_path / "skills", "--workspace", tmp_path / "ws")
    return in_process("distill", tmp_path / "runs", *folders, "--model", "none", "--json")


def by_hand(tmp_path: Path) -> None:
    """Write a library with one skill that somebody wrote."""
    (tmp_path / "skills" / "using-tar").mkdir(parents=True)
    (tmp_path / "skills" / "using-tar" / "SKILL.md").write_text(TAR)


def names(folder: Path) -> set[str]:
    return {path.parent.name for path in folder.glob("*/SKILL.md")}


def test_two_failures_of_one_kind_are_a_candidate_and_the_third_makes_a_skill(tmp_path: Path) -> None:
    by_hand(tmp_path)
    failures(tmp_path / "runs", 0, 1)
    assert json.loads(distill(tmp_path).out)["skills"] == []
    assert names(tmp_path / "skills") == {"using-tar"}
    listed = in_process("candidates", "--workspace", tmp_path / "ws", "--json")
    (waiting,) = (json.loads(line) for line in listed.out.splitlines())
    assert waiting["support"] == 2
    failures(tmp_path / "runs", 2)
    assert distill(tmp_path).code == 0
    (born,) = names(tmp_path / "skills") - {"using-tar"}
    assert "failed to push some refs" in (tmp_path / "skills" / born / "SKILL.md").read_text()


def test_a_failure_that_a_skill_is_about_makes_no_second_skill(tmp_path: Path) -> None:
    by_hand(tmp_path)
    failures(tmp_path / "runs", 0, 1, 2)
    assert distill(tmp_path).code == 0
    known = names(tmp_path / "skills")
    failures(tmp_path / "runs", 3, 4, 5)
    assert distill(tmp_path).code == 0
    assert names(tmp_path / "skills") == known
    assert (tmp_path / "skills" / "using-tar" / "SKILL.md").read_text() == TAR
