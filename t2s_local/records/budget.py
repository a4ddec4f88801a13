"""Memory that one file may take, counted by what is held of it and not by its pieces.

Counted are estimates from the text, before anything is decoded, so that the same file is refused on every machine. A
file of a few megabytes gets half a gigabyte; a larger one as much as recordings of its size ever take.
"""

from pathlib import Path

from t2s_local.errors import InputError

LEAST = 512 << 20
"""Bytes that a file may take, however small it is."""
_TIMES = 60
"""Bytes that a file may take for each of its own: packed logs unpack to about as many."""
_MARK, _OBJECT, _RUN = 64, 192, 2000
"""Bytes of Python for an item, for an object, and for all that is held of a trajectory once it is read."""


def weight(data: bytes) -> int:
    """Bytes that JSON takes once it is decoded, roughly and rather too many."""
    return len(data) + _MARK * (data.count(b",") + data.count(b"[")) + _OBJECT * data.count(b"{")


class Budget:
    """What one file has taken so far."""

    def __init__(self, path: Path) -> None:
        """Begin with nothing taken of what *path* may take."""
        self._path = path
        self._limit = limit_of(path)
        self._held = 0
        self._kept = 0

    def hold(self, size: int) -> None:
        """Count *size* bytes that a trajectory in the making takes.

        Raises:
            InputError: that is more than the file may take.
        """
        self._held += size
        self._check()

    def keep_run(self) -> None:
        """Count a trajectory that is done: what it was made of goes, a little of it stays.

        Raises:
            InputError: the file has more of them than it may.
        """
        self._held = 0
        self._kept += _RUN
        self._check()

    def _check(self) -> None:
        if self._held + self._kept > self._limit:
            message = f"takes more than {self._limit >> 20} MB of memory, which is too much for its size"
            raise InputError(message, path=self._path)


def limit_of(path: Path) -> int:
    """Bytes of memory that a file may take."""
    try:
        return max(LEAST, _TIMES * path.stat().st_size)
    except OSError:
        return LEAST


_OPEN: dict[Path, Budget] = {}
"""Budgets of the files that are being read, so that readers need not hand them on."""


def open_budget(path: Path) -> Budget:
    """Begin to count for *path*; until :func:`close_budget` all that is held of it counts."""
    _OPEN[path] = Budget(path)
    return _OPEN[path]


def close_budget(path: Path) -> None:
    """Count no more for *path*."""
    _OPEN.pop(path, None)


def hold(path: Path, size: int) -> None:
    """Count *size* bytes for *path* where it is being read.

    Raises:
        InputError: that is more than the file may take.
    """
    budget = _OPEN.get(path)
    (budget or Budget(path)).hold(size)
