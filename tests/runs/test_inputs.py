"""A file that is written to, cut or replaced while it is read is named, and nothing of it counts."""

import os
import signal
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from t2s_local.errors import InputError
from t2s_local.runs.inputs import list_inputs
from tests.libraries import tree
from tests.many import write_runs
from tests.runs.test_session_resume import COMMAND
from tests.zygote import Zygote


def grow(path: Path) -> None:
    with path.open("a") as stream:
        stream.write("{}\n")


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def replace(path: Path) -> None:
    """Put another file of the same bytes and times in its place."""
    before = path.stat()
    other = path.with_suffix(".new")
    other.write_bytes(path.read_bytes())
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.replace(path)


@pytest.mark.parametrize("change", [grow, cut, replace, Path.unlink])
def test_every_way_a_file_moves_is_noticed(tmp_path: Path, change: Callable[[Path], None]) -> None:
    write_runs(tmp_path / "in", 4)
    before = list_inputs([tmp_path / "in"], labels=None)
    before.refuse_changed()
    change(tmp_path / "in" / "000000.jsonl")
    with pytest.raises(InputError, match=r"000000.jsonl: (changed|was removed) while it was read"):
        before.refuse_changed()


def n_begun(folder: Path) -> int:
    """Runs the store knows of: one is noted before its files are read."""
    try:
        with closing(sqlite3.connect(f"file:{folder / '.t2s' / 'store.db'}?mode=ro", uri=True)) as database:
            (count,) = database.execute("SELECT count(*) FROM runs").fetchone()
    except sqlite3.OperationalError:
        return 0
    return int(count)


def test_a_file_that_grows_while_it_is_read_is_named_and_read_whole_by_the_next_run(
    tmp_path: Path, processes: Zygote
) -> None:
    write_runs(tmp_path / "in", 4000, a_file=4000)
    pid = processes.start(*COMMAND, cwd=tmp_path)
    patient_until = time.monotonic() + 30
    while not n_begun(tmp_path) and time.monotonic() < patient_until:
        time.sleep(0.005)
    os.kill(pid, signal.SIGSTOP)
    line = (tmp_path / "in" / "000000.jsonl").read_text().splitlines()[0].replace("session-0", "session-new")
    with (tmp_path / "in" / "000000.jsonl").open("a") as stream:
        stream.write(line + "\n")
    os.kill(pid, signal.SIGCONT)
    ended = processes.wait(pid)
    assert ended.code == 3, ended.err
    assert "in/000000.jsonl: changed while it was read" in ended.err
    assert "Traceback" not in ended.err
    assert not (tmp_path / "out").exists()
    again = processes.run(*COMMAND, "--allow-changed", cwd=tmp_path)
    assert again.code == 0, again.err
    fresh = processes.run("distill", "in", "-o", "other", "--model", "none", "-q", "--workspace", "w2", cwd=tmp_path)
    assert fresh.code == 0
    assert tree(tmp_path / "out") == tree(tmp_path / "other")
