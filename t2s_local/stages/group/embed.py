"""Vectors of lessons: one unit row from the masked words and the words as they are."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from t2s_local.errors import ModelError
from t2s_local.ports.grouping import Embedder
from t2s_local.text.text import mask, words
from t2s_local.values.lesson import Lesson
from t2s_local.vectors.matrix import check, unit

if TYPE_CHECKING:
    from t2s_local.vectors.matrix import FloatMatrix

MASKED_WEIGHT = 0.55
"""Weight of the masked words; the unmasked words have the rest, so that names count. From .3 to 1 the choice moves
B-cubed F1 by less than .006, so it is that of OptSkills (arXiv 2605.29829).
"""
_AT_ONCE = 8192
"""Number of lessons embedded at once; 118,000 lessons needed 600 MB for texts and vectors, besides the result."""
_WORD = re.compile(r"<\w+>|\w+")
_FRAME = frozenset(
    words("a an and as error errors fail failed fails in instead is it like of run runs task the then to with")
)
"""Words that analysts write around their findings; they make lessons similar that have nothing else in common."""


def lesson_text(lesson: Lesson) -> str:
    """Return the words of a lesson: situation, action and cause, as sentences."""
    return ". ".join(part.rstrip(" .") for part in (lesson.when, lesson.do, lesson.because or "") if part)


def gist(text: str) -> str:
    """Return the content words of *text*, each once, in order, without masks and frame words.

    If repeated words counted, lessons that quote a command twice would resemble each other more than two lessons
    that name one fault: on planted runs
    using each word once raised B-cubed F1 from .72 to .85. A text of frame words only is returned as it is.
    """
    seen: dict[str, str] = {}
    for word in _WORD.findall(text):
        if not word.startswith("<") and word.lower() not in _FRAME:
            seen.setdefault(word.lower(), word)
    return " ".join(seen.values()) or text


def embed_lessons(lessons: Sequence[Lesson], embedder: Embedder) -> "FloatMatrix":
    """Embed each lesson as ``normalise(w * e(masked words) + (1 - w) * e(words))``.

    Args:
        lessons: Lessons in any order; a row depends only on its lesson.
        embedder: Source of the vectors.

    Returns:
        Shape ``(n, d)``, float32, unit rows, in the order of *lessons*.

    Raises:
        ModelError: the embedder returned rows that are not finite unit vectors of its own width.
    """
    rows = np.empty((len(lessons), embedder.dimensions), np.float32)
    for start in range(0, len(lessons), _AT_ONCE):
        rows[start : start + _AT_ONCE] = _embedded(lessons[start : start + _AT_ONCE], embedder)
    return rows


def embed_distinct(lessons: Sequence[Lesson], embedder: Embedder) -> tuple["FloatMatrix", list[int]]:
    """Embed lessons as :func:`embed_lessons` does, but lessons with the same words only once.

    Returns:
        One row for each distinct lesson, and for each of *lessons* the index of its row.

    Raises:
        ModelError: the embedder returned rows that are not finite unit vectors of its own width.
    """
    first: dict[tuple[str, str, str, str | None], int] = {}
    distinct: list[Lesson] = []
    places: list[int] = []
    for lesson in lessons:
        place = first.setdefault((lesson.signature, lesson.when, lesson.do, lesson.because), len(distinct))
        if place == len(distinct):
            distinct.append(lesson)
        places.append(place)
    return embed_lessons(distinct, embedder), places


def _embedded(lessons: Sequence[Lesson], embedder: Embedder) -> "FloatMatrix":
    masked = embedder.embed([gist(f"{lesson.signature} {mask(lesson.because or '')}") for lesson in lessons])
    plain = embedder.embed([gist(lesson_text(lesson)) for lesson in lessons])
    for rows in (masked, plain):
        _check(rows, len(lessons), embedder)
    return fused(masked, plain)


def fused(masked: "FloatMatrix", plain: "FloatMatrix") -> "FloatMatrix":
    """Return unit rows from the vectors of masked texts and the vectors of plain texts, both of shape ``(n, d)``."""
    return unit(np.float32(MASKED_WEIGHT) * masked + np.float32(1.0 - MASKED_WEIGHT) * plain)


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
