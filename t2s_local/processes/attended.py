"""Run a program of the user as if started without t2s: same streams, terminal, signals, environment and exit code."""

import errno
import os
import shutil
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from t2s_local.offline import program_let_through

NOT_FOUND, NOT_RUNNABLE, KILLED = 127, 126, 128
"""Exit codes as in shells: program not found, program not startable, and the base to which a signal is added."""
_PASSED_ON = frozenset({signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2})
_IGNORED_BY_PYTHON = (signal.SIGPIPE, signal.SIGXFSZ)


class Surroundings(NamedTuple):
    """Properties of this process that child programs inherit and that t2s changes for itself."""

    umask: int
    environment: dict[str, str]


class Attended(NamedTuple):
    """The end of a program: its exit code, signal or fault."""

    exit_code: int
    signal: int | None = None
    """Number of the signal that killed the program; None if no signal did."""
    fault: str | None = None
    """Reason why the program could not be started; None if it was started."""


_noted: list[Surroundings] = []


def note_surroundings() -> None:
    """Record umask and environment for programs of the user, before t2s changes them for itself."""
    mask = os.umask(0o077)
    os.umask(mask)
    _noted[:] = [Surroundings(mask, dict(os.environ))]


def surroundings() -> Surroundings:
    """Return umask and environment as recorded at the start of the process, or else the present ones."""
    if not _noted:
        note_surroundings()
    return _noted[0]


def attend(words: Sequence[str]) -> Attended:
    """Run a program and wait for its end; it shares the streams, the terminal and the process group of this process.

    Signals sent to this process alone are passed on; signals of the terminal reach the program directly.

    Args:
        words: The program, which is searched as in a shell, and its arguments.
    """
    around = surroundings()
    found = shutil.which(words[0], path=around.environment.get("PATH", os.defpath))
    if found is None:
        is_there = os.sep in words[0] and Path(words[0]).exists()
        code, fault = (NOT_RUNNABLE, "permission denied") if is_there else (NOT_FOUND, "command not found")
        return Attended(code, fault=fault)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {*_PASSED_ON, signal.SIGCHLD})
    mask = os.umask(around.umask)
    try:
        with program_let_through(Path(found)):
            program = os.posix_spawn(
                found, list(words), around.environment, setsigmask=before, setsigdef=_IGNORED_BY_PYTHON
            )
    except OSError as error:
        code = NOT_FOUND if error.errno == errno.ENOENT else NOT_RUNNABLE
        return Attended(code, fault=(error.strerror or str(error)).lower())
    else:
        return _waited(program)
    finally:
        os.umask(mask)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _waited(program: int) -> Attended:
    """Wait for the end of the process *program*, and pass signals on to it meanwhile."""
    while True:
        ended, status = os.waitpid(program, os.WNOHANG)
        if ended:
            code = os.waitstatus_to_exitcode(status)
            return Attended(code) if code >= 0 else Attended(KILLED - code, signal=-code)
        number, is_sent = _next_signal()
        if is_sent and number in _PASSED_ON:
            os.kill(program, number)


def _next_signal() -> tuple[int, bool]:
    """Wait for a signal; return its number, and whether a process sent the signal rather than the terminal."""
    wanted = {*_PASSED_ON, signal.SIGCHLD}
    if hasattr(signal, "sigwaitinfo"):
        found = signal.sigwaitinfo(wanted)
        return found.si_signo, found.si_code <= 0
    number = signal.sigwait(wanted)
    return number, number not in {signal.SIGINT, signal.SIGQUIT} or not os.isatty(0)
