"""The Python API: the main job in a script, without a word on the terminal and without a trace in the process."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import t2s_local
from t2s_local.errors import InputError, InterruptedRunError, ModelError, NothingFoundError, T2SError, UsageError
from t2s_local.runs.progress import SilentListener
from tests.conftest import Command
from tests.libraries import tree
from tests.places import ROOT, SAMPLES

CHECKED = """
assert result.skills
assert "click" not in sys.modules
assert "rich" not in sys.modules
"""


def example() -> str:
    """The script that the README shows."""
    readme = (ROOT / "README.md").read_text("utf-8")
    return readme.partition("## From Python")[2].partition("```python\n")[2].partition("```")[0]


def test_a_script_without_click_writes_the_bytes_of_the_demo(here: Path, t2s: Command) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    script = f"import sys\n{example()}{CHECKED}"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=here, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    assert len(example().splitlines()) <= 10
    assert t2s("demo", "-o", "from-demo", "--workspace", "other").code == 0
    assert tree(here / "skills-out") == tree(here / "from-demo")
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
    assert sorted(t2s_local.__all__) == [
        "Listener",
        "Readings",
        "RunResult",
        "T2SError",
        "__version__",
        "distill",
        "read",
    ]
    assert set(t2s_local.__all__) <= set(dir(t2s_local))
    assert all(getattr(t2s_local, name) is not None for name in t2s_local.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        t2s_local.nothing  # noqa: B018 - the look-up is what is tested


def test_importing_the_package_loads_none_of_it() -> None:
    code = "import sys, t2s_local; print([name for name in sys.modules if name.startswith('t2s_local.')])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['t2s_local.version']"


def test_hints_name_arguments_and_a_stopped_run_can_go_on(here: Path) -> None:
    class Impatient(SilentListener):
        def step(self, n: int, note: str, *, n_remembered: int = 0) -> None:
            type(self).is_stopping = True

    def again(*, allow_changed: bool = False) -> t2s_local.RunResult:
        return t2s_local.distill(
            SAMPLES, "out", labels=SAMPLES / "labels.csv", model="none", seed=3, allow_changed=allow_changed
        )

    with pytest.raises(InterruptedRunError) as stopped:
        t2s_local.distill(SAMPLES, "out", labels=SAMPLES / "labels.csv", model="none", listener=Impatient())
    assert stopped.value.hint == "The same call goes on where it stopped."
    with pytest.raises(T2SError, match="of something else: seed was 0 and is 3") as changed:
        again()
    assert (
        changed.value.hint
        == "allow_changed=True goes on, keeping the work on what is the same; restart=True starts afresh."
    )
    assert again(allow_changed=True).skills


@pytest.mark.parametrize("nothing", [[], "", ["", "x"]])
def test_no_path_is_no_folder(here: Path, nothing: str | list[str]) -> None:
    with pytest.raises(UsageError, match="no path is given"):
        t2s_local.distill(nothing, "out", model="none")
    with pytest.raises(UsageError, match="no path is given"):
        t2s_local.read(nothing)


def test_the_hub_is_still_there_for_the_caller(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    monkeypatch.delenv("TRANSFORMERS_OFFLINE", raising=False)
    (here / "model").mkdir()
    (here / "model" / "modules.json").write_text("[]")
    with pytest.raises(ModelError):
        t2s_local.distill(SAMPLES, "out", model="none", embedder=str(here / "model"))
    assert (os.environ["HF_HUB_OFFLINE"], "TRANSFORMERS_OFFLINE" in os.environ) == ("0", False)
