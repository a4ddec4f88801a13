"""Cache of prompt prefixes that many requests share, so that each prefix is evaluated once.

A slot receives a copy of the saved state of its prefix (28 layers of 8 x 128 keys and values are 117 MB for 1,024
tokens, restored in 0.01 s on a CPU), or in a unified cache a view of it. The logits are exactly those of evaluating
the prefix in the slot.
"""

import ctypes
from collections import OrderedDict
from collections.abc import Callable

from t2s_local.engines._llamacpp.llama import Context

_MIN_TOKENS = 16
"""Fewest tokens of a prefix that is cached; shorter prefixes are not worth a copy."""
_KEPT_BYTES = 256 << 20
"""Most bytes of saved states; beyond it the least recently used are dropped, but never the last one."""


_LEAST_ROWS = 8
Evaluate = Callable[[list[int], int, int], None]
"""Function that evaluates tokens in a sequence from a position on; the tokens before it are evaluated already."""


class Prefixes:
    """Cached prefixes of one context."""

    def __init__(self, context: Context, *, unified: bool) -> None:
        """Share by copies, or if the cache is *unified* through one extra sequence beside the slots.

        A recurrent model's memory of the prefix is a single state: it is always copied.
        """
        self._context = context
        self._unified = unified and not context.model.is_recurrent
        self._saved: OrderedDict[tuple[int, ...], ctypes.Array[ctypes.c_uint8]] = OrderedDict()
        self._viewed: tuple[int, ...] = ()

    def give(self, tokens: list[int], slot: int, evaluate: Evaluate) -> int:
        """Put *tokens* into the empty *slot*, from the cache if possible.

        Args:
            tokens: The shared prefix.
            slot: The sequence that needs the prefix.
            evaluate: Evaluates tokens in a sequence.

        Returns:
            Number of tokens in the slot now: all, or 0 if they are too few to share.
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
            known = self._begun(key, slot)
            evaluate(tokens, slot, known)
            self._save(key, slot)
        return len(tokens)

    def _begun(self, key: tuple[int, ...], slot: int) -> int:
        """Put the longest common start of *key* and a saved prefix into *slot*; return its number of tokens.

        At least eight tokens are left to evaluate: fewer rows round differently (decision 0403). The state of a
        recurrent model cannot be cut, so the result is 0 for it.
        """
        if not self._saved or self._context.model.is_recurrent:
            return 0
        known, best = max((_common(key, other), other) for other in self._saved)
        known = min(known, len(key) - _LEAST_ROWS)
        if known < _MIN_TOKENS:
            return 0
        self._context.restore(slot, self._saved[best])
        self._context.cut(slot, known)
        return known

    def _view(self, key: tuple[int, ...], slot: int, evaluate: Evaluate) -> None:
        home = self._context.n_sequences
        if self._viewed != key:
            self._context.forget(home)
            evaluate(list(key), home, 0)
            self._viewed = key
        self._context.share(home, slot)

    def _save(self, key: tuple[int, ...], slot: int) -> None:
        self._saved[key] = self._context.save(slot)
        while len(self._saved) > 1 and sum(map(len, self._saved.values())) > _KEPT_BYTES:
            self._saved.popitem(last=False)


def _common(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    """Return the number of tokens with which both prefixes begin."""
    pairs = zip(one, other, strict=False)
    return next((at for at, (first, second) in enumerate(pairs) if first != second), min(len(one), len(other)))
