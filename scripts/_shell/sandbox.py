"""Run a shell command of a model in bubblewrap: no network, read-only root, limits on time, memory and processes."""

import contextlib
import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import NamedTuple

import psutil

SECONDS = 5.0
"""Wall time and CPU time of a command."""
PROCESSES = 32
"""Largest number of processes of a command at a time: counted from outside, since limits do not bind a root user."""
MEGABYTES = 500
"""Largest memory of all processes of a command together, and address space of each."""
FILE_BLOCKS = 2048
"""Largest file in blocks of 512 bytes."""
LONGEST = 4000
"""Number of characters of an output that are kept."""


class Output(NamedTuple):
    """Output of a command."""

    text: str
    """stdout, then stderr."""
    stopped: str | None
    """Limit for which the command was ended; None if it ended by itself."""


def missing() -> str | None:
    """Return the reason why no command can be run here; None if commands can be run."""
    if shutil.which("bwrap") is None:
        return "bubblewrap is not installed"
    tried = subprocess.run([*_bwrap(Path("/")), "true"], capture_output=True, check=False)
    return None if tried.returncode == 0 else f"bubblewrap cannot run here: {tried.stderr.decode().strip()}"


def run(command: str, folder: Path) -> Output:
    """Run *command* with ``sh`` in *folder*, the only place of the disk that it may write to."""
    amounts = {"t": max(1, round(SECONDS)), "f": FILE_BLOCKS, "v": MEGABYTES * 1024, "c": 0}
    limits = " && ".join(f"ulimit -{letter} {amount}" for letter, amount in amounts.items())
    said = folder.parent / f"{folder.name}.out"
    with said.open("wb") as stream:
        process = subprocess.Popen(
            [*_bwrap(folder), "sh", "-c", f'{limits} && exec sh -c "$1"', "sh", command],
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "HOME": "/tmp"},
        )
        try:
            stopped = _watched(process, said)
        finally:
            process.kill()
            process.wait()
    text = said.read_bytes()[: LONGEST * 4].decode("utf-8", "replace")[:LONGEST]
    said.unlink()
    return Output(text, stopped)


def _bwrap(folder: Path) -> list[str]:
    """Return the command line that begins a sandbox; its end ends every process in it."""
    home = [] if folder == Path("/") else ["--bind", str(folder), "/tmp/work", "--chdir", "/tmp/work"]
    hidden = [part for place in ("/root", "/home", "/run") if Path(place).is_dir() for part in ("--tmpfs", place)]
    places = ["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", *hidden, "--tmpfs", "/tmp"]
    return ["bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--as-pid-1", *places, *home, "--"]


def _watched(process: "subprocess.Popen[bytes]", said: Path) -> str | None:
    """Wait for the end of a command; return the limit that it passed, None if it ended by itself."""
    until = time.monotonic() + SECONDS
    while process.poll() is None:
        if time.monotonic() > until:
            return "time"
        below: list[psutil.Process] = []
        with contextlib.suppress(psutil.Error):
            below = psutil.Process(process.pid).children(recursive=True)
        if len(below) > PROCESSES:
            return "processes"
        used = 0
        for one in below:
            with contextlib.suppress(psutil.Error):
                used += one.memory_info().rss
        if used > MEGABYTES << 20:
            return "memory"
        time.sleep(0.01)
    return "output" if said.stat().st_size >= FILE_BLOCKS * 512 else None
