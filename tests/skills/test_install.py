"""``t2s install``: a copy, when a person says so, and never over something else."""

from pathlib import Path

from tests.commands import Ran, in_process
from tests.skills.test_lint import write


def run(*arguments: str | Path) -> Ran:
    return in_process("install", *arguments)


def test_a_skill_is_copied_whole_and_a_second_time_changes_nothing(tmp_path: Path) -> None:
    skill, target = write(tmp_path), tmp_path / "agent" / "skills"
    assert run(skill, "--to", target).out == f"{target / skill.name} (added)\n"
    copied = {path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()}
    assert copied == {"pushing-branches/SKILL.md", "pushing-branches/references/more.md"}
    assert run(skill, "--to", target).out == f"{target / skill.name} (unchanged)\n"


def test_a_different_skill_of_the_name_stays_unless_it_is_said_to_go(tmp_path: Path) -> None:
    skill, target = write(tmp_path), tmp_path / "skills"
    (target / skill.name).mkdir(parents=True)
    (target / skill.name / "SKILL.md").write_text("mine")
    (target / skill.name / "notes.md").write_text("mine")
    refused = run(skill, "--to", target)
    assert refused.code == 1
    assert "another skill of that name is there" in refused.err
    assert (target / skill.name / "SKILL.md").read_text() == "mine"
    assert run(skill, "--to", target, "--replace").out == f"{target / skill.name} (replaced)\n"
    assert sorted(path.name for path in target.rglob("*")) == ["SKILL.md", "more.md", "pushing-branches", "references"]


def test_a_skill_with_a_lint_error_is_not_installed_and_neither_are_the_others(tmp_path: Path) -> None:
    write(tmp_path / "out")
    write(tmp_path / "out", name="leaking", body="\nRun `/home/jordan/bin/x`.\n")
    result = run(tmp_path / "out", "--to", tmp_path / "skills")
    assert result.code == 4
    assert "[home-path]" in result.out
    assert not (tmp_path / "skills").exists()


def test_other_skills_of_the_agent_are_left_alone(tmp_path: Path) -> None:
    target = tmp_path / "skills"
    (target / "mine").mkdir(parents=True)
    (target / "mine" / "SKILL.md").write_text("mine")
    run(write(tmp_path), "--to", target)
    assert sorted(path.name for path in target.iterdir()) == ["mine", "pushing-branches"]
    assert (target / "mine" / "SKILL.md").read_text() == "mine"


def test_a_link_in_place_of_the_skill_is_refused(tmp_path: Path) -> None:
    skill, target = write(tmp_path), tmp_path / "skills"
    target.mkdir()
    (tmp_path / "elsewhere").mkdir()
    (target / skill.name).symlink_to(tmp_path / "elsewhere")
    assert run(skill, "--to", target, "--replace").code == 1
    assert list((tmp_path / "elsewhere").iterdir()) == []
