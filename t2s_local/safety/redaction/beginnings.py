"""Search a text for many strings at once, in little memory, with a sorted table of their first eight bytes."""

from collections.abc import Iterator, Sequence

import numpy as np

WIDTH = 8
"""Least number of bytes of a string, and the number of its first bytes in the table."""
_BITS = 16


class Beginnings:
    """A table of strings to search for: about 100 bytes for each string; an expression of RE2 needs 40,000."""

    def __init__(self, values: Sequence[str]) -> None:
        """Make the table.

        Args:
            values: Texts of at least eight bytes.
        """
        self._endings: dict[bytes, set[bytes]] = {}
        for value in values:
            encoded = value.encode("utf-8", "surrogatepass")
            self._endings.setdefault(encoded[:WIDTH], set()).add(encoded)
        self._lengths = {
            start: sorted({len(value) for value in endings}, reverse=True) for start, endings in self._endings.items()
        }
        """Lengths, longest first, of the strings with the same first bytes: one look-up for each length."""
        words = np.frombuffer(b"".join(sorted(self._endings)), dtype="<u8")
        self._words = np.sort(words)
        self._is_known = np.zeros(1 << _BITS, dtype=bool)
        self._is_known[_hashed(words)] = True

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield start and end, in characters, of each place in *text* with one of the strings; the longest there."""
        data = text.encode("utf-8", "surrogatepass")
        before, start = 0, 0
        for place in self._candidates(data):
            found = self._longest(data, place)
            if found is not None:
                start += place - before if text.isascii() else _n_characters(data[before:place])
                before = place
                yield start, start + _n_characters(found)

    def _longest(self, data: bytes, place: int) -> bytes | None:
        """Return the longest string of the table that begins at *place* of *data*; None if there is none."""
        first = data[place : place + WIDTH]
        endings = self._endings[first]
        pieces = (data[place : place + length] for length in self._lengths[first])
        return next((piece for piece in pieces if piece in endings), None)

    def _candidates(self, data: bytes) -> list[int]:
        if len(data) < WIDTH:
            return []
        found: list[int] = []
        for offset in range(WIDTH):
            words = np.frombuffer(data, dtype="<u8", count=(len(data) - offset) // WIDTH, offset=offset)
            rows = np.flatnonzero(self._is_known[_hashed(words)])
            if rows.size:
                near = np.minimum(np.searchsorted(self._words, words[rows]), len(self._words) - 1)
                rows = rows[self._words[near] == words[rows]]
                found += (rows * WIDTH + offset).tolist()
        return sorted(found)


def _n_characters(data: bytes) -> int:
    return len(data.decode("utf-8", "surrogatepass"))


def _hashed(words: "np.typing.NDArray[np.uint64]") -> "np.typing.NDArray[np.uint64]":
    return (words * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(64 - _BITS)
