"""``t2s`` on a terminal of its own, with somebody who reads what it shows before typing."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from tests.places import ROOT

PATIENCE = 60.0
"""Seconds that a command may take to show what is waited for."""
_TAKE_TERMINAL = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"
)
"""Make the terminal the one whose keys reach the process, and become the command."""
_REACTION = 0.5
"""Seconds a person needs for Ctrl-C: between showing a prompt and reading the answer Python loses the signal."""
QUESTION = "\n> "
CTRL_C, CTRL_D = "\x03", "\x04"


class Terminal:
    """A command under way on a terminal; it is ended at the latest when the block is left."""

    def __init__(
        self,
        *words: str | Path,
        cwd: Path,
        columns: int = 100,
        rows: int = 40,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Start ``t2s`` with *words* in a window of so many *columns* and *rows*."""
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        variables = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
        self.process = subprocess.Popen(
            [sys.executable, "-c", _TAKE_TERMINAL, sys.executable, "-m", "t2s_local", *map(str, words)],
            cwd=cwd,
            env={**variables, "PYTHONPATH": str(ROOT), "TERM": "dumb", **(environment or {})},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        self.shown = ""
        self._seen = 0

    def wait_for(self, text: str) -> None:
        """Read until *text* is shown after what was waited for before."""
        until = time.monotonic() + PATIENCE
        while (at := self.shown.find(text, self._seen)) < 0:
            if not self._read(until):
                message = f"{text!r} was not shown in:\n{self.shown}"
                raise AssertionError(message)
        self._seen = at + len(text)

    def press(self, text: str) -> None:
        """Type *text*; a control character acts as on a keyboard."""
        if text == CTRL_C:
            time.sleep(_REACTION)
        os.write(self._ours, text.encode())

    def answer(self, text: str, *, to: str = QUESTION) -> None:
        """Wait for a question, and type an answer with Enter; a control character without."""
        self.wait_for(to)
        self.press(text if text in (CTRL_C, CTRL_D) else f"{text}\n")

    def ended(self) -> int:
        """Read to the end, and return the exit code."""
        until = time.monotonic() + PATIENCE
        while self._read(until):
            pass
        return self.process.wait(timeout=PATIENCE)

    @property
    def text(self) -> str:
        """Everything that was shown, with single spaces: it is filled to the width of the window."""
        return " ".join(self.shown.split())

    def _read(self, until: float) -> bool:
        """Read what is there; False at the end or when patience is over."""
        if not select.select([self._ours], [], [], max(until - time.monotonic(), 0.0))[0]:
            return False
        try:
            part = os.read(self._ours, 65536)
        except OSError:
            return False
        self.shown += part.decode("utf-8", "replace").replace("\r\n", "\n")
        return bool(part)

    def __enter__(self) -> Self:
        """Return the terminal itself."""
        return self

    def __exit__(self, *exc: object) -> None:
        """End the command where it still runs."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        os.close(self._ours)
