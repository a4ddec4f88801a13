"""Whether a change of a skill shows in its stamp, though nothing of it is read."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from t2s_local.skills.library.index.stamps import skill_stamps
from tests.routed import write_skill


def _same_size_and_time(path: Path, text: str) -> None:
    """Write another text of the same length, and give the file its old time of change back."""
    before = path.stat()
    path.write_text(text[: before.st_size].ljust(before.st_size), "utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def _replaced(path: Path, text: str) -> None:
    beside = path.with_name("new")
    beside.write_text(text, "utf-8")
    beside.rename(path)


def _linked(path: Path) -> None:
    path.unlink()
    path.symlink_to("/etc/hostname")


CHANGES: dict[str, Callable[[Path], object]] = {
    "another text of the same size and time": lambda skill: _same_size_and_time(skill / "SKILL.md", "other"),
    "a replaced file": lambda skill: _replaced(skill / "references" / "a.md", "one\n"),
    "a renamed file": lambda skill: (skill / "references" / "a.md").rename(skill / "references" / "b.md"),
    "a removed file": lambda skill: (skill / "references" / "a.md").unlink(),
    "a moved file": lambda skill: (skill / "references" / "a.md").rename(skill / "a.md"),
    "a new empty folder": lambda skill: (skill / "assets").mkdir(),
    "a new mode": lambda skill: (skill / "references" / "a.md").chmod(0o755),
    "a link in place of a file": lambda skill: _linked(skill / "references" / "a.md"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=list(CHANGES))
def test_a_change_shows_in_the_stamp_of_its_skill_alone(tmp_path: Path, change: Callable[[Path], object]) -> None:
    for name in ("one", "two"):
        write_skill(tmp_path, name, f"Text of {name}.")
        (tmp_path / name / "references").mkdir()
        (tmp_path / name / "references" / "a.md").write_text("one\n", "utf-8")
    before = skill_stamps(tmp_path)
    assert skill_stamps(tmp_path) == before

    change(tmp_path / "one")

    now = skill_stamps(tmp_path)
    assert {name for name in before if now[name] != before[name]} == {"one"}


def test_a_stamp_of_files_changed_a_moment_ago_is_not_settled(tmp_path: Path) -> None:
    write_skill(tmp_path, "one", "Text.")
    stamp = skill_stamps(tmp_path)["one"]
    assert not stamp.is_settled(stamp.newest + 1_000_000)
    assert stamp.is_settled(stamp.newest + 1_000_000_000)


def test_only_folders_with_a_skill_have_stamps_and_links_to_them(tmp_path: Path) -> None:
    write_skill(tmp_path, "one", "Text.")
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("no skill", "utf-8")
    (tmp_path / "link").symlink_to(tmp_path / "one")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    assert sorted(skill_stamps(tmp_path)) == ["link", "one"]
