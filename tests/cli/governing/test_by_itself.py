"""Commands of the timer and of the hook in the README: exit code 0 with news, 10 without."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from t2s_local.user_files.folders import settle_home
from tests.commands import Ran, in_own_process
from tests.places import ROOT
from tests.uses import GIT, SHOWN, sessions

PROGRAMS = Path(sys.executable).parent
COMMAND = re.compile(r"^    ExecStart=-?(.*)$", re.MULTILINE)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with conversations of Claude Code that use a skill, and an empty place for skills."""
    settle_home()
    folder = tmp_path / "home" / ".claude" / "projects" / "-home-user-shop"
    folder.mkdir(parents=True)
    for number in range(3):
        made = sessions().Session(
            name=f"s{number}",
            request=f"Push part {number}.",
            shown=SHOWN,
            loaded=[("using-git", GIT)],
            calls=[sessions().Call("git pull --rebase", "ok")],
            minute=number,
        )
        (folder / f"s{number}.jsonl").write_text(sessions().claude_code(made))
    return tmp_path / "home"


def run(home: Path, command: str) -> Ran:
    """Run a command line of the README, with its home."""
    words = command.replace("%h", str(home)).split()
    assert words[0] == "t2s"
    return in_own_process(*words[1:], cwd=home, environment={"HOME": str(home), "XDG_DATA_HOME": str(home / "data")})


def test_the_timer_distills_and_reads_use_and_then_finds_nothing_new(home: Path) -> None:
    distill, usage = COMMAND.findall((ROOT / "README.md").read_text("utf-8"))
    first = run(home, distill)
    assert first.code in (0, 10), first.err
    assert run(home, distill).code == 10
    (home / "skills" / "shop" / "using-git").mkdir(parents=True, exist_ok=True)
    (home / "skills" / "shop" / "using-git" / "SKILL.md").write_text(GIT)
    done = run(home, f"{usage} --json")
    assert done.code == 0, done.err
    assert json.loads(done.out)["skills"][0]["n_loaded"] == 3
    again = run(home, usage)
    assert (again.code, "were read before" in again.err) == (10, True)


def test_a_machine_without_conversations_ends_with_10(home: Path) -> None:
    shutil.rmtree(home / ".claude")
    (home / "skills" / "using-git").mkdir(parents=True)
    (home / "skills" / "using-git" / "SKILL.md").write_text(GIT)
    assert run(home, "t2s usage %h/skills --harvest").code == 10


def hook() -> str:
    """The command that the README puts behind the end of a session."""
    line = next(line for line in (ROOT / "README.md").read_text("utf-8").splitlines() if '"SessionEnd"' in line)
    return str(json.loads(line)["hooks"]["SessionEnd"][0]["hooks"][0]["command"])


def ended(home: Path, command: str) -> int:
    """Run a command as a coding agent does when a session ends: by a shell, told of the session on standard input."""
    told = {
        "session_id": "s0",
        "transcript_path": str(home / ".claude" / "projects" / "-home-user-shop" / "s0.jsonl"),
        "cwd": str(home),
        "hook_event_name": "SessionEnd",
        "reason": "other",
    }
    settings = {"HOME": str(home), "XDG_DATA_HOME": str(home / "data"), "PATH": f"{PROGRAMS}:{os.environ['PATH']}"}
    words = ("/bin/sh", "-c", command)
    return subprocess.run(words, cwd=home, env=settings, input=json.dumps(told).encode(), check=False).returncode


def test_a_session_that_ends_is_read_by_the_hook_once_and_the_agent_sees_no_error(home: Path) -> None:
    command = hook()
    usage, _, check = command.partition(";")
    assert (usage, check.strip()) == ("t2s usage ~/skills --harvest", "[ $? -eq 0 -o $? -eq 10 ]")
    skill = home / "skills" / "using-git"
    skill.mkdir(parents=True)
    (skill / "SKILL.md").write_text(GIT)
    assert [ended(home, usage), ended(home, usage)] == [0, 10]
    assert ended(home, command) == 0
    shutil.rmtree(home / "skills")
    assert ended(home, command) == 1
