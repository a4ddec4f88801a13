"""Lessons to vectors: what a lesson is about, and where it happened, in one unit row."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from t2s_local.errors import ModelError
from t2s_local.ports import Embedder
from t2s_local.types import Lesson
from t2s_local.vectors import check, unit

if TYPE_CHECKING:
    from t2s_local.vectors import FloatMatrix

SIGNATURE_WEIGHT = 0.55
"""Share of the masked signature; the rest is the text, which keeps names that matter."""


def lesson_text(lesson: Lesson) -> str:
    """The words of a lesson: situation, action and cause, as sentences."""
    return ". ".join(part.rstrip(" .") for part in (lesson.when, lesson.do, lesson.because or "") if part)


def embed_lessons(lessons: Sequence[Lesson], embedder: Embedder) -> "FloatMatrix":
    """Embed each lesson as ``normalise(w * e(signature) + (1 - w) * e(text))``.

    Args:
        lessons: In any order; a row depends on its lesson alone.
        embedder: Where the vectors come from.

    Returns:
        Shape ``(n, d)``, float32, unit rows, in the order of *lessons*.

    Raises:
        ModelError: the embedder gave rows that are not finite unit vectors of its own width.
    """
    signatures = embedder.embed([lesson.signature for lesson in lessons])
    texts = embedder.embed([lesson_text(lesson) for lesson in lessons])
    for rows in (signatures, texts):
        _check(rows, len(lessons), embedder)
    return unit(np.float32(SIGNATURE_WEIGHT) * signatures + np.float32(1.0 - SIGNATURE_WEIGHT) * texts)


def _check(rows: "FloatMatrix", n: int, embedder: Embedder) -> None:
    hint = "Choose another --embedder."
    if rows.shape != (n, embedder.dimensions):
        message = f"the embedder {embedder.name} gave shape {rows.shape}, not {(n, embedder.dimensions)}"
        raise ModelError(message, hint=hint)
    try:
        check(rows)
    except ValueError as error:
        message = f"the embedder {embedder.name} gave no usable vectors: {error}"
        raise ModelError(message, hint=hint) from error
