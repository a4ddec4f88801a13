"""An accepted return to an earlier library, and the way back from it."""

from pathlib import Path

from t2s_local.skills.library.library import OWN, write_library
from tests.libraries import tree
from tests.runs.governing.test_govern import govern, ids, note, review, trials
from tests.uses import GIT, TAR, library, made


def skills_in(folder: Path) -> dict[str, bytes]:
    return {name: data for name, data in tree(folder).items() if not name.startswith(OWN)}


NEW = TAR.replace("using-tar", "cooking").replace("tar", "rice").replace("docs", "pot")


def worse(tmp_path: Path) -> tuple[Path, str]:
    """A library that helped less after a change and a new skill, and the version of the changed skill."""
    folder = library(tmp_path / "skills")
    good = [event for day in range(1, 4) for event in trials("using-git", 27, 3, at=f"2026-01-0{day}T00:00:00+00:00")]
    note(folder, good)
    changed = GIT.replace("git pull --rebase", "git merge")
    skills = [made("using-git", changed), made("using-tar", TAR), made("cooking", NEW)]
    write_library(folder, skills, at="2026-02-01T00:00:00+00:00")
    for day in range(1, 6):
        note(folder, trials("using-git", 20, 10, at=f"2026-03-0{day}T00:00:00+00:00"))
    return folder, changed


def test_going_back_is_proposed_and_never_done_unasked(tmp_path: Path) -> None:
    folder, _ = worse(tmp_path)
    found = govern(folder, "--yes")
    assert ([one["kind"] for one in found["waiting"]], found["done"]) == (["rollback"], [])
    assert found["waiting"][0]["versions"] == [["using-git", 1]]
    assert found["waiting"][0]["leaves"] == ["cooking"]
    name = str(found["waiting"][0]["id"])
    assert "It archives cooking" in review(folder, "--list").out
    assert review(folder, "--accept", name).code == 0
    assert (folder / "using-git" / "SKILL.md").read_text() == GIT
    assert not (folder / "cooking").exists()


def test_going_back_is_taken_back_whole(tmp_path: Path) -> None:
    folder, changed = worse(tmp_path)
    before = skills_in(folder)
    (name,) = ids(govern(folder)["waiting"])
    assert review(folder, "--accept", str(name)).code == 0
    assert skills_in(folder) != before
    undone = review(folder, "--undo")
    assert undone.code == 0, undone.err
    assert skills_in(folder) == before
    assert (folder / "using-git" / "SKILL.md").read_text() == changed
    assert ids(govern(folder)["waiting"]) == [name]


def test_what_was_edited_after_going_back_is_left_alone_and_named(tmp_path: Path) -> None:
    folder, _ = worse(tmp_path)
    (name,) = ids(govern(folder)["waiting"])
    review(folder, "--accept", str(name))
    edited = folder / "using-git" / "SKILL.md"
    edited.write_text(f"{GIT}\nMine.\n")
    undone = review(folder, "--undo")
    assert (undone.code, "using-git: changed since" in undone.err) == (2, True)
    assert edited.read_text().endswith("Mine.\n")
    assert (folder / "cooking" / "SKILL.md").read_text() == NEW
