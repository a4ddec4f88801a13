"""A write that fails, a kill, or another process while skills change: each skill is whole, the old or the new one."""

import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from t2s_local.files import file_digest
from tests.commands import Ran, in_own_process
from tests.many import write_runs
from tests.zygote import Zygote

DISTILL = ("distill", "runs", "-o", "skills", "--model", "none", "--quiet")
_MOST = 30
"""Faults of a command that are tried one by one."""
_EVERY = 10
"""Of a command with many writes one in so many fails."""


class Command(NamedTuple):
    """A command that changes folders of skills."""

    words: tuple[str, ...]
    before: Callable[[Path], None]
    """Changes the folder it runs in first."""
    is_long: bool = False


def nothing(_folder: Path) -> None:
    """Leave the folder as it is."""


def more_runs(folder: Path) -> None:
    """Bring runs that a library does not know yet."""
    write_runs(folder / "runs", 60, a_file=6)


def edited(folder: Path) -> None:
    """Change what lies in an agent's folder."""
    for path in sorted((folder / "agent").glob("*/SKILL.md")):
        path.write_text(path.read_text("utf-8") + "\nMy own line.\n", "utf-8")


def emptied(folder: Path) -> None:
    """Take the agent's folder away."""
    shutil.rmtree(folder / "agent")


def noted(folder: Path) -> None:
    """Have the user's list say that the copies in this very folder are t2s's."""
    assert in_own_process("install", *SKILLS, "--to", "agent", cwd=folder).code == 0


SKILLS = ("skills/using-git-push", "skills/using-pip-install")
COMMANDS = {
    "install": Command(("install", *SKILLS, "--to", "agent"), emptied),
    "replace": Command(("install", *SKILLS, "--to", "agent", "--replace"), edited),
    "uninstall": Command(("uninstall", "using-git-push", "--from", "agent"), noted),
    "lines": Command(("install", SKILLS[0], "--as", "agents-md", "--file", "AGENTS.md"), nothing),
    "distill": Command(DISTILL, more_runs, is_long=True),
    "rollback": Command(("library", "rollback", SKILLS[0], "--to", "1"), nothing),
    "review": Command(("review", "skills", "--reject", "using-git-push#R1"), nothing),
}
READING: dict[str, Command] = {
    "adopt": Command(("adopt", "skills"), nothing),
    "route": Command(("route", "push the branch with git", "skills"), nothing),
    "compile": Command(("compile", "push the branch with git", "skills", "-o", "made"), nothing),
    "graph": Command(("graph", "runs", "--ir", "made"), nothing),
    "export": Command(("export", "steps", "runs", "-o", "rows"), nothing),
}
"""Commands that write something else than skills."""
KILLS = (1, 2, 4, 7)
"""Which of the writes and moves of a command the process is killed in place of."""
_WORKING = (".t2s-library.left", ".t2s-install.left")
"""Names that working folders begin with, and an end."""


