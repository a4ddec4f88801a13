"""Actors of Ray come to the lessons of one process, also where one is killed; nothing but the loopback is used."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import psutil
import pytest

from tests.commands import start
from tests.libraries import tree
from tests.many import write_runs
from tests.runs.test_session_resume import n_stored

pytestmark = pytest.mark.skipif(find_spec("ray") is None, reason="Ray is not installed: pip install 't2s-local[ray]'")
WORDS = ("distill", "in", "--model", "none", "-q")
ON_RAY = ("-o", "out", "--executor", "ray")
PATIENCE = 60.0


def begun(folder: Path, *words: str) -> "subprocess.Popen[str]":
    environment = {"XDG_CACHE_HOME": str(folder / "cache"), "XDG_CONFIG_HOME": str(folder / "config")}
    return start(*WORDS, *words, cwd=folder, environment=environment)


def ended(process: "subprocess.Popen[str]") -> str:
    """What a process said on stderr, once it is over."""
    return process.communicate(timeout=2 * PATIENCE)[1]


def actors_of(process: "subprocess.Popen[str]") -> list[psutil.Process]:
    """The actors that work for a process, once one has answered."""
    patient_until = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < patient_until:
        children = psutil.Process(process.pid).children(recursive=True)
        found = [child for child in children if "MapWorker" in name_of(child)]
        if found:
            return found
        time.sleep(0.02)
    pytest.fail(f"no actor was started: {process.poll()}")


def name_of(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, bytes]]:
    """The skills of 2,000 trajectories, from one process."""
    folder = tmp_path_factory.mktemp("alone")
    write_runs(folder / "in", 2000)
    process = begun(folder, "-o", "out")
    said = ended(process)
    assert process.returncode == 0, said
    yield tree(folder / "out")


def is_alive(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


@pytest.mark.slow
def test_a_killed_actor_changes_nothing_and_all_listen_on_the_loopback(tmp_path: Path, alone: dict[str, bytes]) -> None:
    write_runs(tmp_path / "in", 2000)
    process = begun(tmp_path, *ON_RAY, "--actors", "2")
    actors = actors_of(process)
    while n_stored(tmp_path) < 50 and process.poll() is None:
        time.sleep(0.01)
    family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    listening = {
        connection.laddr.ip
        for member in family
        for connection in member.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    }
    assert listening <= {"127.0.0.1", "::ffff:127.0.0.1", "::1"}
    assert listening
    reports = {member.environ().get("RAY_USAGE_STATS_ENABLED") for member in actors}
    assert reports == {"0"}
    os.kill(actors[0].pid, signal.SIGKILL)
    before = n_stored(tmp_path)
    said = ended(process)
    assert process.returncode == 0, said
    assert before < 2000, "it was over before the actor was killed"
    assert n_stored(tmp_path) == 2001
    assert tree(tmp_path / "out") == alone
    patient_until = time.monotonic() + PATIENCE
    while any(is_alive(member) for member in family):
        assert time.monotonic() < patient_until
        time.sleep(0.1)


@pytest.mark.slow
def test_a_run_that_is_stopped_ends_ray_and_goes_on_in_one_process(tmp_path: Path, alone: dict[str, bytes]) -> None:
    write_runs(tmp_path / "in", 2000)
    process = begun(tmp_path, *ON_RAY)
    actors = actors_of(process)
    while n_stored(tmp_path) < 50 and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGTERM)  # Ray would put a handler of its own in the place of ours
    said = ended(process)
    assert process.returncode == 130, said
    stored = n_stored(tmp_path)
    told = re.search(r"after (\d+) of 2001; what was done is kept", said)
    assert told is not None, said
    assert int(told[1]) <= stored <= int(told[1]) + 1, "one may be stored between the count and the end"
    assert 50 <= stored < 2001
    assert psutil.wait_procs(actors, timeout=5)[1] == []
    again = begun(tmp_path, "-o", "out")
    assert ended(again) is not None
    assert again.returncode == 0
    assert tree(tmp_path / "out") == alone
