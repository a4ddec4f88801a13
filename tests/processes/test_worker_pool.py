"""Processes that work side by side."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from t2s_local.errors import InterruptedRunError
from t2s_local.processes.worker_pool import Done, Lost, WorkerPool
from tests.hands import MODULE, Die, Say

ALONE = f"""
import time
from t2s_local.processes.worker_pool import WorkerPool
from tests.hands import Say
crew = WorkerPool({MODULE!r}, "brief", 2)
for _, answer in crew.work([Say()] * 4, lambda: None):
    print(answer, flush=True)
time.sleep(60)
"""


@pytest.fixture
def crew() -> Iterator[WorkerPool]:
    """Two processes."""
    with closing(WorkerPool(MODULE, "brief", 2)) as two:
        yield two


def go_on() -> None:
    """Nobody wants to stop."""


def results(crew: WorkerPool, tasks: list[object]) -> dict[int, object]:
    return {number: answer.result for number, answer in crew.work(tasks, go_on) if isinstance(answer, Done)}


def test_every_task_is_done_and_says_so_last(crew: WorkerPool) -> None:
    answers = list(crew.work([Say()] * 5, go_on))
    for task in range(5):
        pid, done = (answer for number, answer in answers if number == task)
        assert isinstance(pid, int)
        assert done == Done(("brief",))


def test_a_slow_task_does_not_keep_the_others_waiting(crew: WorkerPool) -> None:
    order = [number for number, answer in crew.work([Say(1.0), Say(), Say(), Say()], go_on) if isinstance(answer, Done)]
    assert order[-1] == 0


def test_all_of_them_hear_the_news_those_that_come_later_too(crew: WorkerPool, tmp_path: Path) -> None:
    crew.tell("news")
    assert set(results(crew, [Say(0.1)] * 4).values()) == {("brief", "news")}
    assert results(crew, [Die(str(tmp_path), 1)]) == {0: "survived"}
    assert set(results(crew, [Say(0.1)] * 4).values()) == {("brief", "news")}


def test_the_task_of_a_process_that_died_is_done_again_from_its_beginning(crew: WorkerPool, tmp_path: Path) -> None:
    answers = [answer for _, answer in crew.work([Die(str(tmp_path), 2)], go_on)]
    assert answers == ["begun", "begun", "begun", Done("survived")]


def test_a_task_that_ends_one_process_after_the_other_is_given_up_and_the_others_are_done(
    crew: WorkerPool, tmp_path: Path
) -> None:
    answers = list(crew.work([Die(str(tmp_path), 9), Say(), Say()], go_on))
    assert [answer for number, answer in answers if number == 0] == [*["begun"] * 3, Lost(3)]
    assert len(list(tmp_path.iterdir())) == 3
    assert {number for number, answer in answers if isinstance(answer, Done)} == {1, 2}


def test_who_wants_to_stop_is_heard_while_they_work(crew: WorkerPool) -> None:
    since = time.monotonic()

    def stop() -> None:
        if time.monotonic() - since > 0.3:
            raise InterruptedRunError("stopped")

    with pytest.raises(InterruptedRunError):
        list(crew.work([Say(60.0)] * 2, stop))
    assert time.monotonic() - since < 10


def test_they_end_when_the_one_they_work_for_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", ALONE], stdout=subprocess.PIPE, text=True) as boss:
        assert boss.stdout is not None
        pids = {int(line) for line in (boss.stdout.readline() for _ in range(8)) if line.strip().isdigit()}
        assert pids
        boss.send_signal(signal.SIGKILL)
        boss.wait()
    until = time.monotonic() + 10
    while any(map(_lives, pids)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(map(_lives, pids))


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
