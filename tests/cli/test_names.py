"""Names of files that are not UTF-8: every command does its work, and shows them escaped."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.places import DATA, ROOT

BAD = os.fsdecode(b"caf\xe9")


def t2s(*arguments: str, folder: Path, encoding: str = "utf-8") -> subprocess.CompletedProcess[str]:
    environment = {"HOME": str(folder / "home"), "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": encoding}
    return subprocess.run(
        [sys.executable, "-m", "t2s_local", *arguments],
        capture_output=True,
        check=False,
        cwd=folder,
        encoding=encoding,
        env={**os.environ, "XDG_DATA_HOME": str(folder / "data"), **environment},
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    home = tmp_path / "home" / ".claude" / "projects" / BAD
    for place in (tmp_path / BAD, home):
        place.mkdir(parents=True)
        shutil.copyfile(DATA / "claude_code.jsonl", place / f"{BAD}.jsonl")
    shutil.copyfile(DATA / "swe_agent.traj", tmp_path / BAD / f"{BAD}.traj")
    return tmp_path


def test_runs_in_files_of_such_names_are_read_and_distilled(folder: Path) -> None:
    done = t2s("read", BAD, "--json", folder=folder)
    assert done.returncode == 0, done.stderr
    assert r'"source":"caf\\xe9/caf\\xe9.jsonl"' in done.stdout
    for paths in ([BAD], [f"{BAD}/{BAD}.jsonl"], ["--harvest"]):
        done = t2s("distill", *paths, "-o", f"out{BAD}", "--model", "none", folder=folder)
        assert done.returncode in (0, 10), done.stderr
        assert "Traceback" not in done.stderr


def test_they_are_listed_and_a_missing_one_is_named_escaped(folder: Path) -> None:
    assert r"projects/caf\xe9" in t2s("harvest", folder=folder).stdout
    assert r"projects/caf\\xe9" in t2s("harvest", "--json", folder=folder).stdout
    assert r"other-caf\xe9: no such file" in t2s("read", f"other-{BAD}", folder=folder).stderr


def test_a_skill_with_such_a_file_is_checked_and_scanned(tmp_path: Path) -> None:
    skill = tmp_path / "a-skill"
    skill.mkdir()
    (skill / "SKILL.md").write_text("---\nname: a-skill\ndescription: Does. Use when it does.\n---\n\nText.\n")
    (skill / f"{BAD}.md").write_text("# More\n\nText.\n")
    for command in ("lint", "scan"):
        for option in ([], ["--json"]):
            done = t2s(command, "a-skill", *option, folder=tmp_path)
            assert "Traceback" not in done.stderr
    assert r"caf\xe9.md" in t2s("lint", "a-skill", folder=tmp_path).stdout


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1", "utf-16"])
def test_any_encoding_of_the_output_will_do(encoding: str, folder: Path) -> None:
    done = t2s("read", BAD, folder=folder, encoding=encoding)
    assert done.returncode == 0, done.stderr
    assert "claude_code" in done.stdout
