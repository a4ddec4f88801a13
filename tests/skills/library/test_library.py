"""Writing a library: whole skills, nothing of anyone else's, nothing at all where nothing changed."""

import json
import stat
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest

from t2s_local.errors import T2SError
from t2s_local.skills.library.library import OLD_MANIFEST, OWN, Written, adopt_library, edited_files
from t2s_local.skills.source import read_source
from t2s_local.user_files.ownership import remember_text
from t2s_local.values.skill import Skill
from tests.libraries import skill, snapshot, tree, write
from tests.places import ROOT


def skills_in(folder: Path) -> dict[str, bytes]:
    return {name: data for name, data in tree(folder).items() if not name.startswith(OWN)}


def test_skills_are_written_with_their_references_and_a_manifest(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "out"
    assert write(out, [skill("b", more="# More\n"), skill("a")]) == Written(added=("a", "b"))
    assert (out / "b" / "references" / "more.md").read_text() == "# More\n"
    assert sorted(path.name for path in out.iterdir()) == [OWN, "a", "b"]
    manifest = json.loads((out / OWN / "manifest.json").read_bytes())
    assert list(manifest["skills"]) == ["a", "b"]
    assert "pending" not in manifest


def test_skills_can_be_read_by_others_and_the_own_folder_by_nobody_else(tmp_path: Path) -> None:
    write(tmp_path, [skill("a", more="x"), skill("b")])
    write(tmp_path, [skill("a", more="y")])
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "a").rglob("*") if path.is_file()}
    assert modes == {0o644}
    assert stat.S_IMODE((tmp_path / "a" / "references").stat().st_mode) == 0o755
    own = [tmp_path / OWN, *(tmp_path / OWN).rglob("*")]
    assert {stat.S_IMODE(path.stat().st_mode) for path in own if path.is_dir()} == {0o700}
    assert {stat.S_IMODE(path.stat().st_mode) for path in own if path.is_file()} == {0o600}


def test_the_same_skills_again_write_nothing(tmp_path: Path) -> None:
    write(tmp_path, [skill("a"), skill("b")])
    before = snapshot(tmp_path)
    assert write(tmp_path, [skill("b"), skill("a")], at="later") == Written(unchanged=("a", "b"))
    assert snapshot(tmp_path) == before


def test_two_libraries_of_the_same_skills_have_the_same_bytes(tmp_path: Path) -> None:
    write(tmp_path / "one", [skill("a"), skill("b")])
    write(tmp_path / "two", [skill("b"), skill("a")])
    assert tree(tmp_path / "one") == tree(tmp_path / "two")


def test_changes_are_told_apart_and_unchanged_skills_are_not_touched(tmp_path: Path) -> None:
    write(tmp_path, [skill("gone"), skill("new-text", more="x"), skill("same")])
    before = snapshot(tmp_path)
    done = write(tmp_path, [skill("added"), skill("new-text", "two"), skill("same")])
    assert done == Written(added=("added",), changed=("new-text",), unchanged=("same",), deprecated=("gone",))
    assert snapshot(tmp_path)["same/SKILL.md"] == before["same/SKILL.md"]
    assert sorted(skills_in(tmp_path)) == ["added/SKILL.md", "new-text/SKILL.md", "same/SKILL.md"]
    assert (tmp_path / OWN / "deprecated" / "gone" / "SKILL.md").read_text() == "# gone\n\none\n"


def test_a_deprecated_skill_comes_back_when_runs_support_it_again(tmp_path: Path) -> None:
    write(tmp_path, [skill("a"), skill("b")])
    write(tmp_path, [skill("b")])
    assert write(tmp_path, [skill("a"), skill("b")]).added == ("a",)
    assert (tmp_path / "a" / "SKILL.md").exists()
    assert not (tmp_path / OWN / "deprecated" / "a").exists()


