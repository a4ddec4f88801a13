"""Writing a library: whole skills, nothing of anyone else's, nothing at all where nothing changed."""

import json
import stat
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from t2s_local.errors import T2SError
from t2s_local.skills.folder import MANIFEST, Written, edited_files, write_library
from t2s_local.skills.source import read_source
from t2s_local.values.skill import Skill, SkillFile


def skill(name: str, text: str = "one", *, more: str | None = None) -> Skill:
    files = [SkillFile(path="SKILL.md", text=f"# {name}\n\n{text}\n")]
    if more is not None:
        files.append(SkillFile(path="references/more.md", text=more))
    return Skill(name=name, description=name, files=tuple(files), lesson_ids=(), cluster_ids=(), support=3)


def snapshot(root: Path) -> dict[str, tuple[bytes, int, int]]:
    return {
        path.relative_to(root).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_ino)
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def test_skills_are_written_with_their_references_and_a_manifest(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "out"
    done = write_library(out, [skill("b", more="# More\n"), skill("a")])
    assert done == Written(added=("a", "b"), changed=(), unchanged=(), removed=())
    assert (out / "b" / "references" / "more.md").read_text() == "# More\n"
    assert sorted(path.name for path in out.iterdir()) == [MANIFEST, "a", "b"]
    manifest = json.loads((out / MANIFEST).read_bytes())
    assert list(manifest["skills"]) == ["a", "b"]
    assert "pending" not in manifest


def test_skills_can_be_read_by_others(tmp_path: Path) -> None:
    write_library(tmp_path / "out", [skill("a", more="x")])
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "out" / "a").rglob("*") if path.is_file()}
    assert modes == {0o644}
    assert stat.S_IMODE((tmp_path / "out" / "a" / "references").stat().st_mode) == 0o755


def test_the_same_skills_again_write_nothing(tmp_path: Path) -> None:
    write_library(tmp_path, [skill("a"), skill("b")])
    before = snapshot(tmp_path)
    done = write_library(tmp_path, [skill("b"), skill("a")])
    assert done == Written(added=(), changed=(), unchanged=("a", "b"), removed=())
    assert snapshot(tmp_path) == before


def test_two_libraries_of_the_same_skills_have_the_same_bytes(tmp_path: Path) -> None:
    write_library(tmp_path / "one", [skill("a"), skill("b")])
    write_library(tmp_path / "two", [skill("c"), skill("b", "old")])
    write_library(tmp_path / "two", [skill("b"), skill("a")])
    one = {name: data for name, (data, _, _) in snapshot(tmp_path / "one").items()}
    assert {name: data for name, (data, _, _) in snapshot(tmp_path / "two").items()} == one


def test_changes_are_told_apart_and_unchanged_skills_are_not_touched(tmp_path: Path) -> None:
    write_library(tmp_path, [skill("gone"), skill("new-text", more="x"), skill("same")])
    before = snapshot(tmp_path)
    done = write_library(tmp_path, [skill("added"), skill("new-text", "two"), skill("same")])
    assert done == Written(added=("added",), changed=("new-text",), unchanged=("same",), removed=("gone",))
    after = snapshot(tmp_path)
    assert after["same/SKILL.md"] == before["same/SKILL.md"]
    assert sorted(after) == [MANIFEST, "added/SKILL.md", "new-text/SKILL.md", "same/SKILL.md"]


@pytest.mark.parametrize("foreign", ["notes.txt", "mine/SKILL.md"])
def test_a_folder_with_something_of_someone_elses_is_refused_and_left_as_it_is(tmp_path: Path, foreign: str) -> None:
    write_library(tmp_path, [skill("a")])
    (tmp_path / foreign).parent.mkdir(exist_ok=True)
    (tmp_path / foreign).write_text("mine")
    before = snapshot(tmp_path)
    with pytest.raises(T2SError, match="not written by t2s") as caught:
        write_library(tmp_path, [skill("b")])
    assert caught.value.exit_code == 1
    assert str(caught.value).count("\n") == 0
    assert snapshot(tmp_path) == before


def test_a_folder_that_was_never_ours_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "SKILL.md").write_text("mine")
    with pytest.raises(T2SError, match="not written by t2s"):
        write_library(tmp_path, [skill("a")])
    assert (tmp_path / "a" / "SKILL.md").read_text() == "mine"


