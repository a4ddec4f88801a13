"""A folder of skills is changed where this user's t2s wrote it, and each skill is whole or as it was."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from t2s_local.errors import InputError, T2SError
from t2s_local.skills.install import install
from t2s_local.skills.library.library import OWN, WORKING, adopt_library
from t2s_local.skills.source import read_source
from t2s_local.skills.working_folder import change, finish_left
from t2s_local.values.skill import Skill, SkillFile
from tests.libraries import skill, write


@contextmanager
def somebody_else(monkeypatch: pytest.MonkeyPatch, data: Path) -> Iterator[None]:
    """Another user, with a key and notes of their own."""
    with monkeypatch.context() as other:
        other.setenv("XDG_DATA_HOME", str(data))
        yield


def test_a_list_of_our_files_that_came_along_makes_no_skill_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "skills"
    with somebody_else(monkeypatch, tmp_path / "data"):
        write(out, [skill("a", "by hand")])
    with pytest.raises(InputError) as refused:
        write(out, [skill("b")])
    assert f"t2s adopt {out}" in (refused.value.hint or "")
    assert sorted(path.name for path in out.iterdir()) == [OWN, "a"]
    adopt_library(out)
    assert write(out, [skill("b")]).deprecated == ("a",)


def test_a_library_that_its_user_moves_or_copies_stays_theirs(tmp_path: Path) -> None:
    write(tmp_path / "out", [skill("a")])
    shutil.copytree(tmp_path / "out", tmp_path / "copied")
    assert write(tmp_path / "copied", [skill("a")]).unchanged == ("a",)


NAMES = ["..", ".", "", "a/b", "/etc", "a\\b", "a\0b", "x" * 300, "../../x"]


@pytest.mark.parametrize("name", NAMES)
def test_a_skill_whose_name_is_a_path_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(T2SError):
        write(tmp_path / "out", [skill(name)])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "path", ["../x.md", "/etc/x.md", "references/../../x.md", "a//b.md", "a/", "", "..\\x", "a\0.md"]
)
def test_a_file_of_a_skill_that_lies_elsewhere_is_refused(tmp_path: Path, path: str) -> None:
    file = SkillFile(path=path, text="x")
    odd = Skill(name="a", description="a", files=(file,), lesson_ids=(), cluster_ids=(), support=3)
    with pytest.raises(T2SError):
        write(tmp_path / "out", [odd])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", [".t2s-library.partial", f"{WORKING}abc"])
def test_a_working_folder_that_is_a_link_is_left_alone(tmp_path: Path, name: str) -> None:
    victim = tmp_path / "victim"
    (victim / "old").mkdir(parents=True)
    (victim / "mine.md").write_text("mine")
    write(tmp_path / "out", [skill("a")])
    (tmp_path / "out" / name).symlink_to(victim)
    assert write(tmp_path / "out", [skill("b")]).added == ("b",)
    assert (tmp_path / "out" / name).is_symlink()
    assert (victim / "mine.md").read_text() == "mine"


def folder_with(tmp_path: Path, name: str, text: str) -> Path:
    folder = tmp_path / name
    folder.mkdir(parents=True)
    (folder / "SKILL.md").write_text(text)
    return folder


def test_what_gives_way_comes_back_where_its_successor_fails(tmp_path: Path) -> None:
    agent = folder_with(tmp_path, "agent/a", "mine").parent
    with pytest.raises(OSError, match="No such file"), change(agent, ".t2s-install.") as under_way:
        under_way.put("a")
    assert (agent / "a" / "SKILL.md").read_text() == "mine"
    assert [path.name for path in agent.iterdir()] == ["a"]


def test_what_a_killed_process_took_away_is_put_back_by_the_next(tmp_path: Path) -> None:
    agent = tmp_path / "agent"
    folder_with(agent, ".t2s-install.x/old/a", "mine")
    source = read_source(folder_with(tmp_path, "b", "new"))
    assert install(source, agent, replace=False) == "added"
    assert (agent / "a" / "SKILL.md").read_text() == "mine"
    assert sorted(path.name for path in agent.iterdir()) == ["a", "b"]


def test_what_was_replaced_before_the_process_was_killed_stays_replaced(tmp_path: Path) -> None:
    agent = folder_with(tmp_path, "agent/a", "new").parent
    folder_with(agent, ".t2s-install.x/old/a", "mine")
    finish_left(agent, ".t2s-install.")
    assert (agent / "a" / "SKILL.md").read_text() == "new"
    assert [path.name for path in agent.iterdir()] == ["a"]


def test_many_at_once_into_one_folder_leave_one_whole_skill(tmp_path: Path) -> None:
    agent = tmp_path / "agent"
    sources = [read_source(folder_with(tmp_path, f"{number}/a", f"text {number}")) for number in range(8)]
    failed: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for _ in range(10):
                install(sources[number], agent, replace=True)
        except T2SError as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert [path.name for path in agent.iterdir()] == ["a"]
    assert (agent / "a" / "SKILL.md").read_text() in {f"text {number}" for number in range(8)}


def test_deep_folders_and_programs_are_copied_as_they_are(tmp_path: Path) -> None:
    source = folder_with(tmp_path, "a", "text")
    (source / "scripts" / "x" / "y").mkdir(parents=True)
    (source / "scripts" / "x" / "y" / "run.sh").write_text("#!/bin/sh\n")
    (source / "scripts" / "x" / "y" / "run.sh").chmod(0o700)
    assert install(read_source(source), tmp_path / "agent", replace=False) == "added"
    copied = tmp_path / "agent" / "a" / "scripts" / "x" / "y" / "run.sh"
    assert copied.stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "agent" / "a" / "SKILL.md").stat().st_mode & 0o777 == 0o644
    assert install(read_source(source), tmp_path / "agent", replace=False) == "unchanged"
    copied.chmod(0o644)
    assert install(read_source(source), tmp_path / "agent", replace=True) == "replaced"
