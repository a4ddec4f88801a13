"""Memory budget of one input file, counted from the sizes of its records before they are decoded.

The counts are estimates from the text, so that the same file is refused on every machine. A file of up to 8 MB
may use half a gigabyte; a larger file may use 60 times its size, as much as recordings of its size ever need.
"""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from t2s_local.errors import InputError

LEAST = 512 << 20
"""Bytes of memory that any file may use, however small it is."""
_TIMES = 60
"""Bytes of memory allowed per byte of the file; packed logs unpack to about 60 times their size."""
_MARK, _OBJECT = 64, 192
"""Bytes of Python memory for one item and for one object."""
_PIECE = 64
"""Bytes of memory for a JSON text, in addition to its length, until the memory of its decoded value is estimated."""
_MOST = 87
"""Largest number of bytes of memory for one byte of JSON: ``{},`` is the densest JSON there is."""

_STEP = 8 << 10
"""Bytes counted for a step and its later processing; a recorded step has hundreds of bytes in its file."""
_RUN, _DONE_STEP = 8 << 10, 2 << 10
"""Bytes counted for a finished trajectory and for each of its steps, with their later processing."""

MOST_SEARCHED = 2_000_000
"""Values that the search for unknown layouts may visit in one named file, about ten seconds of work; in a larger file,
one for each of its bytes."""
_LOOK = 8
"""Bytes at the start of a file that count as one visited value, if the first search of them finds no run."""


def weight(data: bytes) -> int:
    """Return roughly how many bytes decoded JSON needs, estimated rather too high."""
    return len(data) + _MARK * (data.count(b",") + data.count(b"[")) + _OBJECT * data.count(b"{")


class Budget:
    """Counter of the memory that one file has used so far."""

    def __init__(self, path: Path) -> None:
        """Start at zero for *path*."""
        self._path = path
        self._limit: int | None = None
        """Bytes that the file may use; None until they are looked up."""
        self._held = 0
        self._kept = 0
        self._unweighed: list[bytes] = []
        self._n_unweighed = 0
        self._n_searched = 0
        self.n_unsearched = 0
        """Number of members of an archive in which no layout was searched for, because that would take too long."""

    def count_search(self, n_values: int) -> None:
        """Count *n_values* visited in search of a layout."""
        self._n_searched += n_values

    def may_search(self) -> bool:
        """Return whether the number of visited values still allows a search for a layout in the file."""
        return self._n_searched <= MOST_SEARCHED or self._n_searched <= _size_of(self._path)

    def is_enough_for(self, size: int) -> bool:
        """Return whether *size* more bytes of JSON fit in the smallest budget, whatever their content."""
        return size * _MOST + self._held + self._kept <= LEAST

    def hold(self, size: int) -> None:
        """Count *size* bytes for the trajectory that is being read.

        Raises:
            InputError: the file uses more than it may.
        """
        self._held += size
        self._check()

    def hold_json(self, data: bytes) -> None:
        """Count the memory that *data* needs once decoded; the estimate is made only if the limit could be exceeded.

        Raises:
            InputError: the file uses more than it may.
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
        """Count a finished trajectory of *n_steps*: release its raw records and keep a small amount for the result.

        Raises:
            InputError: the trajectory has too many steps, or the file too many trajectories.
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
    """Return the memory in bytes that a file may use."""
    return max(LEAST, _TIMES * _size_of(path))


def _size_of(path: Path) -> int:
    """Return the size of a file in bytes; 0 if it cannot be looked up."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def fits(path: Path, data: bytes) -> bool:
    """Return whether the budget of *path* covers *data* once decoded, if nothing else is in memory."""
    return len(data) * _MOST <= LEAST or weight(data) <= limit_of(path)


_OPEN: dict[Path, Budget] = {}
"""Budgets of the files that are being read, so that readers need not pass them as arguments."""


def open_budget(path: Path) -> Budget:
    """Start a budget for *path*; readers of *path* count towards it until :func:`close_budget`."""
    _OPEN[path] = Budget(path)
    return _OPEN[path]


def close_budget(path: Path) -> None:
    """Remove the budget of *path*."""
    _OPEN.pop(path, None)


def budget_of(path: Path) -> Budget:
    """Return the budget of *path*; a new one if :func:`open_budget` was not called for it."""
    return _OPEN.get(path) or Budget(path)


def count_search(n_values: int) -> None:
    """Count *n_values* that were visited in search of a layout, for the named file that is being read."""
    for budget in _named():
        budget.count_search(n_values)


def count_look(data: bytes) -> None:
    """Count the first search of *data*, the start of a file in which no run was found, as one value per 8 bytes."""
    count_search(len(data) // _LOOK)


def may_search() -> bool:
    """Return whether a layout may still be searched for in the named file that is being read, or in its members."""
    return all(budget.may_search() for budget in _named())


def count_unsearched() -> None:
    """Count the file that is being read as not searched for a layout, if the file is a member of an archive."""
    if len(_OPEN) > 1:
        for budget in _named():
            budget.n_unsearched += 1


def _named() -> Iterator[Budget]:
    """Yield the budget that was opened first: that of the archive, if its members are being read."""
    yield from islice(_OPEN.values(), 1)
