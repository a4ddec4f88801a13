"""Skills go to agents by name, come out again, and nothing that t2s did not put there is lost."""

from pathlib import Path

import pytest

from t2s_local.skills.installing.agent_folders import AGENTS
from tests.commands import Ran, in_process
from tests.libraries import skill as small_skill
from tests.libraries import write as write_library
from tests.skills.test_lint import BODY, FRONT, write


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own; installed skills of other tests are not in its list."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("CLAUDE_CONFIG_DIR", raising=False)
    return tmp_path / "home"


def run(*words: str | Path) -> Ran:
    return in_process(*words)


PLACES = {
    "claude": ".claude/skills",
    "codex": ".agents/skills",
    "cursor": ".cursor/skills",
    "gemini": ".gemini/skills",
    "agents": ".agents/skills",
}


@pytest.mark.parametrize("agent", AGENTS)
def test_every_agent_has_a_folder_of_the_user_and_one_of_a_project(tmp_path: Path, home: Path, agent: str) -> None:
    skill, project = write(tmp_path), tmp_path / "project"
    project.mkdir()
    assert run("install", skill, "--to", agent).out == f"{home / PLACES[agent] / skill.name} (added)\n"
    there = project / PLACES[agent] / skill.name
    assert run("install", skill, "--to", agent, "--project", project).out == f"{there} (added)\n"
    assert run("uninstall", skill.name, "--from", agent, "--project", project).out == f"{there} (removed)\n"
    assert not there.exists()
    assert (home / PLACES[agent] / skill.name / "SKILL.md").exists()


def test_the_folder_an_agent_was_told_of_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(tmp_path / "claude"))
    run("install", write(tmp_path), "--to", "claude", "--user")
    assert (tmp_path / "claude" / "skills" / "pushing-branches" / "SKILL.md").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--to", "claude", "--project", ".", "--user"), "exclude each other"),
        (("--to", "./somewhere", "--user"), "is none"),
        (("--to", "cluade"), "Did you mean claude?"),
    ],
)
def test_options_that_do_not_go_together_are_refused(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    done = run("install", write(tmp_path), *words)
    assert (done.code, said in done.err) == (2, True)


def test_a_difference_is_shown_before_anything_is_replaced_and_what_was_there_is_kept(tmp_path: Path) -> None:
    skill, target = write(tmp_path), tmp_path / "agent"
    (target / skill.name).mkdir(parents=True)
    (target / skill.name / "SKILL.md").write_text("mine\n")
    seen = run("install", skill, "--to", target, "--replace", "--dry-run")
    assert seen.out == f"{target / skill.name} (would be replaced)\n"
    assert "-mine\n" in seen.err
    assert "+# Pushing branches\n" in seen.err
    assert "-mine\n" in run("install", skill, "--to", target).err
    assert (target / skill.name / "SKILL.md").read_text() == "mine\n"
    done = run("install", skill, "--to", target, "--replace")
    assert done.out == f"{target / skill.name} (replaced)\n"
    (kept,) = (tmp_path / "data" / "t2s" / "installed" / "replaced").iterdir()
    assert str(kept) in done.err
    assert (kept / "SKILL.md").read_text() == "mine\n"


def test_a_copy_of_ours_is_replaced_without_a_copy_of_it(tmp_path: Path) -> None:
    skill, target = write(tmp_path), tmp_path / "agent"
    run("install", skill, "--to", target)
    (skill / "SKILL.md").write_text((skill / "SKILL.md").read_text() + "\nMore.\n")
    assert run("install", skill, "--to", target, "--replace").out == f"{target / skill.name} (replaced)\n"
    assert not (tmp_path / "data" / "t2s" / "installed" / "replaced").exists()


def test_only_what_was_installed_as_it_is_is_uninstalled(tmp_path: Path) -> None:
    skill, target = write(tmp_path), tmp_path / "agent"
    (target / "mine").mkdir(parents=True)
    (target / "mine" / "SKILL.md").write_text("mine")
    run("install", skill, "--to", target)
    (target / skill.name / "notes.md").write_text("mine")
    for name, said in (("mine", "did not install it"), (skill.name, "edited since"), ("nothing", "no such skill")):
        done = run("uninstall", name, "--from", target)
        assert (done.code, said in done.err) == (1, True)
    assert sorted(path.name for path in target.iterdir()) == ["mine", skill.name]
    (target / skill.name / "notes.md").unlink()
    assert run("uninstall", skill.name, "--from", target).code == 0
    assert [path.name for path in target.iterdir()] == ["mine"]


def test_two_skills_of_one_name_are_refused(tmp_path: Path) -> None:
    one, other = write(tmp_path / "one"), write(tmp_path / "other")
    done = run("install", one, other, "--to", tmp_path / "agent")
    assert done.code == 2
    assert str(one) in done.err
    assert str(other) in done.err
    assert not (tmp_path / "agent").exists()


def test_a_link_that_leads_out_of_a_project_is_refused(tmp_path: Path) -> None:
    project, elsewhere = tmp_path / "project", tmp_path / "elsewhere"
    elsewhere.mkdir()
    project.mkdir()
    (project / ".claude").symlink_to(elsewhere)
    done = run("install", write(tmp_path), "--to", "claude", "--project", project)
    assert done.code == 1
    assert "a link leads out of the project" in done.err
    assert list(elsewhere.iterdir()) == []


def test_a_deprecated_skill_is_not_installed(tmp_path: Path) -> None:
    library = tmp_path / "library"
    write_library(library, [small_skill("a"), small_skill("b")])
    write_library(library, [small_skill("b")])
    for folder in (library / "a", library / ".t2s-library" / "deprecated" / "a"):
        done = run("install", folder, "--to", tmp_path / "agent")
        assert (done.code, "deprecated" in done.err, "rollback" in done.err) == (1, True, True)
    assert not (tmp_path / "agent").exists()


def test_evidence_can_be_left_out_with_the_lines_that_link_to_it(tmp_path: Path) -> None:
    body = "\n## References\n\n- [references/evidence.md](references/evidence.md): quotes.\n"
    skill = write(tmp_path, body=body)
    (skill / "references" / "evidence.md").write_text("# Evidence\n")
    assert run("install", skill, "--to", tmp_path / "agent", "--no-evidence").code == 0
    there = tmp_path / "agent" / skill.name
    assert (there / "SKILL.md").read_text() == FRONT + BODY
    assert sorted(path.name for path in (there / "references").iterdir()) == ["more.md"]
