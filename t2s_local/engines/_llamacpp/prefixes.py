"""Prefixes that many requests share, evaluated once.

A slot is given the saved state of its prefix (28 layers of 8 x 128 keys and values are 117 MB for 1,024 tokens, put
back in 0.01 s on a CPU), or in a unified cache a view of it. The numbers are exactly those of evaluating it there.
"""

import ctypes
from collections import OrderedDict
from collections.abc import Callable

from t2s_local.engines._llamacpp.llama import Context

_MIN_TOKENS = 16
"""Shorter prefixes are not worth a copy."""
_KEPT_BYTES = 1 << 30
"""Saved states are held up to this size, the oldest go first; the last one always stays."""


class Prefixes:
    """The shared prefixes of one context."""

    def __init__(self, context: Context, *, unified: bool) -> None:
        """Share by copy, or where the cache is *unified* through one sequence more than there are slots.

        A recurrent model's memory of the prefix is one state: it is always copied.
        """
        self._context = context
        self._unified = unified and not context.model.is_recurrent
        self._saved: OrderedDict[tuple[int, ...], ctypes.Array[ctypes.c_uint8]] = OrderedDict()
        self._viewed: tuple[int, ...] = ()

    def give(self, tokens: list[int], slot: int, evaluate: Callable[[list[int], int], None]) -> int:
        """Put *tokens* into the empty *slot*.

        Args:
            tokens: The shared prefix.
            slot: The sequence that wants it.
            evaluate: Evaluates tokens in a sequence, from its start.

        Returns:
            How many tokens are in the slot now: all, or none where they are too few to share.
        """
        if len(tokens) < _MIN_TOKENS:
            return 0
        key = tuple(tokens)
        if self._unified:
            self._view(key, slot, evaluate)
        elif key in self._saved:
            self._saved.move_to_end(key)
            self._context.restore(slot, self._saved[key])
        else:
            evaluate(tokens, slot)
            self._save(key, slot)
        return len(tokens)

    def _view(self, key: tuple[int, ...], slot: int, evaluate: Callable[[list[int], int], None]) -> None:
        home = self._context.n_sequences
        if self._viewed != key:
            self._context.forget(home)
            evaluate(list(key), home)
            self._viewed = key
        self._context.share(home, slot)

    def _save(self, key: tuple[int, ...], slot: int) -> None:
        self._saved[key] = self._context.save(slot)
        while len(self._saved) > 1 and sum(map(len, self._saved.values())) > _KEPT_BYTES:
            self._saved.popitem(last=False)
