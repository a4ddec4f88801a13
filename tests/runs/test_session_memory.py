"""Memory does not grow with the steps of the input."""

import json
from pathlib import Path

import pytest

from tests.many import records
from tests.zygote import Zygote

_WORDS = ("--model", "none", "-q")


def peak(folder: Path, processes: Zygote, name: str, n: int) -> int:
    """Megabytes that a run over *n* trajectories of 100 kB takes at the most."""
    (folder / name).mkdir()
    with (folder / name / "runs.jsonl").open("w") as stream:
        stream.writelines(json.dumps(record) + "\n" for record in records(n, filler=100_000))
    command = ("distill", name, "-o", f"{name}-out", *_WORDS, "--workspace", f"{name}-w")
    ended = processes.run(*command, cwd=folder)
    assert ended.code == 0, ended.err
    shown = json.loads(processes.run("runs", "show", "--json", "--workspace", f"{name}-w", cwd=folder).out)
    assert shown["funnel"]["trajectories"] == n
    return int(shown["peak_mb"])


@pytest.mark.slow
def test_twice_the_input_takes_no_more_memory(tmp_path: Path, processes: Zygote) -> None:
    once, twice = peak(tmp_path, processes, "once", 1000), peak(tmp_path, processes, "twice", 2000)
    assert once < 500
    assert twice < once + 40
