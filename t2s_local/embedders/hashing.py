"""Hashed words, word pairs and letter triples: no weights at all, the double for tests and for machines without any."""

import zlib
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from t2s_local.errors import UsageError
from t2s_local.text.text import words
from t2s_local.values.value import digest
from t2s_local.vectors.matrix import unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

DIMENSIONS = 512
_PAIR_WEIGHT = 0.5
_TRIPLE_WEIGHT = 0.25
"""Triples join *installs* to *install*; there are some five a word, so that a quarter keeps them from ruling."""


class HashingEmbedder:
    """Counts hashed features with signs (Weinberger et al. 2009)."""

    def __init__(self) -> None:
        """Take no settings: there is one hashing embedder."""
        self.name = "hashing"
        self.digest = digest("hashing", "1", str(DIMENSIONS))
        self.dimensions = DIMENSIONS

    def embed(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """Embed *texts*; a text without a word becomes the last axis."""
        rows = np.zeros((len(texts), DIMENSIONS), np.float32)
        for row, text in enumerate(texts):
            for feature, weight in _features(text):
                code = zlib.crc32(feature.encode("utf-8", "surrogatepass"))
                rows[row, (code >> 1) % DIMENSIONS] += weight if code & 1 else -weight
        return unit(rows)


def _features(text: str) -> Iterator[tuple[str, float]]:
    found = words(text)
    for word in found:
        yield word, 1.0
        padded = f"^{word}$"
        for start in range(len(padded) - 2):
            yield f"#{padded[start : start + 3]}", _TRIPLE_WEIGHT
    for first, second in pairwise(found):
        yield f"{first} {second}", _PAIR_WEIGHT


def load(spec: str | None) -> HashingEmbedder:
    """Make the hashing embedder.

    Raises:
        UsageError: *spec* names a model; hashing has none.
    """
    if spec is not None:
        message = f"the hashing embedder takes no model, got {spec!r}"
        raise UsageError(message)
    return HashingEmbedder()
