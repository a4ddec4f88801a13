"""What a lesson is about and all it says in one vector, against figures of OptSkills and Ratchet."""

from typing import TYPE_CHECKING

import numpy as np
import pytest

from t2s_local.runs.plugins import load_clusterer
from t2s_local.stages.group.embed import fused
from t2s_local.vectors.matrix import unit

if TYPE_CHECKING:
    from t2s_local.vectors.matrix import FloatMatrix


def axes(n: int) -> "FloatMatrix":
    return np.eye(n, dtype=np.float32)


def cosines(rows: "FloatMatrix") -> "FloatMatrix":
    return rows @ rows.T


def groups(rows: "FloatMatrix") -> tuple[tuple[int, ...], ...]:
    return load_clusterer("auto").partition(rows, weights=[1] * len(rows)).groups


def with_cosines(n: int, pairs: dict[tuple[int, int], float]) -> "FloatMatrix":
    """Unit rows with these cosines; all others are orthogonal."""
    gram = np.eye(n)
    for (one, other), cosine in pairs.items():
        gram[one, other] = gram[other, one] = cosine
    values, vectors = np.linalg.eigh(gram)
    return unit((vectors * np.sqrt(np.clip(values, 0, None))).astype(np.float32))


def test_two_orthogonal_vectors_are_joined_by_their_weights() -> None:
    np.testing.assert_allclose(fused(axes(2)[:1], axes(2)[1:]), [[0.7740, 0.6332]], atol=5e-5)


@pytest.mark.parametrize(
    ("cosine", "by_text", "by_fusion"), [(0.9, 0.1, 0.0401), (0.8, 0.2, 0.0802), (0.8753, 0.1247, 0.05)]
)
def test_what_is_about_the_same_lies_nearer_than_its_texts(cosine: float, by_text: float, by_fusion: float) -> None:
    signature, shared, *own = axes(5)
    texts = np.stack([cosine**0.5 * shared + (1 - cosine) ** 0.5 * one for one in own])
    rows = fused(np.stack([signature] * 3), texts)
    assert 1 - cosines(texts)[0, 1] == pytest.approx(by_text, abs=5e-5)
    assert 1 - cosines(rows)[0, 1] == pytest.approx(by_fusion, abs=5e-5)


def test_one_subject_in_different_words_is_one_group_by_fusion_and_loose_by_text_alone() -> None:
    texts, signatures = np.hstack([axes(8), np.zeros((8, 6), np.float32)]), np.zeros((8, 14), np.float32)
    signatures[:3, 8] = 1.0
    signatures[range(3, 8), range(9, 14)] = 1.0
    rows = fused(signatures, texts)
    assert cosines(rows)[0, 1] == pytest.approx(0.5990, abs=5e-5)
    assert groups(rows) == ((0, 1, 2),)
    assert groups(texts) == ()


def test_a_chain_of_near_lessons_is_one_group() -> None:
    rows = with_cosines(8, {(0, 1): 0.86, (1, 2): 0.86, (0, 2): 0.70})
    assert groups(rows) == ((0, 1, 2),)
