"""Conversations of a machine by project: listed, and a library for each, with a common one."""

import json
import shutil
from pathlib import Path

import pytest

from t2s_local.cli.agents_md import file_of
from t2s_local.stages.reading.harvest import harvest
from t2s_local.stages.reading.projects import key_of, projects_of
from tests.cli.test_harvest_choice import DEPLOY, NAMES, PRESS, session
from tests.conftest import Command

COMMAND = ("distill", "--harvest", "-o", "out", "--model", "none")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder with sessions of two projects, which are there; each met an error of its own."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    for name, folder in (("HOME", "home"), ("XDG_CONFIG_HOME", "config"), ("XDG_DATA_HOME", "data")):
        monkeypatch.setenv(name, str(tmp_path / folder))
    for name in ("CLAUDE_CONFIG_DIR", "CODEX_HOME"):
        monkeypatch.delenv(name, raising=False)
    for project, way in (("app", DEPLOY), ("docs", PRESS)):
        (tmp_path / project / "deep").mkdir(parents=True)
        (tmp_path / project / ".git").mkdir()
        for name in NAMES[:3]:
            session(tmp_path / "home", f"{project}{name}", way, project=str(tmp_path / project / "deep"))
    return tmp_path / "home"


def libraries(out: str = "out") -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for path in Path(out).glob("*/*/SKILL.md"):
        found.setdefault(path.parts[1], set()).add(path.parts[2])
    return found


def test_projects_are_listed_with_sessions_days_and_agents(home: Path, t2s: Command) -> None:
    ran = t2s("harvest")
    rows = [line.split() for line in ran.out.splitlines()]
    assert ["PROJECT", "SESSIONS", "DAYS", "AGENTS", "FOLDER"] in rows
    assert ["app", "3", "1", "claude-code", str(home.parent / "app")] in rows
    lines = [json.loads(line) for line in t2s("harvest", "--json").out.splitlines()]
    assert {line["project"] for line in lines} == {"app", "docs"}


@pytest.mark.usefixtures("home")
def test_every_project_gets_a_library_that_every_command_walks(t2s: Command) -> None:
    ran = t2s(*COMMAND)
    assert ran.code == 0, ran.err
    found = libraries()
    assert found.keys() == {"app", "docs"}
    assert {str(Path(line).parent) for line in ran.out.splitlines()} == {"out/app", "out/docs"}
    assert not Path(".t2s").exists()
    count = sum(map(len, found.values()))
    for command in ("lint", "verify", "scan"):
        assert f" {count} skill" in f" {t2s(command, 'out').err}", command
    assert t2s("verify", "out").code == 0
    assert t2s("runs", "show").code == 0
    assert t2s("install", "out", "--to", "agent").code == 0
    assert len(list(Path("agent").iterdir())) == count
    before = {path: path.stat().st_mtime_ns for path in Path("out").rglob("*")}
    assert t2s(*COMMAND).code == 10
    assert {path: path.stat().st_mtime_ns for path in Path("out").rglob("*")} == before


def test_what_holds_in_several_projects_goes_to_the_common_library(home: Path, t2s: Command) -> None:
    for name in NAMES[3:]:
        session(home, f"x{name}", DEPLOY, project=str(home.parent / "docs"))
    t2s(*COMMAND)
    found = libraries()
    assert any("deploy" in Path(f"out/common/{name}/SKILL.md").read_text() for name in found["common"])
    assert any("press" in Path(f"out/docs/{name}/SKILL.md").read_text() for name in found["docs"])
    assert "app" not in found


def test_clones_of_one_repository_share_the_library_of_the_clone_with_most_runs(home: Path, t2s: Command) -> None:
    for name in NAMES[3:5]:
        session(home, f"x{name}", DEPLOY, project=str(Path("/home", "x", "work", "app", "deep")))
    t2s(*COMMAND)
    lines = [json.loads(line) for line in t2s("harvest", "--json").out.splitlines()]
    (most,) = {line["project"] for line in lines if line["folder"] == str(home.parent / "app")}
    found = libraries()
    assert found.keys() == {most, "docs"}
    assert any("deploy" in Path(f"out/{most}/{name}/SKILL.md").read_text() for name in found[most])


def test_a_project_is_meant_by_the_name_that_the_list_gives_it(home: Path, t2s: Command) -> None:
    ran = t2s("harvest", "--project", "docs", "--json")
    assert ran.code == 0, ran.err
    listed = [json.loads(line) for line in ran.out.splitlines()]
    assert {line["folder"] for line in listed} == {str(home.parent / "docs")}
    assert t2s("harvest", "--project", home.parent / "docs", "--paths").out.splitlines() == [
        line["path"] for line in listed
    ]
    assert t2s(*COMMAND, "--project", "docs").code == 0
    assert t2s("runs", "show", "--json").out.count("docs") >= len(listed)
    assert t2s("harvest", "--project", "nothing").code == 10