def test_a_skill_that_was_edited_is_refused_by_name(tmp_path: Path) -> None:
    write_library(tmp_path, [skill("a"), skill("b")])
    (tmp_path / "a" / "SKILL.md").write_text("edited")
    with pytest.raises(T2SError, match="edited since t2s wrote it") as caught:
        write_library(tmp_path, [skill("b")])
    assert caught.value.path == tmp_path / "a" / "SKILL.md"
    assert (tmp_path / "a" / "SKILL.md").read_text() == "edited"


def test_a_file_added_to_a_skill_counts_as_an_edit(tmp_path: Path) -> None:
    write_library(tmp_path, [skill("a")])
    (tmp_path / "a" / "notes.md").write_text("mine")
    with pytest.raises(T2SError, match="not as t2s left it"):
        write_library(tmp_path, [])
    assert (tmp_path / "a" / "notes.md").read_text() == "mine"


def test_a_skill_that_was_deleted_is_written_again(tmp_path: Path) -> None:
    write_library(tmp_path, [skill("a"), skill("b")])
    (tmp_path / "a" / "SKILL.md").unlink()
    (tmp_path / "a").rmdir()
    assert write_library(tmp_path, [skill("a"), skill("b")]).added == ("a",)


def test_symbolic_links_are_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(T2SError, match="symbolic link"):
        write_library(tmp_path / "link", [skill("a")])
    write_library(tmp_path / "real", [skill("a")])
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "real" / "b").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(T2SError, match="not written by t2s"):
        write_library(tmp_path / "real", [skill("a")])
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("x")
    with pytest.raises(T2SError, match="not a folder"):
        write_library(tmp_path / "out", [skill("a")])


def test_a_manifest_that_is_not_ours_is_refused(tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_text('{"other": 1}')
    with pytest.raises(T2SError, match="not a manifest of ours"):
        write_library(tmp_path, [skill("a")])


@pytest.mark.parametrize("stop_after", range(1, 9))
def test_a_run_that_ends_half_way_leaves_whole_skills_and_the_next_one_finishes(
    tmp_path: Path, stop_after: int
) -> None:
    out = tmp_path / "out"
    old = [skill("a"), skill("b", more="x"), skill("c")]
    new = [skill("b", "two"), skill("c", "two", more="y"), skill("d")]
    write_library(out, old)
    crash_while_writing(out, new, stop_after)
    whole = {one.name: [file.text for file in one.files] for one in old}
    allowed = [whole, {one.name: [file.text for file in one.files] for one in new}]
    for path in out.iterdir():
        if path.name in {"a", "b", "c", "d"}:
            texts = [file.read_text() for file in sorted(path.rglob("*")) if file.is_file()]
            assert texts in [known.get(path.name) for known in allowed]
    write_library(out, new)
    write_library(tmp_path / "fresh", new)
    fresh = {name: data for name, (data, _, _) in snapshot(tmp_path / "fresh").items()}
    assert {name: data for name, (data, _, _) in snapshot(out).items()} == fresh


CHILD = """
import os, sys
from pathlib import Path
import msgspec
from t2s_local.skills.folder import write_library
from t2s_local.values.skill import Skill

left = int(sys.argv[2])
def count(event, _):
    global left
    left -= event == "os.rename"
    if left == 0:
        os._exit(9)
skills = msgspec.json.decode(sys.stdin.buffer.read(), type=list[Skill])
sys.addaudithook(count)
write_library(Path(sys.argv[1]), skills)
"""


def crash_while_writing(out: Path, skills: list[Skill], stop_after: int) -> None:
    """Write *skills* in a process that ends for good at the rename of that number."""
    command = [sys.executable, "-c", CHILD, str(out), str(stop_after)]
    done = subprocess.run(command, input=msgspec.json.encode(skills), check=False, capture_output=True)
    assert done.returncode == 9, done.stderr.decode()


def test_edited_files_are_named_where_the_manifest_knows_the_skill(tmp_path: Path) -> None:
    write_library(tmp_path, [skill("a", more="x")])
    folder = tmp_path / "a"
    assert edited_files(folder, read_source(folder)) == ()
    (folder / "references" / "more.md").write_text("y")
    assert edited_files(folder, read_source(folder)) == ("references/more.md",)
    copy = tmp_path / "elsewhere"
    copy.mkdir()
    folder.rename(copy / "a")
    assert edited_files(copy / "a", read_source(copy / "a")) is None
