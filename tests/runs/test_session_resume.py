"""A run that was ended, however it was ended, goes on with the same command and comes to the same skills."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import Command
from tests.libraries import tree
from tests.many import write_runs
from tests.zygote import Ended, Zygote

COMMAND = ("distill", "in", "-o", "out", "--model", "none", "-q")


def n_stored(folder: Path) -> int:
    path = folder / ".t2s" / "store.db"
    if not path.exists():
        return 0
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
            (count,) = database.execute("SELECT count(*) FROM items WHERE kind = 'extraction'").fetchone()
    except sqlite3.OperationalError:
        return 0
    return int(count)


def wait_until_stored(folder: Path, n: int) -> None:
    patient_until = time.monotonic() + 30
    while n_stored(folder) < n:
        assert time.monotonic() < patient_until, f"{n} items were never stored"
        time.sleep(0.01)


@pytest.fixture(scope="session")
def undisturbed(processes: Zygote, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The skills of 600 runs."""
    folder = tmp_path_factory.mktemp("undisturbed")
    write_runs(folder / "in", 600)
    assert processes.run(*COMMAND, cwd=folder).code == 0
    skills = tree(folder / "out")
    assert any(name.endswith("SKILL.md") for name in skills)
    return skills


@pytest.mark.slow
def test_fifty_kills_at_random_moments_lose_nothing_that_was_stored(
    here: Path, processes: Zygote, undisturbed: dict[str, bytes]
) -> None:
    dice = random.Random(7)
    write_runs(here / "in", 600)
    kills = stored = 0
    while kills < 50:
        pid = processes.start(*COMMAND, cwd=here)
        time.sleep(dice.uniform(0.0, 0.25))
        os.kill(pid, signal.SIGKILL)
        ended = processes.wait(pid)
        now = n_stored(here)
        assert now >= stored
        stored = now
        if ended.code == -signal.SIGKILL:
            kills += 1
        else:
            assert ended.code == 0, ended.err
            assert tree(here / "out") == undisturbed
            (here / ".t2s").rename(here / f"done-{kills}")
            (here / "out").rename(here / f"out-{kills}")
            stored = 0
    assert processes.run(*COMMAND, cwd=here).code == 0
    assert tree(here / "out") == undisturbed


def test_a_killed_run_goes_on_where_it_was(here: Path, processes: Zygote, undisturbed: dict[str, bytes]) -> None:
    write_runs(here / "in", 600)
    pid = processes.start(*COMMAND, cwd=here, fault="model:*:slow")
    wait_until_stored(here, 20)
    os.kill(pid, signal.SIGKILL)
    assert processes.wait(pid).code == -signal.SIGKILL
    before = n_stored(here)
    assert 20 <= before < 600
    assert processes.run(*COMMAND, cwd=here).code == 0
    assert tree(here / "out") == undisturbed
    assert json.loads(processes.run("runs", "show", "--json", cwd=here).out)["stored_already"] == before


def test_a_resumed_run_does_not_read_its_files_again(here: Path, processes: Zygote) -> None:
    write_runs(here / "in", 40)
    pid = processes.start(*COMMAND, cwd=here, fault="model:*:slow")
    wait_until_stored(here, 5)
    os.kill(pid, signal.SIGKILL)
    processes.wait(pid)
    assert processes.run(*COMMAND, cwd=here).code == 0
    seconds = json.loads(processes.run("runs", "show", "--json", cwd=here).out)["seconds"]
    assert "extract" in seconds
    assert "read" not in seconds


def test_a_full_disk_is_one_line_and_loses_nothing_that_was_stored(here: Path, processes: Zygote) -> None:
    disk = here / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk], check=False, capture_output=True)
    if mounted.returncode:
        pytest.skip("no right to mount a file system of 2 MB")
    try:
        write_runs(here / "in", 3000, a_file=500)
        command = ("distill", "in", "-o", "out", "--model", "none", "-q", "--workspace", "disk/.t2s")
        ended = processes.run(*command, cwd=here)
        assert ended.code == 1, ended.err
        assert ended.err.count("Error: ") == 1
        assert "no space left" in ended.err
        assert "Traceback" not in ended.err
        before = n_stored(disk)
        subprocess.run(["mount", "-o", "remount,size=200m", disk], check=True)
        assert processes.run(*command, cwd=here).code == 0
        assert n_stored(disk) >= before
        assert processes.run("distill", "in", "-o", "other", "--model", "none", "-q", cwd=here).code == 0
        assert tree(here / "out") == tree(here / "other")
    finally:
        subprocess.run(["umount", disk], check=True)


def changed_midway(here: Path, processes: Zygote, name: str = "000000.jsonl") -> Ended:
    write_runs(here / "in", 40, a_file=20)
    pid = processes.start(*COMMAND, cwd=here, fault="model:*:slow")
    wait_until_stored(here, 5)
    os.kill(pid, signal.SIGKILL)
    processes.wait(pid)
    with (here / "in" / name).open("a") as stream:
        stream.write('{"steps": [{"kind": "user", "text": "one more"}]}\n')
    return processes.run(*COMMAND, cwd=here)


def test_a_file_that_changed_between_two_tries_is_named_and_refused(here: Path, processes: Zygote) -> None:
    refused = changed_midway(here, processes)
    assert refused.code == 1
    assert "in/000000.jsonl has changed" in refused.err
    assert "--allow-changed" in refused.err
    assert not (here / "out").exists()


@pytest.mark.parametrize("option", ["--allow-changed", "--restart"])
def test_a_change_is_accepted_when_told_so(here: Path, processes: Zygote, option: str) -> None:
    changed_midway(here, processes)
    before = n_stored(here)
    assert processes.run(*COMMAND, option, cwd=here).code == 0
    assert before >= 5
    assert processes.run(*COMMAND, cwd=here).code == 0


def test_a_file_that_is_new_after_a_finished_run_is_simply_another_run(here: Path, processes: Zygote) -> None:
    write_runs(here / "in", 40, a_file=20)
    assert processes.run(*COMMAND, cwd=here).code == 0
    write_runs(here / "in", 60, a_file=20)
    assert processes.run(*COMMAND, cwd=here).code == 0


def test_a_restart_does_all_work_again_and_keeps_the_old_result_until_it_is_done(
    here: Path, processes: Zygote, t2s: Command
) -> None:
    write_runs(here / "in", 40)
    assert processes.run(*COMMAND, cwd=here).code == 0
    skills = tree(here / "out")
    aborted = processes.run(*COMMAND, "--restart", cwd=here, fault="model:20:abort")
    assert aborted.code == -signal.SIGABRT
    assert n_stored(here) == 41
    assert tree(here / "out") == skills
    assert '"skills":[' in t2s("runs", "show", "--json").out
    assert processes.run(*COMMAND, cwd=here).code == 0
    assert tree(here / "out") == skills
    assert n_stored(here) == 41


def test_a_stopped_process_that_wakes_up_goes_on(here: Path, processes: Zygote) -> None:
    write_runs(here / "in", 100)
    pid = processes.start(*COMMAND, cwd=here, fault="model:*:slow")
    wait_until_stored(here, 5)
    os.kill(pid, signal.SIGSTOP)
    before = n_stored(here)
    time.sleep(1.0)
    assert n_stored(here) <= before + 1
    os.kill(pid, signal.SIGCONT)
    assert processes.wait(pid).code == 0
    assert n_stored(here) == 101
