"""The Python API: the main job in a script, without a word on the terminal and without a trace in the process."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import t2s_local
from t2s_local.errors import InputError, NothingFoundError, UsageError
from tests.conftest import Command
from tests.places import ROOT, SAMPLES

SCRIPT = """
import sys
from importlib.resources import files

import t2s_local

samples = files("t2s_local") / "samples"
result = t2s_local.distill(str(samples), "from-python", labels=str(samples / "labels.csv"), model="none")
assert result.skills
assert "click" not in sys.modules
assert "rich" not in sys.modules
"""


def tree(folder: Path) -> dict[str, bytes]:
    files = [path for path in folder.rglob("*") if path.is_file() and path.parent != folder]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_a_script_without_click_writes_the_bytes_of_the_demo(here: Path, t2s: Command) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=here, env=environment, capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("", "")
    assert t2s("demo", "-o", "from-demo", "--workspace", "other").code == 0
    assert tree(here / "from-python") == tree(here / "from-demo")
    assert len(tree(here / "from-demo")) > 10


def test_the_process_of_the_caller_is_left_as_it_is(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    mask = os.umask(0o022)
    try:
        result = t2s_local.distill([SAMPLES], "out", labels=SAMPLES / "labels.csv", model="none")
        assert os.umask(0o022) == 0o022
    finally:
        os.umask(mask)
    assert result.skills
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before
    assert capsys.readouterr() == ("", "")
    assert (here / ".t2s" / "store.db").stat().st_mode & 0o077 == 0


def test_a_network_is_still_there_for_the_caller(here: Path) -> None:
    script = (
        "import socket\nimport t2s_local\nt2s_local.read(__file__.replace('script.py', 'chat.json'))\n"
        "server = socket.create_server(('127.0.0.1', 0))\nsocket.create_connection(server.getsockname()).close()\n"
    )
    (here / "chat.json").write_text('{"messages": [{"role": "user", "content": "Hello there"}]}')
    (here / "script.py").write_text(script)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "script.py"], cwd=here, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_what_is_read_comes_with_labels_and_a_report(here: Path) -> None:
    readings = t2s_local.read(SAMPLES, labels=SAMPLES / "labels.csv")
    outcomes = {run.outcome for run in readings.trajectories}
    assert {"success", "failure"} <= outcomes
    assert readings.report.n_labelled > 40
    assert not readings.report.quarantined


def test_errors_are_those_of_the_package(here: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        t2s_local.distill("nowhere", "out", model="none")
    (here / "notes.txt").write_text("Nothing that anybody recorded.\n" * 9)
    with pytest.raises(NothingFoundError, match=r"no trajectory in this file"):
        t2s_local.distill("notes.txt", "out", model="none")
    with pytest.raises(UsageError, match="no clusterer is called 'best'"):
        t2s_local.distill(SAMPLES, "out", model="none", algorithm="best")


def test_only_public_names_are_offered() -> None:
    assert sorted(t2s_local.__all__) == ["Readings", "RunResult", "__version__", "distill", "read"]
    assert all(getattr(t2s_local, name) is not None for name in t2s_local.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        t2s_local.nothing  # noqa: B018 - the look-up is what is tested


def test_importing_the_package_loads_none_of_it() -> None:
    code = "import sys, t2s_local; print([name for name in sys.modules if name.startswith('t2s_local.')])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['t2s_local.version']"
