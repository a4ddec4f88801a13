"""Every write, read and unit of work of a small run fails once: nothing stored is lost, and the next run is whole."""

import shutil
import signal
from pathlib import Path

import pytest

from tests.libraries import tree
from tests.many import write_runs
from tests.runs.test_session_resume import COMMAND, n_stored
from tests.zygote import Ended, Zygote

_MOST = 1000
"""Faults a loop tries before it gives up hope that a run passes without one."""
_EACH = 100
"""Calls of a run that fail one by one; of those behind them every second does: a run makes 250 writes."""


@pytest.fixture(scope="module")
def plain(processes: Zygote, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The skills of an undisturbed run of twelve trajectories."""
    folder = tmp_path_factory.mktemp("plain")
    write_runs(folder / "in", 12, a_file=6)
    assert processes.run(*COMMAND, cwd=folder).code == 0
    skills = tree(folder / "out")
    assert any(name.endswith("SKILL.md") for name in skills)
    return skills


def one_line(ended: Ended) -> bool:
    """Whether a command ended as it should when the system fails it: one line, no traceback."""
    return ended.code in {1, 3} and ended.err.count("Error: ") == 1 and "Traceback" not in ended.err


def faulted(folder: Path, processes: Zygote, fault: str, plain: dict[str, bytes]) -> bool:
    """Run into *fault*, then again without; says whether the fault happened."""
    write_runs(folder / "in", 12, a_file=6)
    ended = processes.run(*COMMAND, cwd=folder, fault=fault)
    if not ended.fired:
        assert ended.code == 0, ended.err
    elif ended.code:
        assert one_line(ended), (fault, ended)
    before = n_stored(folder)
    again = processes.run(*COMMAND, cwd=folder)
    assert again.code == 0, (fault, ended, again)
    assert n_stored(folder) >= before
    assert tree(folder / "out") == plain, fault
    return ended.fired


@pytest.mark.slow
@pytest.mark.parametrize(("call", "kinds"), [("write", ("ENOSPC", "EIO")), ("read", ("EIO",))])
def test_every_system_call_fails_once(
    tmp_path: Path, processes: Zygote, plain: dict[str, bytes], call: str, kinds: tuple[str, ...]
) -> None:
    for number in (*range(1, _EACH), *range(_EACH, _MOST, 2)):
        folder = tmp_path / str(number)
        folder.mkdir()
        if not faulted(folder, processes, f"{call}:{number}:{kinds[(number + number // 2) % len(kinds)]}", plain):
            break
        shutil.rmtree(folder)
    else:
        pytest.fail(f"{_MOST} faults, and no run without one")
    assert number > 20


@pytest.mark.parametrize("what", ["ENOSPC", "EIO"])
def test_a_disk_that_takes_nothing_is_one_line(
    tmp_path: Path, processes: Zygote, plain: dict[str, bytes], what: str
) -> None:
    assert faulted(tmp_path, processes, f"write:*:{what}", plain)


@pytest.mark.parametrize("number", range(1, 14))
def test_an_analyst_that_ends_the_process_costs_the_results_that_wait(
    tmp_path: Path, processes: Zygote, plain: dict[str, bytes], number: int
) -> None:
    write_runs(tmp_path / "in", 12, a_file=6)
    ended = processes.run(*COMMAND, cwd=tmp_path, fault=f"model:{number}:abort")
    assert ended.code == -signal.SIGABRT
    assert n_stored(tmp_path) <= number - 1  # results of code are stored together, ten times a second
    assert processes.run(*COMMAND, cwd=tmp_path).code == 0
    assert n_stored(tmp_path) == 13
    assert tree(tmp_path / "out") == plain
