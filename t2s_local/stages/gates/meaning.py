"""Find runs in the situation of a rule by meaning: an embedder compares it with the messages of users."""

import re
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from t2s_local.ports.grouping import Embedder
from t2s_local.text.text import squeeze

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ENOUGH = 0.6
"""Least cosine of a situation and a user's sentence; lessons that say the same are joined from this cosine too."""
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_SHORTEST = 12


class Meaning:
    """Sentences of users by run; they are embedded once, when the first situation is looked up."""

    def __init__(self, embedder: Embedder, said: Sequence[Sequence[str]]) -> None:
        """Prepare to search *said*: for each run, the messages of its users."""
        self._embedder = embedder
        self._said = said
        self._found: dict[str, frozenset[int]] = {}

    def occurs(self, situation: str, run: int) -> bool:
        """Return whether a user's sentence in run number *run* (from 0) means the same as *situation*."""
        if situation not in self._found:
            self._found[situation] = self._runs_with(situation)
        return run in self._found[situation]

    def _runs_with(self, situation: str) -> frozenset[int]:
        vectors, owners = self._sentences
        if not owners or not situation.strip():
            return frozenset()
        cosines = vectors @ self._embedder.embed([situation])[0]
        return frozenset(owners[at] for at in (cosines >= ENOUGH).nonzero()[0].tolist())

    @cached_property
    def _sentences(self) -> "tuple[NDArray[np.float32], list[int]]":
        """Vectors of the sentences, a row each, and the run number of each."""
        pairs = dict.fromkeys(
            (squeeze(part), number)
            for number, texts in enumerate(self._said)
            for text in texts
            for part in _SENTENCE.split(text)
            if len(part.strip()) >= _SHORTEST
        )
        return self._embedder.embed([text for text, _ in pairs]), [number for _, number in pairs]
