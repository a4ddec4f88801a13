"""The errors that are shown to the user, with their exit codes.

::

    T2SError                    1    any error that the user can cause or correct
    ├── UsageError              2    the command line is contradictory or names something unknown
    ├── InputError              3    an input cannot be read
    ├── ModelError              5    a model or the hardware cannot run it
    ├── NothingFoundError      10    the inputs contain nothing to work on
    ├── LockedError            11    another process has locked the workspace
    └── InterruptedRunError   130    stopped by the user; the run can be resumed

The number is the exit code of the command. A caller's bug raises ``ValueError``, never one of these.
"""

from pathlib import Path
from typing import ClassVar


class T2SError(Exception):
    """An error that the user can cause or correct; shown as one line without a traceback."""

    exit_code: ClassVar[int] = 1

    def __init__(
        self, message: str, *, path: Path | str | None = None, line: int | None = None, hint: str | None = None
    ) -> None:
        """Make an error with its place and advice.

        Args:
            message: One clause, lower case, no full stop.
            path: File or folder that the error is about.
            line: 1-based line in *path*.
            hint: Advice for the user, one sentence.
        """
        super().__init__(message)
        self.message = message
        self.path = path
        self.line = line
        self.hint = hint

    def __str__(self) -> str:
        """Return ``path:line: message``, without unknown parts."""
        if self.path is None:
            return self.message
        place = f"{self.path}" if self.line is None else f"{self.path}:{self.line}"
        return f"{place}: {self.message}"


class UsageError(T2SError):
    """The command line is contradictory, or names something that does not exist."""

    exit_code = 2


class InputError(T2SError):
    """An input file or folder cannot be read."""

    exit_code = 3


class ModelError(T2SError):
    """A model is missing or broken, or the hardware cannot run it."""

    exit_code = 5


class NothingFoundError(T2SError):
    """The inputs were read and contain nothing to work on."""

    exit_code = 10


class LockedError(T2SError):
    """Another process is writing to the workspace."""

    exit_code = 11


class InterruptedRunError(T2SError):
    """The user stopped the run; finished work is kept."""

    exit_code = 130
