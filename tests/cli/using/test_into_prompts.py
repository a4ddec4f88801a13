"""The lines of the README that put a context into an agent's prompt do so."""

import io
import json
import re
import shlex
import sys
from pathlib import Path

import pytest

from tests.commands import in_process
from tests.places import ROOT

README = (ROOT / "README.md").read_text("utf-8")
TASK = "Unpack the archive of the backup with tar"


@pytest.fixture
def home(here: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = here / "skills" / "common" / "using-tar"
    folder.mkdir(parents=True)
    rule = "1. When an archive of a backup is unpacked, name the folder with `tar -C`.\n"
    front = "---\nname: using-tar\ndescription: Unpack the archive of a backup with tar.\n---\n"
    (folder / "SKILL.md").write_text(f"{front}\n# Using tar\n\n## Steps\n\n{rule}", "utf-8")
    (here / "README.md").write_text(f"# A project\n\n{TASK}.\n", "utf-8")
    monkeypatch.setenv("HOME", str(here))
    return here


def said(command: str, home: Path) -> str:
    """Result of a command line as a shell would run it in the home of a user."""
    words = shlex.split(command.replace("~", str(home)).replace("PROJECT", "common"))
    assert words[0] == "t2s"
    ended = in_process(*words[1:])
    assert ended.code == 0, ended.err
    return ended.out


def test_the_hook_of_a_session_start_prints_what_fits_the_project(home: Path) -> None:
    line = next(line for line in README.splitlines() if "SessionStart" in line)
    (hook,) = json.loads(line)["hooks"]["SessionStart"]
    (one,) = hook["hooks"]
    assert "`tar -C`" in said(one["command"], home)


def test_the_slash_command_hands_its_words_to_the_agent_and_to_no_shell(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = next(line for line in README.splitlines() if line.endswith("$ARGUMENTS"))
    (command,) = re.findall(r"`(.*?)`", line)
    assert "!" not in line
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(f'{TASK} "$(date)"'.encode())))
    assert "`tar -C`" in said(command, home)