def test_a_thousand_skills_of_others_are_left_alone_and_cost_nothing(tmp_path: Path) -> None:
    for number in range(1_000):
        (tmp_path / f"theirs-{number}").mkdir()
        (tmp_path / f"theirs-{number}" / "SKILL.md").write_text("theirs\n" * 50)
    (tmp_path / "notes.txt").write_text("mine")
    before = snapshot(tmp_path)
    write(tmp_path, [skill("a"), skill("b")])
    began = time.process_time()
    write(tmp_path, [skill("a", "two"), skill("c")])
    assert time.process_time() - began < 0.5
    after = snapshot(tmp_path)
    assert {name: after[name] for name in before} == before


def test_a_folder_of_somebody_else_that_has_the_name_is_kept_and_the_skill_waits(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "SKILL.md").write_text("mine")
    for _ in range(2):
        assert write(tmp_path, [skill("a"), skill("b")]).proposed == ("a",)
    assert skills_in(tmp_path) == {"a/SKILL.md": b"mine", "b/SKILL.md": b"# b\n\none\n"}
    assert write(tmp_path, [skill("b")]).kept == ("a",)
    assert (tmp_path / "a" / "SKILL.md").read_text() == "mine"


def test_a_skill_that_was_deleted_is_written_again(tmp_path: Path) -> None:
    write(tmp_path, [skill("a"), skill("b")])
    (tmp_path / "a" / "SKILL.md").unlink()
    (tmp_path / "a").rmdir()
    assert write(tmp_path, [skill("a"), skill("b")]).added == ("a",)


def test_a_skill_that_was_renamed_by_hand_is_theirs_and_is_not_written_again(tmp_path: Path) -> None:
    write(tmp_path, [skill("a"), skill("b", more="x")])
    (tmp_path / "b").rename(tmp_path / "better")
    (tmp_path / "better" / "SKILL.md").write_text("# better\n")
    for text in ("one", "two"):
        assert write(tmp_path, [skill("a"), skill("b", text, more="x")]).moved == ("b",)
    assert sorted(skills_in(tmp_path)) == ["a/SKILL.md", "better/SKILL.md", "better/references/more.md"]
    assert (tmp_path / "better" / "SKILL.md").read_text() == "# better\n"


def test_links_are_refused_and_nothing_is_written_through_them(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(T2SError, match="symbolic link") as caught:
        write(tmp_path / "link", [skill("a")])
    assert str(tmp_path / "real") in (caught.value.hint or "")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "real" / "b").symlink_to(tmp_path / "elsewhere")
    assert write(tmp_path / "real", [skill("a"), skill("b")]) == Written(added=("a",), proposed=("b",))
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / OWN).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(T2SError, match="a link or a file"):
        write(tmp_path / "odd", [skill("a")])
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("x")
    with pytest.raises(T2SError, match="not a folder"):
        write(tmp_path / "out", [skill("a")])


@pytest.mark.parametrize(
    ("text", "said"), [('{"other": 1}', "not a manifest of ours"), ('{"version": 3, "x": 1}', "newer version of t2s")]
)
def test_a_list_of_skills_that_cannot_be_read_is_refused_and_left(tmp_path: Path, text: str, said: str) -> None:
    write(tmp_path, [skill("a")])
    (tmp_path / OWN / "manifest.json").write_text(text)
    with pytest.raises(T2SError, match="did not write for you"):
        write(tmp_path, [skill("b")])
    with pytest.raises(T2SError, match=said):
        adopt_library(tmp_path)
    remember_text(text.encode())
    with pytest.raises(T2SError, match=said):
        write(tmp_path, [skill("b")])
    assert (tmp_path / OWN / "manifest.json").read_text() == text
    assert sorted(skills_in(tmp_path)) == ["a/SKILL.md"]


