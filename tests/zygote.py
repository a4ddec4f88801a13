"""Starts ``t2s`` processes quickly: one process imports everything once and forks a child for each command line.

Run as a module it is that process: it reads one order a line, and answers each with one line.
"""

import ctypes
import errno
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from t2s_local.code_digest import sources_digest
from t2s_local.ports.analyst import Analyst, Forecast
from t2s_local.registry import names
from t2s_local.safety.redaction.rules import shipped_rules
from t2s_local.values.funnel import Loss
from t2s_local.values.lesson import Extraction, Unit
from t2s_local.values.trajectory import Slice

_ROOT = Path(__file__).parents[1]
_PRELOADED = (
    *("faiss", "hdbscan", "scipy.spatial.distance", "scipy.cluster.hierarchy", "tokenizers"),
    *("t2s_local.cli.distill", "t2s_local.cli.runs", "t2s_local.cli.review"),
    *("t2s_local.analysts.mined", "t2s_local.writers.template"),
    *("t2s_local.clusterers.auto", "t2s_local.embedders.static", "t2s_local.executors.local"),
    *(f"t2s_local.formats.{name}" for name in names("t2s_local.formats")),
)
"""Modules that every command would load by itself: loaded once, before the first fork."""
_CLASSES = {"write": 1, "read": 2}


class Ended(NamedTuple):
    """What a command left behind."""

    code: int
    """As a shell sees it; minus the number of a signal that killed it."""
    out: str
    err: str
    fired: bool
    """Whether the fault happened."""


class Zygote:
    """The process that forks; made by :func:`zygote`."""

    def __init__(self, process: "subprocess.Popen[str]", folder: Path) -> None:
        self._process = process
        self._folder = folder
        self._number = 0

    def start(self, *words: str | Path, cwd: Path, fault: str | None = None) -> int:
        """Begin ``t2s`` with these words; gives the process id.

        *fault* is ``write:17:ENOSPC``, ``write:*:EIO``, ``read:9:EIO`` for files below *cwd*, ``write:4:SIGKILL`` for a
        signal in place of the call, or ``model:3:abort``, ``model:5:hang``, ``model:*:slow``.
        """
        self._number += 1
        base = self._folder / str(self._number)
        return int(self._ask({"words": [*map(str, words)], "cwd": str(cwd), "fault": fault, "base": str(base)}))

    def wait(self, pid: int) -> Ended:
        """Wait for the end of a process that was started."""
        status, base = self._ask({"wait": pid})
        read = {name: Path(f"{base}.{name}") for name in ("out", "err", "fired")}
        return Ended(status, read["out"].read_text(), read["err"].read_text(), read["fired"].exists())

    def run(self, *words: str | Path, cwd: Path, fault: str | None = None) -> Ended:
        """Start and wait."""
        return self.wait(self.start(*words, cwd=cwd, fault=fault))

    def _ask(self, order: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())


@contextmanager
def zygote(folder: Path) -> Iterator[Zygote]:
    """Start the forking process; its children write below *folder*."""
    shim = folder / "faults.so"
    source = Path(__file__).with_name("faults.c")
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-w", "-o", shim, source, "-ldl"], check=True)
    environment = {
        **os.environ,
        "LD_PRELOAD": str(shim),
        "PYTHONPATH": str(_ROOT),
        "OMP_NUM_THREADS": "1",
        "XDG_CONFIG_HOME": str(folder / "config"),
        "XDG_CACHE_HOME": str(folder / "cache"),
    }
    command = [sys.executable, "-m", "tests.zygote", str(shim)]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment, cwd=_ROOT
    )
    with process:
        try:
            yield Zygote(process, folder)
        finally:
            process.kill()


class Faulty:
    """An analyst that fails at its n-th unit of work, or takes its time over each."""

    def __init__(self, analyst: Analyst, n: int, what: str) -> None:
        self.name = analyst.name
        self.version = analyst.version
        self.asks_model = analyst.asks_model
        self._analyst = analyst
        self._n = n
        self._what = what

    def plan(self, slices: Sequence[Slice]) -> Sequence[Unit]:
        return self._analyst.plan(slices)

    def weigh(self, units: Sequence[Unit]) -> Sequence[Unit]:
        return self._analyst.weigh(units)

    def forecast(self, sizes: Sequence[int]) -> Forecast:
        return self._analyst.forecast(sizes)

    def advice(self, n_lessons: int, losses: Sequence[Loss]) -> str | None:
        return self._analyst.advice(n_lessons, losses)

    def analyse(self, units: Iterable[Unit]) -> Iterator[tuple[Unit, Extraction]]:
        for number, (unit, found) in enumerate(self._analyst.analyse(units), 1):
            if self._what == "slow":
                time.sleep(0.02)
            elif number == self._n:
                Path("fired").touch()
                if self._what == "abort":
                    os.abort()
                while True:
                    time.sleep(60)
            yield unit, found


def _serve(shim: str) -> None:
    """Take orders until there are no more."""
    for name in _PRELOADED:
        import_module(name)
    shipped_rules()
    sources_digest("t2s_local.analysts.mined")
    library = ctypes.CDLL(shim)
    bases: dict[int, str] = {}
    for line in sys.stdin:
        order = json.loads(line)
        if "wait" in order:
            _, status = os.waitpid(order["wait"], 0)
            answer: object = [os.waitstatus_to_exitcode(status), bases.pop(order["wait"])]
        else:
            pid = os.fork()
            if not pid:
                _become(order, library)
            bases[pid] = order["base"]
            answer = pid
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _become(order: dict[str, Any], library: ctypes.CDLL) -> None:
    """Be the command; never returns."""
    from t2s_local.cli import main

    signal.signal(signal.SIGINT, signal.default_int_handler)
    for name, number in (("out", 1), ("err", 2)):
        os.dup2(os.open(f"{order['base']}.{name}", os.O_WRONLY | os.O_CREAT, 0o600), number)
    os.chdir(order["cwd"])
    code = 70
    kind, at, what = (order["fault"] or "none:0:").split(":")
    n = 0 if at == "*" else int(at)
    try:
        if kind in _CLASSES:
            library.fault_arm(_CLASSES[kind], n, _number(what), order["cwd"].encode())
        elif kind == "model":
            _wrap_analyst(n, what)
        main(order["words"])
    except SystemExit as ended:
        code = int(ended.code or 0)
    finally:
        fired = library.fault_fired()
        library.fault_arm(0, 0, 0, b"")
        if fired:
            Path(f"{order['base']}.fired").touch()
        sys.stdout.flush()
        sys.stderr.flush()
        if code == 70:
            sys.excepthook(*sys.exc_info())
        os._exit(code)


def _number(what: str) -> int:
    """The number of an error; of a signal, its number with a minus."""
    return -int(signal.Signals[what]) if what.startswith("SIG") else int(getattr(errno, what))


def _wrap_analyst(n: int, what: str) -> None:
    """Let every command of this process use a faulty analyst."""
    from t2s_local.analysts import mined

    load = mined.load
    mined.load = lambda: Faulty(load(), n, what)  # type: ignore[assignment,return-value]  # another class, same port


if __name__ == "__main__":
    _serve(sys.argv[1])
