"""Nothing of the current folder is run: neither by a command nor by the processes it starts."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from t2s_local.processes import child_process

ROOT = Path(__file__).parents[2]
NAMES = (
    "msgspec",
    "click",
    "zstandard",
    "re2",
    "numpy",
    "llama_cpp",
    "json",
    "socket",
    "sitecustomize",
    "usercustomize",
)


@pytest.fixture
def trap(tmp_path: Path) -> Path:
    """A folder that brings modules under the names of those we import; each leaves a mark when it runs."""
    for name in NAMES:
        (tmp_path / f"{name}.py").write_text(f"open('ran-{name}', 'w').close()\n")
    (tmp_path / "t2s_local").mkdir()
    (tmp_path / "t2s_local" / "__init__.py").write_text("open('ran-package', 'w').close()\n")
    return tmp_path


def marks(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("ran-*"))


@pytest.mark.parametrize("path", ["", ":", ".", "./", f"{ROOT}:", f":{ROOT}", "../{here}", "{folder}"])
@pytest.mark.parametrize("module", ["t2s_local.weights.probe", "t2s_local.processes.worker_pool"])
def test_a_child_runs_nothing_of_the_current_folder(
    trap: Path, monkeypatch: pytest.MonkeyPatch, path: str, module: str
) -> None:
    monkeypatch.chdir(trap)
    monkeypatch.setenv("PYTHONPATH", path.format(here=trap.name, folder=trap))
    monkeypatch.setenv("PYTHONSTARTUP", "msgspec.py")
    monkeypatch.syspath_prepend("")
    monkeypatch.syspath_prepend(str(trap))
    command = child_process.command(module, "9", "none")
    subprocess.run(command, env=child_process.environment(), capture_output=True, check=False)
    assert marks(trap) == []


def test_the_command_runs_nothing_of_the_current_folder(trap: Path) -> None:
    start = "import sys; sys.argv = ['t2s', 'config', 'show']; from t2s_local.__main__ import main; main()"
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:"}
    done = subprocess.run(
        [sys.executable, "-P", "-c", start], cwd=trap, env=environment, capture_output=True, check=True
    )
    assert b"min_support" in done.stdout
    assert [mark for mark in marks(trap) if "customize" not in mark] == []


def test_a_checkout_that_is_worked_on_is_imported_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert str(ROOT) in child_process.environment()["PYTHONPATH"].split(os.pathsep)


def test_the_order_of_the_path_stays() -> None:
    path = ["/b", "relative", "", "/a", "/c:d"]
    assert child_process.trusted(path) == ["/b", "/a", str(ROOT)]
