"""Commands of the timer and of the hook in the README: exit code 0 with news, 10 without."""

import json
import re
import shutil
from pathlib import Path

import pytest

from t2s_local.user_files.folders import settle_home
from tests.commands import Ran, in_own_process
from tests.places import ROOT
from tests.uses import GIT, SHOWN, sessions

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
    assert (again.code, "nothing new" in again.err) == (10, True)


def test_a_machine_without_conversations_ends_with_10(home: Path) -> None:
    shutil.rmtree(home / ".claude")
    (home / "skills" / "using-git").mkdir(parents=True)
    (home / "skills" / "using-git" / "SKILL.md").write_text(GIT)
    assert run(home, "t2s usage %h/skills --harvest").code == 10


def test_the_hook_of_the_readme_is_json(home: Path) -> None:
    del home
    lines = (ROOT / "README.md").read_text("utf-8").splitlines()
    hook = next(line for line in lines if '"SessionEnd"' in line)
    command = json.loads(hook)["hooks"]["SessionEnd"][0]["hooks"][0]["command"]
    assert command.startswith("t2s usage ~/skills --harvest")
