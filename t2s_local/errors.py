"""The error tree.

::

    T2SError                    1    anything the user can cause or mend
    ├── UsageError              2    the command cannot mean what it says
    ├── InputError              3    an input cannot be read
    ├── ModelError              5    a model or the hardware cannot run it
    ├── NothingFoundError      10    the inputs hold nothing to work on
    ├── LockedError            11    another process holds the workspace
    └── InterruptedRunError   130    stopped by the user; the run can be resumed

The number is the exit code of the command. A caller's bug raises ``ValueError``, never one of these.
"""

from pathlib import Path
from typing import ClassVar


class T2SError(Exception):
    """Something the user can cause or mend; shown as one line without a traceback."""

    exit_code: ClassVar[int] = 1

    def __init__(
        self, message: str, *, path: Path | str | None = None, line: int | None = None, hint: str | None = None
    ) -> None:
        """Say what went wrong and where.

        Args:
            message: One clause, lower case, no full stop.
            path: The file it happened in.
            line: 1-based line in *path*.
            hint: What to do next, one sentence.
        """
        super().__init__(message)
        self.message = message
        self.path = path
        self.line = line
        self.hint = hint

    def __str__(self) -> str:
        """``path:line: message``, the parts that are known."""
        if self.path is None:
            return self.message
        place = f"{self.path}" if self.line is None else f"{self.path}:{self.line}"
        return f"{place}: {self.message}"


class UsageError(T2SError):
    """The command line asks for something that cannot be meant."""

    exit_code = 2


class InputError(T2SError):
    """An input file or folder cannot be read."""

    exit_code = 3


class ModelError(T2SError):
    """A model is missing or broken, or the hardware cannot run it."""

    exit_code = 5


class NothingFoundError(T2SError):
    """The inputs were read and hold nothing to work on."""

    exit_code = 10


class LockedError(T2SError):
    """Another process is writing to the workspace."""

    exit_code = 11


class InterruptedRunError(T2SError):
    """The user stopped the run; what was done is kept."""

    exit_code = 130