def test_a_project_has_the_same_name_in_the_list_of_all_and_alone(home: Path, t2s: Command) -> None:
    elsewhere = "/srv/texts/docs"
    session(home, "other", DEPLOY, project=elsewhere)
    lines = [json.loads(line) for line in t2s("harvest", "--json").out.splitlines()]
    (name,) = {line["project"] for line in lines if line["folder"] == elsewhere}
    (other,) = {line["project"] for line in lines if line["folder"] == str(home.parent / "docs")}
    assert name != other
    for one, folder in ((name, elsewhere), (other, str(home.parent / "docs"))):
        alone = [json.loads(line) for line in t2s("harvest", "--project", one, "--json").out.splitlines()]
        assert {(line["project"], line["folder"]) for line in alone} == {(one, folder)}


def test_skills_can_go_into_the_projects_themselves(home: Path, t2s: Command) -> None:
    shutil.rmtree(home.parent / "docs")
    ran = t2s(*COMMAND, "--into", "project", "--as", "agents-md")
    assert ran.code == 0, ran.err
    inside = home.parent / "app" / ".claude" / "skills"
    assert list(inside.glob("*/SKILL.md"))
    assert "no such folder" in ran.err
    assert len(libraries()) == 1
    assert file_of(inside) == home.parent / "app" / "AGENTS.md"


def test_a_library_of_an_earlier_version_gives_way_to_those_of_projects(home: Path, t2s: Command) -> None:
    t2s("distill", home / ".claude", "-o", "out", "--model", "none")
    assert list(Path("out").glob("*/SKILL.md"))
    assert t2s(*COMMAND).code == 0
    assert not list(Path("out").glob("*/SKILL.md"))
    assert libraries().keys() == {"app", "docs"}


def test_equal_names_are_told_apart_without_the_home_folder_and_stay(tmp_path: Path) -> None:
    home = tmp_path / "home"
    for folder in ("/srv/app", f"{home}/app", f"{home}/work/app", str(Path("/home", "x", "app")), "/srv/.odd name"):
        session(home, f"s{len(folder)}", DEPLOY, project=folder)
    session(home, "at-home", DEPLOY, project=str(home))
    sources = harvest(home, environment={}).sources
    found, others = projects_of(sources, home=home, known={})
    names = {project.folder: project.name for project in found}
    assert len({name.lower() for name in names.values()}) == len(names) == 5
    assert not any("home" in name for name in names.values())
    assert len(others) == 1
    again, _ = projects_of(sources[-2:], home=home, known={key_of(folder): name for folder, name in names.items()})
    assert all(names[project.folder] == project.name for project in again)


def test_a_work_tree_is_of_its_repository(tmp_path: Path) -> None:
    home, tree = tmp_path / "home", tmp_path / "tree"
    (tmp_path / "app" / ".git" / "worktrees" / "tree").mkdir(parents=True)
    tree.mkdir()
    (tree / ".git").write_text(f"gitdir: {tmp_path / 'app'}/.git/worktrees/tree\n")
    session(home, "one", DEPLOY, project=str(tree))
    session(home, "two", DEPLOY, project=str(tmp_path / "app"))
    (project,), _ = projects_of(harvest(home, environment={}).sources, home=home, known={})
    assert (project.name, len(project.files)) == ("app", 2)


def test_a_work_tree_that_is_gone_is_of_the_folder_it_was_kept_in(tmp_path: Path) -> None:
    for number, folder in enumerate(("", "/.worktrees/3", "/.claude/worktrees/calm-fox/src", "/worktrees/b")):
        session(tmp_path, f"s{number}", DEPLOY, project=f"/srv/team/cli{folder}")
    found, others = projects_of(harvest(tmp_path, environment={}).sources, home=tmp_path, known={})
    assert not others
    assert [(project.name, project.folder, len(project.files)) for project in found] == [("cli", "/srv/team/cli", 4)]


def test_names_of_projects_that_cannot_be_read_are_refused(home: Path, t2s: Command) -> None:
    Path("out").mkdir()
    Path("out/.t2s-projects.json").write_text("[1]")
    ran = t2s(*COMMAND)
    assert (ran.code, "not the names of projects" in ran.err) == (1, True)
    key = key_of(str(home.parent / "app"))
    Path("out/.t2s-projects.json").write_text(json.dumps({key: "../../planted"}))
    assert t2s(*COMMAND).code == 0
    assert not (home.parent.parent / "planted").exists()
    assert "app" in libraries()


@pytest.mark.usefixtures("home")
def test_one_file_for_many_projects_is_refused(t2s: Command) -> None:
    ran = t2s(*COMMAND, "--as", "agents-md", "--file", "AGENTS.md")
    assert (ran.code, "many projects" in ran.err) == (2, True)


def test_a_person_named_in_the_path_of_a_session_hides_no_project(home: Path, t2s: Command) -> None:
    sessions = home / ".claude" / "projects"
    for folder in list(sessions.iterdir()):
        folder.rename(sessions / f"-home-jane-Work-{'app' if '-app-' in folder.name else 'docs'}")
    ran = t2s(*COMMAND)
    assert ran.code == 0, ran.err
    assert libraries().keys() == {"app", "docs"}
    skill = next(Path("out/app").glob("*/SKILL.md")).parent
    assert f"{sessions}/-home-jane-Work-app/" in "".join(t2s("why", skill).out.split())
