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
_MARK, _OBJECT = 64, 192
"""Bytes of Python for an item and for an object."""
_PIECE = 64
"""Bytes that a piece of JSON takes beside its text while it waits to be weighed."""
_MOST = 87
"""Bytes that a byte of JSON takes at most: ``{},`` is the densest there is."""

_STEP = 8 << 10
"""Bytes that a step counts for, with the work it makes later; a recorded one has hundreds of bytes in its file."""
_RUN, _DONE_STEP = 8 << 10, 2 << 10
"""Bytes that a trajectory and each of its steps count for once they are read, with the work they make later."""


def weight(data: bytes) -> int:
    """Bytes that JSON takes once it is decoded, roughly and rather too many."""
    return len(data) + _MARK * (data.count(b",") + data.count(b"[")) + _OBJECT * data.count(b"{")


class Budget:
    """Memory that one file has taken so far."""

    def __init__(self, path: Path) -> None:
        """Begin with nothing taken of what *path* may take."""
        self._path = path
        self._limit: int | None = None
        """Bytes that the file may take, where it was looked up."""
        self._held = 0
        self._kept = 0
        self._unweighed: list[bytes] = []
        self._n_unweighed = 0

    def is_enough_for(self, size: int) -> bool:
        """Return whether *size* bytes of JSON are surely not too much, whatever is in them."""
        return size * _MOST + self._held + self._kept <= LEAST

    def hold(self, size: int) -> None:
        """Count *size* bytes that a trajectory in the making takes.

        Raises:
            InputError: that is more than the file may take.
        """
        self._held += size
        self._check()

    def hold_json(self, data: bytes) -> None:
        """Count what *data* takes once it is decoded; weighed only where it could be too much, as most never is.

        Raises:
            InputError: that is more than the file may take.
        """
        self._unweighed.append(data)
        self._n_unweighed += len(data) + _PIECE
        if not self.is_enough_for(self._n_unweighed):
            size = sum(map(weight, self._unweighed))
            self._forget_unweighed()
            self.hold(size)

    def _forget_unweighed(self) -> None:
        self._unweighed.clear()
        self._n_unweighed = 0

    def keep_run(self, n_steps: int) -> None:
        """Count a trajectory of *n_steps* that is done: what it was made of goes, a little of it stays.

        Raises:
            InputError: it has more steps than it may, or the file more trajectories.
        """
        self._held = n_steps * _STEP
        self._check()
        self._held = 0
        self._forget_unweighed()
        self._kept += _RUN + n_steps * _DONE_STEP
        if self._is_spent():
            message = "holds more trajectories and steps than a file of its size; those before are read"
            raise InputError(message, path=self._path)

    def _check(self) -> None:
        if self._is_spent():
            message = f"takes more than {self._most() >> 20} MB of memory, which is too much for its size"
            raise InputError(message, path=self._path)

    def _is_spent(self) -> bool:
        taken = self._held + self._kept
        return taken > LEAST and taken > self._most()

    def _most(self) -> int:
        if self._limit is None:
            self._limit = limit_of(self._path)
        return self._limit


def limit_of(path: Path) -> int:
    """Bytes of memory that a file may take."""
    try:
        return max(LEAST, _TIMES * path.stat().st_size)
    except OSError:
        return LEAST


def fits(path: Path, data: bytes) -> bool:
    """Return whether *path* may take what *data* takes once it is decoded, with nothing else beside it."""
    return len(data) * _MOST <= LEAST or weight(data) <= limit_of(path)


_OPEN: dict[Path, Budget] = {}
"""Budgets of the files that are being read, so that readers need not hand them on."""


def open_budget(path: Path) -> Budget:
    """Begin to count for *path*; until :func:`close_budget` all that is held of it counts."""
    _OPEN[path] = Budget(path)
    return _OPEN[path]


def close_budget(path: Path) -> None:
    """Count no more for *path*."""
    _OPEN.pop(path, None)


def budget_of(path: Path) -> Budget:
    """Return the budget of *path*, a new one where it is not being read by :func:`open_budget`."""
    return _OPEN.get(path) or Budget(path)
