"""Shell commands of a model run in a sandbox, and what they print is scored."""

import subprocess
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from tests.places import ROOT

SCRIPTS = ROOT / "scripts"


def imported(name: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(SCRIPTS))
    return import_module(f"_shell.{name}")


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The sandbox; tests that want it are skipped where bubblewrap cannot run."""
    module = imported("sandbox", monkeypatch)
    reason: str | None = module.missing()
    if reason is not None:
        pytest.skip(reason)
    return module


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "work").mkdir()
    return tmp_path / "work"


def test_a_command_sees_its_folder_and_writes_nowhere_else(sandbox: ModuleType, folder: Path) -> None:
    (folder / "names.txt").write_text("mia\n")
    assert sandbox.run("cat names.txt; echo ben > more.txt", folder) == ("mia\n", None)
    assert (folder / "more.txt").read_text() == "ben\n"
    assert "Read-only file system" in sandbox.run("touch /etc/more", folder).text
    outside = folder.parent / "outside"
    sandbox.run(f"touch {outside}", folder)
    assert not outside.exists()


def test_a_command_has_no_network(sandbox: ModuleType, folder: Path) -> None:
    devices = sandbox.run("grep : /proc/net/dev", folder).text.splitlines()
    assert [line.split(":")[0].strip() for line in devices] == ["lo"]


def test_a_command_beyond_a_limit_is_ended(sandbox: ModuleType, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    many = "for n in 1 2 3 4 5 6 7 8 9; do sleep 30 & done; wait"
    monkeypatch.setattr(sandbox, "PROCESSES", 5)
    assert sandbox.run(many, folder).stopped == "processes"
    assert sandbox.run("yes", folder).stopped == "output"
    assert "memory exhausted" in sandbox.run("dd if=/dev/zero of=/dev/null bs=1G count=1", folder).text
    monkeypatch.setattr(sandbox, "SECONDS", 0.4)
    assert sandbox.run("sleep 30", folder).stopped == "time"


def test_every_task_has_an_answer_that_a_command_prints(sandbox: ModuleType, folder: Path) -> None:
    tasks = imported("tasks", pytest.MonkeyPatch())
    tasks.write_files(folder)
    valid = "grep -v void sales.txt"
    commands = {
        "count-errors": "grep -c ERROR app.log",
        "last-line": "tail -n 1 app.log",
        "count-names": "wc -l < names.txt",
        "sort-names": "sort -u names.txt",
        "largest": "sort -n numbers.txt | tail -n 1",
        "sum-numbers": "awk '{s+=$1} END {print s}' numbers.txt",
        "sales-total": f"{valid} | awk -F';' '{{s+=$3}} END {{print s}}'",
        "sales-count": f"{valid} | wc -l",
        "sales-north": f"{valid} | grep -c north",
        "sales-fig": f"{valid} | grep fig | awk -F';' '{{s+=$3}} END {{print s}}'",
    }
    assert commands.keys() == tasks.TASKS.keys()
    assert all(tasks.is_answer(task, sandbox.run(command, folder).text) for task, command in commands.items())
    assert not tasks.is_answer("largest", "3")


@pytest.mark.model
def test_a_small_model_answers_an_errand(sandbox: ModuleType, tmp_path: Path, real_model: Path) -> None:
    script = SCRIPTS / "shell-errands"
    subprocess.run([sys.executable, script, "--write", tmp_path], check=True)
    skill = tmp_path / "skills" / "greeting-customers"
    words: list[str | Path] = ["--skill", skill, "--task", "last-line", "--model", real_model]
    done = subprocess.run([sys.executable, script, *words], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "1"
