"""Rows for one call of llama.cpp, in arrays that are filled a chunk at a time."""

import ctypes
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Batch:
    """Rows for one call of llama.cpp: token, position, sequence, and whether the logits are computed."""

    def __init__(self, capacity: int) -> None:
        """Allocate arrays for *capacity* rows."""
        import llama_cpp
        import numpy as np

        self._token = np.zeros(capacity, np.int32)
        self._place = np.zeros(capacity, np.int32)
        self._sequence = np.zeros(capacity, np.int32)
        self._one = np.ones(capacity, np.int32)
        self._wanted = np.zeros(capacity, np.int8)
        self._pointers = self._sequence.ctypes.data + 4 * np.arange(capacity, dtype=np.uintp)
        self.struct = llama_cpp.llama_batch(
            n_tokens=0,
            token=_address(self._token, llama_cpp.llama_token),
            embd=None,
            pos=_address(self._place, llama_cpp.llama_pos),
            n_seq_id=_address(self._one, ctypes.c_int32),
            seq_id=_address(self._pointers, ctypes.POINTER(llama_cpp.llama_seq_id)),
            logits=_address(self._wanted, ctypes.c_int8),
        )
        self.n = 0

    def clear(self) -> None:
        """Remove all rows."""
        self.n = 0

    def add(self, tokens: Sequence[int], *, sequence: int, place: int, wanted: int) -> range:
        """Add *tokens* of one *sequence* at positions from *place* on; logits are computed for the last *wanted* rows.

        Returns:
            The rows whose logits are computed.
        """
        start, stop = self.n, self.n + len(tokens)
        self._token[start:stop] = tokens
        self._place[start:stop] = range(place, place + len(tokens))
        self._sequence[start:stop] = sequence
        self._wanted[start:stop] = 0
        self._wanted[stop - wanted : stop] = 1
        self.n = stop
        return range(stop - wanted, stop)

    def want(self, rows: Sequence[int]) -> None:
        """Request the logits of *rows* as well."""
        self._wanted[list(rows)] = 1


def _address(array: "NDArray[np.generic]", kind: type) -> object:
    return ctypes.cast(array.ctypes.data, ctypes.POINTER(kind))
