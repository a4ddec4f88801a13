"""Ctrl-C: once finishes what is under way, twice stops now, as SIGTERM does."""

import os
import signal
import time
from pathlib import Path

import pytest

from t2s_local.cli.interrupt import Underway
from t2s_local.stages.extract.extract import BATCH
from tests.libraries import tree
from tests.many import write_runs
from tests.runs.test_session_resume import COMMAND, n_stored, wait_until_stored
from tests.zygote import Ended, Zygote


def interrupted(
    folder: Path, processes: Zygote, *signals: int, fault: str = "model:*:slow", n_before: int = 3
) -> Ended:
    """A run that gets *signals* when *n_before* of its units are stored."""
    write_runs(folder / "in", 100)
    pid = processes.start(*COMMAND, cwd=folder, fault=fault)
    wait_until_stored(folder, n_before)
    for number in signals:
        os.kill(pid, number)
        time.sleep(0.1)
    return processes.wait(pid)


def test_once_finishes_what_is_under_way_and_says_how_to_go_on(tmp_path: Path, processes: Zygote) -> None:
    ended = interrupted(tmp_path, processes, signal.SIGINT)
    stored = n_stored(tmp_path)
    assert ended.code == 130
    assert "Once more to stop now." in ended.err
    assert f"after {stored} of 101; what was done is kept" in ended.err
    assert "To go on: t2s distill in -o out --model none -q" in ended.err
    assert not (tmp_path / "out").exists()
    assert processes.run(*COMMAND, cwd=tmp_path).code == 0
    assert any(name.endswith("SKILL.md") for name in tree(tmp_path / "out"))


@pytest.mark.parametrize("signals", [(signal.SIGINT, signal.SIGINT), (signal.SIGTERM,)])
def test_twice_stops_now_even_where_a_unit_never_ends(
    tmp_path: Path, processes: Zygote, signals: tuple[int, ...]
) -> None:
    ended = interrupted(tmp_path, processes, *signals, fault=f"model:{BATCH + 5}:hang", n_before=5)
    assert ended.code == 130
    assert 5 <= n_stored(tmp_path) <= BATCH + 4
    assert "To go on: " in ended.err
    assert processes.run(*COMMAND, cwd=tmp_path).code == 0


def test_a_signal_between_two_runs_of_a_process_is_not_ours(tmp_path: Path, processes: Zygote) -> None:
    before = signal.getsignal(signal.SIGTERM)
    interrupted(tmp_path, processes, signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) is before


def test_how_long_finishing_takes_is_reckoned_from_the_pace_so_far() -> None:
    now = iter([100.0, 160.0, 160.0])
    underway = Underway(clock=lambda: next(now))
    assert underway.words() == "Finishing what is under way."
    underway.begin(5)
    assert underway.words() == "Finishing 5 items under way; none is finished yet, so nobody knows how long that takes."
    underway.end(2)
    assert underway.words() == "Finishing 3 items under way: about 90 s."
    underway.end(2)
    assert underway.words() == "Finishing 1 item under way: about 15 s."
