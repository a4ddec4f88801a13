"""How long a file may get before it has to be split by subject, and what may lie at the top."""

import shutil
import subprocess

import pytest

from tests.places import ROOT

LONGEST = 300
TOP = {"t2s_local", "models", "scripts", "tests", "pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE"}


def test_no_source_is_longer_than_300_lines() -> None:
    sources = [path for folder in ("t2s_local", "tests") for path in (ROOT / folder).rglob("*.py")]
    sources += [path for path in (ROOT / "scripts").rglob("*") if path.is_file() and path.suffix in ("", ".py")]
    lines = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in sources}
    assert "scripts/check" in lines
    assert {name: count for name, count in lines.items() if count > LONGEST} == {}


@pytest.mark.skipif(shutil.which("git") is None or not (ROOT / ".git").exists(), reason="no checkout made by git")
def test_nothing_else_lies_at_the_top() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    tops = {name.partition("/")[0] for name in listed.split("\0") if name}
    assert tops >= {"t2s_local", "README.md"}
    assert {name for name in tops if not name.startswith(".")} <= TOP
