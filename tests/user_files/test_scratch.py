"""Temporary files go when their process goes, however that is."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from t2s_local.cli import main
from t2s_local.errors import T2SError
from t2s_local.user_files.folders import settle_home, temporary_root

ROOT = Path(__file__).parents[2]
WAITING = """
import signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have started the tests with it ignored
from t2s_local.user_files.scratch import for_children, scratch, sweep
{prepare}
sweep()
with scratch("m-") as folder:
    (folder / "member").write_text("private")
    print("ready", flush=True)
    {then}
"""
STANDARD = "import t2s_local.cli as cli; cli._prepare()"


def started(folder: Path, then: str = "time.sleep(60)", prepare: str = STANDARD) -> "subprocess.Popen[bytes]":
    environment = {**os.environ, "TMPDIR": str(folder), "PYTHONPATH": str(ROOT)}
    environment.pop("T2S_SCRATCH", None)
    code = WAITING.format(then=then, prepare=prepare)
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, env=environment)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    process.stdout.close()
    return process


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_leaves_nothing(tmp_path: Path, how: signal.Signals) -> None:
    process = started(tmp_path)
    assert left(tmp_path) == ["lock", "member"]
    process.send_signal(how)
    assert process.wait(10) != 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("then", ["pass", "sys.exit(3)", "1 / 0", "raise KeyboardInterrupt"])
def test_any_end_of_its_own_leaves_nothing(tmp_path: Path, then: str) -> None:
    started(tmp_path, then).wait(10)
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_leaves_is_removed_by_the_next_one(tmp_path: Path) -> None:
    process = started(tmp_path)
    process.kill()
    process.wait(10)
    assert "member" in left(tmp_path)
    started(tmp_path, "pass").wait(10)
    assert list(tmp_path.iterdir()) == []


def test_what_a_living_process_holds_stays(tmp_path: Path) -> None:
    living = started(tmp_path)
    started(tmp_path, "pass").wait(10)
    assert left(tmp_path) == ["lock", "member"]
    living.terminate()
    living.wait(10)


def test_what_a_child_that_is_killed_leaves_goes_with_its_parent(tmp_path: Path) -> None:
    child = "import os, subprocess; subprocess.run([sys.executable, '-c', CHILD], env={**os.environ, **for_children()})"
    inner = (
        "from t2s_local.user_files.scratch import scratch; import os, signal; "
        "scratch('m-').__enter__(); os.kill(os.getpid(), 9)"
    )
    started(tmp_path, child.replace("CHILD", repr(inner))).wait(10)
    assert list(tmp_path.iterdir()) == []


def test_the_folder_is_private(tmp_path: Path) -> None:
    process = started(tmp_path)
    assert {path.stat().st_mode & 0o077 for path in tmp_path.rglob("*") if path.is_dir()} == {0}
    process.terminate()
    process.wait(10)


@pytest.mark.parametrize("make", [lambda path: path.symlink_to("/"), lambda path: path.mkdir(mode=0o755), Path.touch])
def test_a_name_that_is_taken_is_not_used(tmp_path: Path, make: "object", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert callable(make)
    make(tmp_path / f"t2s-{os.getuid()}")
    with pytest.raises(T2SError, match=r"not a private folder|file exists"):
        temporary_root()
    process = started(tmp_path)
    process.terminate()
    process.wait(10)
    assert [path.name for path in tmp_path.iterdir()] == [f"t2s-{os.getuid()}"]


@pytest.mark.parametrize("home", [None, "", ".", "relative/home"])
def test_without_a_home_there_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: str | None) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("pwd.getpwuid", _nobody)
    monkeypatch.setenv("XDG_CONFIG_HOME", "config")
    monkeypatch.delenv("HOME")
    if home is not None:
        monkeypatch.setenv("HOME", home)
    settle_home()
    assert Path(os.environ["HOME"]) == tmp_path / f"t2s-{os.getuid()}"
    assert "XDG_CONFIG_HOME" not in os.environ
    with pytest.raises(SystemExit) as ended:
        main(["config", "show"])
    assert not ended.value.code


def _nobody(_identity: int) -> object:
    raise KeyError


def test_a_folder_that_has_no_lock_yet_stays_for_a_minute(tmp_path: Path) -> None:
    young = tmp_path / f"t2s-{os.getuid()}" / "s-young"
    young.mkdir(parents=True, mode=0o700)
    young.parent.chmod(0o700)
    old = young.with_name("s-old")
    old.mkdir()
    os.utime(old, (time.time() - 3600, time.time() - 3600))
    started(tmp_path, "pass").wait(10)
    assert [path.name for path in young.parent.iterdir()] == ["s-young"]
