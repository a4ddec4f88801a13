"""CPU time of the readers of two checkouts on the same files, taken in alternation: what a change costs."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

_READS = """
import json, sys, time
from pathlib import Path
from t2s_local import registry

files = json.loads(Path(sys.argv[1]).read_text())
known = registry.names("t2s_local.formats")
print(json.dumps([name for name, (reader, _) in files.items() if reader in known]), flush=True)
for line in sys.stdin:
    name, times = json.loads(line)
    reader, paths = registry.load("t2s_local.formats", files[name][0]), files[name][1]
    start = time.process_time()
    for _ in range(times):
        for path in paths:
            for item in reader.read(Path(path), source=path):
                pass
    print(time.process_time() - start, flush=True)
"""
"""Reads the files of a format so many times as it is told to, and answers with the CPU time it took."""
_LEAST_SECONDS = 0.03
"""CPU time below which a round says more about the clock than about reading."""


Work = tuple[str, Sequence[Path]]
"""A format, and files in it."""


class Readers:
    """The readers of one checkout, in a process of their own."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        """Ask *process*, which says first which formats it knows."""
        self._process = process
        self.names: frozenset[str] = frozenset(self._answer())

    def seconds(self, name: str, times: int) -> float:
        """CPU seconds, user and system, of reading the files of a format *times* times."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{json.dumps([name, times])}\n")
        self._process.stdin.flush()
        return float(self._answer())

    def _answer(self) -> "list[str] | float":
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())


def ratios(here: Path, there: Path, files: Mapping[str, Work], *, rounds: int) -> dict[str, float]:
    """Time of the readers in *here* over that of those in *there*, the median of alternating rounds.

    Args:
        here: A checkout.
        there: Another one; formats that it does not know are left out.
        files: What is read, by the name it is told under.
        rounds: How often each of the two reads everything.
    """
    with ExitStack() as stack:
        jobs = stack.enter_context(_jobs(files))
        ours, theirs = (stack.enter_context(_readers(root, jobs)) for root in (here, there))
        return {name: _ratio(ours, theirs, name, rounds) for name in files if name in theirs.names}


def _ratio(ours: Readers, theirs: Readers, name: str, rounds: int) -> float:
    first = min(theirs.seconds(name, 1), ours.seconds(name, 1), theirs.seconds(name, 1))
    times = max(1, round(_LEAST_SECONDS / max(first, 1e-6)))
    found = []
    for number in range(rounds):
        if number % 2:
            mine, before = ours.seconds(name, times), theirs.seconds(name, times)
        else:
            before, mine = theirs.seconds(name, times), ours.seconds(name, times)
        found.append(mine / before)
    return round(median(found), 3)


@contextmanager
def _jobs(files: Mapping[str, Work]) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "files.json")
        path.write_text(
            json.dumps({name: [reader, [str(file) for file in group]] for name, (reader, group) in files.items()})
        )
        yield path


@contextmanager
def _readers(root: Path, jobs: Path) -> Iterator[Readers]:
    process = subprocess.Popen(
        [sys.executable, "-c", _READS, str(jobs)],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield Readers(process)
        finally:
            process.stdin.close() if process.stdin else None
