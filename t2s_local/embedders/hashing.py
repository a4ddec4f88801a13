"""Embed texts by hashed words, word pairs and letter triples, without a model: for tests and machines without one."""

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
"""Weight of letter triples, which make *installs* similar to *install*: low, as a word has about five of them."""


class HashingEmbedder:
    """Sums hashed features of a text with hashed signs (Weinberger et al. 2009)."""

    def __init__(self) -> None:
        """Set name, digest and dimensions; there are no settings."""
        self.name = "hashing"
        self.digest = digest("hashing", "1", str(DIMENSIONS))
        self.dimensions = DIMENSIONS

    def embed(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """Return unit rows, shape ``(n, 512)``; a text without a word becomes the unit vector of the last axis."""
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
        UsageError: *spec* names a model, which this embedder does not use.
    """
    if spec is not None:
        message = f"the hashing embedder takes no model, got {spec!r}"
        raise UsageError(message)
    return HashingEmbedder()