def test_the_list_of_an_earlier_version_is_taken_over(tmp_path: Path) -> None:
    write(tmp_path / "new", [skill("a"), skill("b"), skill("c")])
    manifest = json.loads((tmp_path / "new" / OWN / "manifest.json").read_bytes())
    listed = {name: entry["files"] for name, entry in manifest["skills"].items()}
    out = tmp_path / "new"
    for path in sorted((out / OWN).rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    (out / OWN).rmdir()
    old = json.dumps({"version": 1, "skills": listed}).encode()
    remember_text(old)
    (out / OLD_MANIFEST).write_bytes(old)
    (out / "c" / "SKILL.md").write_text("edited")
    done = write(out, [skill("a"), skill("b", "two"), skill("c", "two")])
    assert done == Written(changed=("b",), proposed=("c",), unchanged=("a",))
    assert (out / "c" / "SKILL.md").read_text() == "edited"
    assert not (out / OLD_MANIFEST).exists()
    log = (out / OWN / "log.jsonl").read_text()
    assert log.count('"adopted"') == 2


@pytest.mark.parametrize("stop_after", range(1, 13))
def test_a_run_that_ends_half_way_leaves_whole_skills_and_the_next_one_finishes(
    tmp_path: Path, stop_after: int
) -> None:
    out = tmp_path / "out"
    old = [skill("a"), skill("b", "one\n\nLast.", more="x"), skill("c")]
    new = [skill("b", "two\n\nLast."), skill("c", "two", more="y"), skill("d")]
    write(out, old)
    mine = b"# b\n\none\n\nLast.\nMine.\n"
    (out / "b" / "SKILL.md").write_bytes(mine)
    crash_while_writing(out, new, stop_after)
    whole = [{f"{s.name}/{f.path}": f.text.encode() for f in s.files} for one in (old, new) for s in one]
    merged = mine.replace(b"one", b"two")
    whole += [{"b/SKILL.md": mine, "b/references/more.md": b"x"}, {"b/SKILL.md": merged}]
    for name in {path.partition("/")[0] for path in skills_in(out)} & {"a", "b", "c", "d"}:
        assert {path: data for path, data in skills_in(out).items() if path.startswith(f"{name}/")} in whole
    write(out, new)
    assert skills_in(out)["b/SKILL.md"] == merged
    assert skills_in(out)["c/SKILL.md"] == b"# c\n\ntwo\n"
    assert sorted(skills_in(out)) == ["b/SKILL.md", "c/SKILL.md", "c/references/more.md", "d/SKILL.md"]
    log = (out / OWN / "log.jsonl").read_text().splitlines()
    kinds = [(line["skill"], line["kind"]) for line in map(json.loads, log)]
    assert len(kinds) == len(set(kinds)) + 1
    assert ("a", "deprecated") in kinds


CHILD = """
import os, sys
from pathlib import Path
import msgspec
from t2s_local.values.skill import Skill
from tests.libraries import write

left = int(sys.argv[2])
def count(event, _):
    global left
    left -= event == "os.rename"
    if left == 0:
        os._exit(9)
skills = msgspec.json.decode(sys.stdin.buffer.read(), type=list[Skill])
sys.addaudithook(count)
write(Path(sys.argv[1]), skills)
"""


def crash_while_writing(out: Path, skills: list[Skill], stop_after: int) -> None:
    """Write *skills* in a process that ends for good at the rename of that number."""
    command = [sys.executable, "-c", CHILD, str(out), str(stop_after)]
    done = subprocess.run(command, input=msgspec.json.encode(skills), check=False, capture_output=True, cwd=ROOT)
    assert done.returncode == 9, done.stderr.decode()


def test_edited_files_are_named_where_the_manifest_knows_the_skill(tmp_path: Path) -> None:
    write(tmp_path, [skill("a", more="x")])
    folder = tmp_path / "a"
    assert edited_files(folder, read_source(folder)) == ()
    (folder / "references" / "more.md").write_text("y")
    assert edited_files(folder, read_source(folder)) == ("references/more.md",)
    copy = tmp_path / "elsewhere"
    copy.mkdir()
    folder.rename(copy / "a")
    assert edited_files(copy / "a", read_source(copy / "a")) is None