@pytest.fixture(scope="module")
def whole(processes: Zygote, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with runs, a library of theirs with two versions, and an agent's folder with its skills."""
    folder = tmp_path_factory.mktemp("whole")
    for number in (24, 32):
        write_runs(folder / "runs", number, a_file=6)
        assert processes.run(*DISTILL, cwd=folder).code == 0
    assert processes.run("install", *SKILLS, "--to", "agent", cwd=folder).code == 0
    (folder / "AGENTS.md").write_text("# Mine\n\nMy own words.\n")
    return folder


def states(folder: Path) -> dict[str, dict[str, str]]:
    """Return the files of every skill in the library and in the agent's folder, by digest; working folders too."""
    found: dict[str, dict[str, str]] = {}
    for place in ("skills", "agent"):
        for skill in sorted((folder / place).glob("[!.]*")):
            files = (path for path in sorted(skill.rglob("*")) if path.is_file())
            found[f"{place}/{skill.name}"] = {str(path.relative_to(skill)): file_digest(path) for path in files}
    return found


def copied(whole: Path, folder: Path, command: Command) -> Path:
    shutil.copytree(whole, folder, symlinks=True)
    command.before(folder)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
def test_a_write_that_fails_leaves_every_skill_whole(processes: Zygote, whole: Path, tmp_path: Path, name: str) -> None:
    command = COMMANDS[name]
    calm = copied(whole, tmp_path / "calm", command)
    old = states(calm)
    done = processes.run(*command.words, cwd=calm)
    assert done.code == 0, done.err
    new = states(calm)
    n_fired = 0
    for number in range(1, _MOST * (_EVERY if command.is_long else 1), _EVERY if command.is_long else 1):
        folder = copied(whole, tmp_path / str(number), command)
        ended = processes.run(*command.words, cwd=folder, fault=f"write:{number}:{'EIO' if number % 2 else 'ENOSPC'}")
        if not ended.fired:
            break
        n_fired += 1
        assert "Traceback" not in ended.err, (number, ended.err)
        assert ended.code in (0, 1, 3), (number, ended)
        for skill, files in states(folder).items():
            assert files in (old.get(skill), new.get(skill)), (number, skill, ended)
        assert old.keys() & new.keys() <= states(folder).keys(), (number, ended)
        assert (folder / "AGENTS.md").read_text().startswith("# Mine\n\nMy own words.\n")
        again = processes.run(*command.words, cwd=folder)
        assert again.code in (0, 1), (number, ended, again)
        assert states(folder) == new, (number, ended, again)
        shutil.rmtree(folder)
    assert n_fired > 0


@pytest.mark.slow
def test_two_runs_at_once_into_one_library_leave_it_whole(whole: Path, tmp_path: Path) -> None:
    ended: list[Ran] = []
    folders = [tmp_path / str(number) for number in range(3)]
    for folder in folders:
        write_runs(folder / "runs", 60, a_file=6)

    def work(folder: Path) -> None:
        words = ("distill", "runs", "-o", "../skills", "--model", "none", "--quiet")
        ended.append(in_own_process(*words, cwd=folder))

    threads = [threading.Thread(target=work, args=(folder,)) for folder in folders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(one.code in (0, 11) for one in ended), ended
    assert any(one.code == 0 for one in ended)
    checked = in_own_process("library", "verify", "skills", cwd=tmp_path)
    assert checked.code == 0, checked
    assert [path.name for path in (tmp_path / "skills").glob(".t2s-*.*")] == []


def left_over(folder: Path) -> list[Path]:
    """Return the working folders and unfinished files beside and below the skills."""
    found = (path for place in ("skills", "agent", ".") for path in (folder / place).glob(".*"))
    return [path for path in found if path.name.startswith((".t2s-library.", ".t2s-install.")) and path.is_dir()]


@pytest.mark.slow
@pytest.mark.parametrize("name", [*COMMANDS, *READING])
@pytest.mark.parametrize("number", KILLS)
def test_a_kill_leaves_every_skill_whole_and_the_same_command_finishes(
    processes: Zygote, whole: Path, tmp_path: Path, name: str, number: int
) -> None:
    command = {**COMMANDS, **READING}[name]
    calm, folder = copied(whole, tmp_path / "calm", command), copied(whole, tmp_path / "killed", command)
    old = states(calm)
    done = processes.run(*command.words, cwd=calm)
    assert done.code == 0, done.err
    new = states(calm)
    ended = processes.run(*command.words, cwd=folder, fault=f"write:{number}:SIGKILL")
    assert ended.code in (0, -9), ended
    waiting = {path.name for place in left_over(folder) for path in place.glob("old/*")}
    for skill, files in states(folder).items():
        assert files in (old.get(skill), new.get(skill)), skill
    gone = old.keys() & new.keys() - states(folder).keys()
    assert {skill.rpartition("/")[2] for skill in gone} <= waiting
    again = processes.run(*command.words, cwd=folder)
    assert again.code == 0 or (name == "uninstall" and again.code == 1), again
    assert states(folder) == new
    assert left_over(folder) == [] or name == "uninstall"  # with nothing to uninstall the folder is not opened
    assert (folder / "AGENTS.md").read_text() == (calm / "AGENTS.md").read_text()
    if (calm / "made").exists():
        assert (folder / "made").read_bytes() == (calm / "made").read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in COMMANDS if not COMMANDS[name].is_long])
@pytest.mark.parametrize("left", ["folder", "link", "file"])
def test_what_bears_the_name_of_a_working_folder_harms_nothing(
    processes: Zygote, whole: Path, tmp_path: Path, name: str, left: str
) -> None:
    command, victim = COMMANDS[name], tmp_path / "victim"
    calm, folder = copied(whole, tmp_path / "calm", command), copied(whole, tmp_path / "left", command)
    (victim / "old" / "using-git-push").mkdir(parents=True)
    (victim / "old" / "using-git-push" / "SKILL.md").write_text("mine")
    for place in (folder / "skills", folder / "agent"):
        for working in _WORKING if place.exists() else ():
            if left == "folder":
                (place / working / "new" / "using-git-push").mkdir(parents=True)
                (place / working / "new" / "using-git-push" / "SKILL.md").write_text("half")
            elif left == "link":
                (place / working).symlink_to(victim)
            else:
                (place / working).write_text("mine")
    assert processes.run(*command.words, cwd=calm).code == 0
    ended = processes.run(*command.words, cwd=folder)
    assert ended.code == 0, ended
    assert states(folder) == states(calm)
    assert (victim / "old" / "using-git-push" / "SKILL.md").read_text() == "mine"


@pytest.mark.slow
@pytest.mark.parametrize("name", [*COMMANDS, *READING])
def test_two_processes_at_once_leave_what_one_leaves(processes: Zygote, whole: Path, tmp_path: Path, name: str) -> None:
    command = {**COMMANDS, **READING}[name]
    calm, folder = copied(whole, tmp_path / "calm", command), copied(whole, tmp_path / "both", command)
    assert processes.run(*command.words, cwd=calm).code == 0
    started = [processes.start(*command.words, cwd=folder) for _ in range(2)]
    ended = [processes.wait(pid) for pid in started]
    assert all("Traceback" not in one.err for one in ended), ended
    assert 0 in {one.code for one in ended}, ended
    assert {one.code for one in ended} <= {0, 1, 11}, ended
    assert states(folder) == states(calm)
    assert left_over(folder) == []
    assert (folder / "AGENTS.md").read_text() == (calm / "AGENTS.md").read_text()
