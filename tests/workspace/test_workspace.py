"""The run store: one writer, readers that are never blocked, old versions brought up, newer ones refused."""

import os
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from t2s_local.errors import InputError, LockedError, T2SError, UsageError
from t2s_local.packing import packed
from t2s_local.values.trajectory import Trajectory
from t2s_local.workspace import About, Workspace, adopt_workspace, holder, open_workspace, read_workspace
from t2s_local.workspace._database import _FIRST
from tests.build import step, trajectory
from tests.many import write_runs
from tests.runs.test_session_resume import COMMAND, wait_until_stored
from tests.zygote import Zygote

ABOUT = About(command=("t2s",), folder="/", line="", host="here", versions={})


def opened(folder: Path) -> None:
    with open_workspace(folder, command="t2s distill") as workspace:
        workspace.put_item("k", "1", b"one")


def started(workspace: Workspace, run_id: str, *runs: Trajectory, restart: bool = False) -> None:
    workspace.ledger.start(run_id, b"{}", ABOUT, now=1.0, restart=restart)
    attempt = workspace.attempt(run_id)
    attempt.put_trajectories([(run.id, packed(run)) for run in runs])
    for run in runs:
        attempt.put_item("note", run.id, run.steps[0].text.encode())


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))


def old_store(folder: Path) -> Path:
    folder.mkdir()
    path = folder / "store.db"
    with closing(sqlite3.connect(path)) as database:
        database.executescript(f"{_FIRST} PRAGMA user_version = 1;")
        database.execute("INSERT INTO runs VALUES ('r1', 1.0, 2.0, '{}', '{}')")
        database.execute("INSERT INTO names VALUES ('a-name', '[\"l1\"]')")
        database.commit()
    return path


def test_an_older_store_is_adopted_brought_up_and_copied_first(tmp_path: Path) -> None:
    old_store(tmp_path / "w")
    adopt_workspace(tmp_path / "w")
    with open_workspace(tmp_path / "w", command="t2s distill") as workspace:
        assert [run.id for run in workspace.ledger] == ["r1"]
        assert workspace.names() == {"a-name": ("l1",)}
    with closing(sqlite3.connect(tmp_path / "w" / "store.v1.db")) as copy:
        assert copy.execute("PRAGMA user_version").fetchone() == (1,)
        assert copy.execute("SELECT id FROM runs").fetchall() == [("r1",)]


def test_an_older_store_is_refused_with_the_way_on_before_it_is_adopted(tmp_path: Path) -> None:
    path = old_store(tmp_path / "w")
    before = path.read_bytes()
    for opening in (open_workspace(tmp_path / "w", command="t2s"), read_workspace(tmp_path / "w")):
        with pytest.raises(InputError) as refused, opening:
            pass
        assert f"t2s adopt {tmp_path / 'w'}" in (refused.value.hint or "")
    assert path.read_bytes() == before


def test_a_newer_store_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    opened(tmp_path)
    with closing(sqlite3.connect(tmp_path / "store.db")) as database:
        database.execute("PRAGMA user_version = 99")
        database.commit()
    before = (tmp_path / "store.db").read_bytes()
    for opening in (open_workspace(tmp_path, command="t2s"), read_workspace(tmp_path)):
        with pytest.raises(T2SError, match="newer t2s"), opening:
            pass
    assert (tmp_path / "store.db").read_bytes() == before


def test_a_file_that_is_no_store_is_refused(tmp_path: Path) -> None:
    (tmp_path / "store.db").write_text("not a database, whatever its name says " * 100)
    with pytest.raises(InputError, match="not a database"), open_workspace(tmp_path, command="t2s"):
        pass


