"""Pack unit vectors into 8 bits a number, a quarter of their size.

On drawn texts of 1 to 320 words, some of which repeat one word up to 200 times, a cosine changed by less than .005 with
the static embedder and by less than .01 with the hashing embedder, whose vectors have few large numbers; on average by
less than .001 and .0015. These are figures measured, no limits that the rounding itself sets.

An index of a thousand skills has some 14,000 vectors, which are read, checked and compared for every task.
"""

from typing import TYPE_CHECKING

import msgspec
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from t2s_local.vectors.matrix import FloatMatrix

_LARGEST = 127
_SCALE = 4
"""Number of bytes of the scale, which is stored before the numbers of each row."""
_CHUNK = 256
"""Number of rows that are unpacked at once: one thread multiplies so few; starting threads needs ten times longer."""


class PackedRows(msgspec.Struct, frozen=True, kw_only=True):
    """Vectors of unit length in 8 bits a number."""

    numbers: "NDArray[np.int8]"
    """Shape ``(n, d)``."""
    scales: "NDArray[np.float32]"
    """Factor of each row, shape ``(n,)``."""

    def cosines(self, vector: "FloatMatrix") -> "FloatMatrix":
        """Return the cosines of the rows with the unit *vector* of shape ``(d,)``, as an array of shape ``(n,)``."""
        found = np.empty(len(self.numbers), np.float32)
        for start in range(0, len(found), _CHUNK):
            np.dot(self.numbers[start : start + _CHUNK].astype(np.float32), vector, out=found[start : start + _CHUNK])
        return found * self.scales

    def unpacked(self, which: "NDArray[np.bool_] | slice" = slice(None)) -> "FloatMatrix":
        """Return the rows that *which* selects as numbers of 32 bits, shape ``(k, d)``."""
        rows: FloatMatrix = self.numbers[which].astype(np.float32) * self.scales[which, None]
        return rows


def pack(vectors: "FloatMatrix") -> list[bytes]:
    """Return each row of *vectors*, shape ``(n, d)``, as bytes."""
    scales = (np.abs(vectors).max(axis=1, initial=0.0) / _LARGEST).astype(np.float32)
    numbers = np.rint(vectors / np.where(scales > 0, scales, 1)[:, None]).astype(np.int8)
    return [scale.tobytes() + row.tobytes() for scale, row in zip(scales, numbers, strict=True)]


def packed_rows(data: bytes | memoryview, dimensions: int) -> PackedRows:
    """Return the rows whose bytes were joined to *data*."""
    rows = np.frombuffer(data, np.uint8).reshape(-1, _SCALE + dimensions)
    scales = np.ascontiguousarray(rows[:, :_SCALE]).view(np.float32).reshape(-1)
    return PackedRows(numbers=rows[:, _SCALE:].view(np.int8), scales=scales)


def rows_of(data: bytes, dimensions: int) -> "FloatMatrix":
    """Return the rows whose bytes were joined to *data*, shape ``(n, dimensions)``, float32."""
    return packed_rows(data, dimensions).unpacked()
