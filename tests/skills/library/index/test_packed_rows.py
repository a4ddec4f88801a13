"""Vectors of an index in 8 bits a number."""

import numpy as np
import pytest

from t2s_local.embedders import hashing, static
from t2s_local.ports.grouping import Embedder
from t2s_local.skills.library.index.packed_rows import pack, packed_rows, rows_of
from t2s_local.vectors.matrix import unit


def test_packed_vectors_keep_their_cosines() -> None:
    vectors = unit(np.random.default_rng(0).standard_normal((5_000, 256)).astype(np.float32))
    packed = packed_rows(b"".join(pack(vectors)), 256)
    assert np.abs(packed.cosines(vectors[7]) - vectors @ vectors[7]).max() < 0.002
    assert np.abs(packed.unpacked() - vectors).max() < 0.002
    assert np.array_equal(packed.unpacked(np.arange(5_000) == 7)[0], packed.unpacked()[7])


@pytest.mark.parametrize(("embedder", "most"), [(static.load(None), 0.005), (hashing.load(None), 0.01)])
def test_packed_vectors_of_short_and_lopsided_texts_keep_their_cosines(embedder: Embedder, most: float) -> None:
    draw = np.random.default_rng(1)
    words = np.array(["".join(draw.choice(list("aeiklmnorst"), 6)) for _ in range(500)])
    texts = [" ".join(draw.choice(words, draw.integers(1, 6))) for _ in range(300)]
    texts += [" ".join([str(words[n])] * 100 + list(draw.choice(words, 60))) for n in range(100)]
    vectors = embedder.embed(texts)
    packed = packed_rows(b"".join(pack(vectors)), embedder.dimensions)
    changes = np.abs(packed.unpacked() @ vectors.T - vectors @ vectors.T)
    assert changes.max() < most
    assert changes.mean() < 0.0015


def test_axes_and_zeros_and_nothing_come_back_as_they_were() -> None:
    rows = np.array([[0, 0, 1], [0, -1, 0], [0, 0, 0]], np.float32)
    assert np.allclose(rows_of(b"".join(pack(rows)), 3), rows, atol=1e-6)
    assert rows_of(b"", 3).shape == (0, 3)
    assert packed_rows(b"", 3).cosines(rows[0]).shape == (0,)