def test_everything_in_a_workspace_is_private(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "w"
    with open_workspace(folder, command="t2s distill") as workspace:
        workspace.put_item("k", "1", b"one")
        modes = {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}
    assert folder.stat().st_mode & 0o777 == 0o700
    assert set(modes.values()) == {0o600}
    assert {"store.db", "lock"} <= modes.keys()


def test_the_holder_is_named_and_readers_are_not_blocked(tmp_path: Path) -> None:
    opened(tmp_path)
    assert holder(tmp_path) is None
    with open_workspace(tmp_path, command="t2s distill in -o out") as writer:
        with pytest.raises(LockedError) as refused, open_workspace(tmp_path, command="t2s"):
            pass
        for part in (f"process {os.getpid()}", os.uname().nodename, "t2s distill in -o out", "since 20"):
            assert part in refused.value.message
        writer.put_item("k", "2", b"two")
        with read_workspace(tmp_path) as reader:
            assert reader.item("k", "2") == b"two"
            writer.put_item("k", "3", b"three")
            assert reader.item("k", "3") == b"three"


def test_the_lock_of_a_process_that_was_killed_holds_nobody_up(tmp_path: Path, processes: Zygote) -> None:
    write_runs(tmp_path / "in", 40)
    pid = processes.start(*COMMAND, cwd=tmp_path, fault="model:*:slow")
    wait_until_stored(tmp_path, 3)
    assert f"process {pid}" in (holder(tmp_path / ".t2s") or "")
    os.kill(pid, signal.SIGKILL)
    processes.wait(pid)
    assert holder(tmp_path / ".t2s") is None
    opened(tmp_path / ".t2s")


@pytest.mark.slow
def test_of_two_that_start_at_once_one_works_and_one_names_it(tmp_path: Path, processes: Zygote) -> None:
    write_runs(tmp_path / "in", 12)
    for number in range(20):
        command = (*COMMAND, "--workspace", f"w{number}")
        pids = [processes.start(*command, cwd=tmp_path, fault="model:*:slow") for _ in range(2)]
        codes = {}
        for pid in pids:
            if pid not in codes:
                codes[pid] = processes.wait(pid)
        assert sorted(ended.code for ended in codes.values()) == [0, 11]
        (loser,) = (ended for ended in codes.values() if ended.code == 11)
        (winner,) = (pid for pid, ended in codes.items() if ended.code == 0)
        assert f"process {winner} on" in loser.err


def test_removing_a_run_leaves_nothing_of_it_in_the_store(tmp_path: Path) -> None:
    secret, shared = "the words of one run alone", "the words of both"
    own, both = trajectory(step("user", secret)), trajectory(step("user", shared))
    with open_workspace(tmp_path, command="t2s") as workspace:
        started(workspace, "first", own, both)
        started(workspace, "second", both)
        assert secret.encode() in bytes_of(tmp_path)
        workspace.remove_run("first")
        assert workspace.trajectory(own.id) is None
        assert workspace.trajectory(both.id) == both
        assert workspace.item("note", own.id) is None
        assert workspace.item("note", both.id) == shared.encode()
        assert secret.encode() not in bytes_of(tmp_path)
        assert own.id.encode() not in bytes_of(tmp_path)
        assert shared.encode() in bytes_of(tmp_path)


def test_removing_a_run_removes_the_copy_of_an_older_store(tmp_path: Path) -> None:
    old_store(tmp_path / "w")
    adopt_workspace(tmp_path / "w")
    with open_workspace(tmp_path / "w", command="t2s") as workspace:
        workspace.remove_run("r1")
        assert list(workspace.ledger) == []
        assert workspace.names() == {}
    assert not list((tmp_path / "w").glob("store.v*"))


def test_a_run_that_is_done_again_looks_at_nothing_it_had_done(tmp_path: Path) -> None:
    run = trajectory(step("user", "words"))
    with open_workspace(tmp_path, command="t2s") as workspace:
        started(workspace, "r", run)
        workspace.ledger.finish("r", b"old", {}, now=2.0)
        workspace.ledger.start("r", b"{}", ABOUT, now=3.0, restart=True)
        again = workspace.attempt("r")
        assert again.item("note", run.id) is None
        again.put_item("note", run.id, b"new")
        assert workspace.item("note", run.id) == b"words"
        stored = workspace.ledger.find("r")
        assert (stored.result, stored.is_whole) == (b"old", False)
        workspace.ledger.finish("r", b"new", {}, now=4.0)
        assert workspace.item("note", run.id) == b"new"
        assert workspace.ledger.find("r").is_whole


def test_a_run_is_found_by_the_beginning_of_its_id(tmp_path: Path) -> None:
    with open_workspace(tmp_path, command="t2s") as workspace:
        with pytest.raises(UsageError, match="no run yet"):
            workspace.ledger.find(None)
        for run_id in ("aa1", "aa2", "b"):
            started(workspace, run_id)
        assert workspace.ledger.find("b").id == "b"
        for start, said in (("aa", "2 runs begin with"), ("c", "no run begins with")):
            with pytest.raises(UsageError, match=said):
                workspace.ledger.find(start)


def test_a_clock_that_jumps_back_stops_nothing(tmp_path: Path) -> None:
    with open_workspace(tmp_path, command="t2s") as workspace:
        workspace._synced = time.monotonic() + 1e6
        workspace.put_item("k", "1", b"one")
        assert workspace._synced <= time.monotonic()


def test_an_error_before_the_first_run_leaves_no_workspace_behind(tmp_path: Path) -> None:
    message = "no such rule"
    with pytest.raises(UsageError, match="no such rule"), open_workspace(tmp_path / "ws", command="t2s"):
        raise UsageError(message)
    assert not (tmp_path / "ws").exists()
    (tmp_path / "kept").mkdir()
    with pytest.raises(UsageError, match="no such rule"), open_workspace(tmp_path / "kept", command="t2s"):
        raise UsageError(message)
    assert (tmp_path / "kept").exists()
    with pytest.raises(UsageError, match="no such rule"), open_workspace(tmp_path / "more", command="t2s"):
        (tmp_path / "more" / "notes").touch()
        raise UsageError(message)
    assert (tmp_path / "more" / "notes").exists()
