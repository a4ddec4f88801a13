"""Deduplication: lessons with the same or nearly the same words become one lesson, and each absorption is recorded."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from t2s_local.stages.group.claims import is_one
from t2s_local.stages.group.statements import Statements
from t2s_local.text.text import normalise
from t2s_local.values.lesson import Duplicate, Lesson, LessonId, Polarity
from t2s_local.values.value import Value
from t2s_local.vectors.neighbours import neighbours

if TYPE_CHECKING:
    from t2s_local.vectors.matrix import FloatMatrix

NEAR = 0.95
"""Least cosine of near duplicates: of 20,000 edited copies, .95 joined 95 %, none wrongly; .90 joined 2 % wrongly."""
_NEIGHBOURS = 16


class Unique(Value, frozen=True, kw_only=True):
    """Lessons without duplicates, in order of id."""

    kept: tuple[Lesson, ...]
    rows: tuple[int, ...]
    """Index of each kept lesson in the input: ``vectors[list(unique.rows)]`` are their vectors."""
    weights: tuple[int, ...]
    """Number of lessons that each kept lesson represents, itself included."""
    duplicates: tuple[Duplicate, ...]
    """Duplicates, sorted by the lesson that was absorbed."""
    absorbed: dict[LessonId, tuple[LessonId, ...]]
    """Kept lesson to the ids of the lessons that it absorbed; lessons that absorbed none are left out."""


def dedupe(
    lessons: Sequence[Lesson],
    vectors: "FloatMatrix",
    *,
    places: Sequence[int] | None = None,
    near: float = NEAR,
    statements: Statements | None = None,
) -> Unique:
    """Join lessons that are equal once normalised, then lessons of one polarity with nearly the same vector.

    A lesson that forbids an action never absorbs a lesson that recommends it, however similar their words are.

    Of equal lessons, the lesson with the smallest id is kept; of near duplicates, the lesson that represents most
    lessons, then the smallest id. The order of the input does not matter. A lesson id that occurs twice is one lesson.

    Args:
        lessons: Lessons in any order.
        vectors: Their rows, of unit length.
        places: Index of the row of each lesson; None for one row a lesson, in their order.
        near: Least cosine of near duplicates.
        statements: Store of parsed lessons; None for a new store.

    Raises:
        ValueError: there are not as many rows as lessons.
    """
    at = range(len(vectors)) if places is None else places
    if len(lessons) != len(at):
        message = f"{len(lessons)} lessons, but {len(at)} vectors"
        raise ValueError(message)
    order = _canonical(lessons)
    exact = _exact(lessons, order)
    leaders = [row for row in order if exact[row] == row]
    sizes = {row: 0 for row in leaders}
    for row in order:
        sizes[exact[row]] += 1
    rows = _Rows(lessons, vectors, at)
    kept = _near(rows, leaders, sizes, near, statements or Statements())
    duplicates: list[Duplicate] = []
    for row in order:
        leader = kept[exact[row]]
        if row != leader:
            similarity = 1.0 if exact[row] == leader else float(vectors[at[row]] @ vectors[at[leader]])
            duplicates.append(Duplicate(kept=lessons[leader].id, absorbed=lessons[row].id, similarity=similarity))
    return _unique(lessons, [row for row in leaders if kept[row] == row], duplicates)


def _canonical(lessons: Sequence[Lesson]) -> list[int]:
    first: dict[LessonId, int] = {}
    for row, lesson in enumerate(lessons):
        first.setdefault(lesson.id, row)
    return [first[lesson_id] for lesson_id in sorted(first)]


def _exact(lessons: Sequence[Lesson], order: Sequence[int]) -> dict[int, int]:
    leaders: dict[tuple[Polarity, str, str, str], int] = {}
    found: dict[int, int] = {}
    for row in order:
        lesson = lessons[row]
        key = (lesson.polarity, normalise(lesson.when), normalise(lesson.do), normalise(lesson.because or ""))
        found[row] = leaders.setdefault(key, row)
    return found


class _Rows(NamedTuple):
    """Lessons, and the place of the vector of each."""

    lessons: Sequence[Lesson]
    vectors: "FloatMatrix"
    at: Sequence[int]


def _near(
    rows: _Rows, leaders: Sequence[int], sizes: dict[int, int], near: float, statements: Statements
) -> dict[int, int]:
    """Assign each row to a near row that represents more lessons, in passes until no two remaining rows are near."""
    kept = {row: row for row in leaders}
    standing = sorted(leaders, key=lambda row: (-sizes[row], rows.lessons[row].id))
    while links := _links(rows, standing, near, statements):
        taken: dict[int, int] = {}
        for row in standing:
            if row not in taken:
                taken[row] = row
                for other in links.get(row, ()):
                    taken.setdefault(other, row)
        kept = {row: taken.get(leader, leader) for row, leader in kept.items()}
        standing = [row for row in standing if kept[row] == row]
    return kept


def _links(rows: _Rows, standing: Sequence[int], near: float, statements: Statements) -> dict[int, list[int]]:
    lessons = rows.lessons
    comparable: dict[tuple[Polarity, bool], list[int]] = {}
    for row in standing:
        forbids = bool(statements.of(lessons[row]).stance.forbidden)
        comparable.setdefault((lessons[row].polarity, forbids), []).append(row)
    links: dict[int, list[int]] = {}
    for alike in comparable.values():
        found, cosines = neighbours(np.ascontiguousarray(rows.vectors[[rows.at[row] for row in alike]]), _NEIGHBOURS)
        for at, place in zip(*np.nonzero(cosines >= near), strict=True):
            row, other = alike[at], alike[found[at, place]]
            if not _may_be_one(lessons[row], lessons[other], statements):
                continue
            links.setdefault(row, []).append(other)
            links.setdefault(other, []).append(row)
    return links


def _may_be_one(one: Lesson, other: Lesson, statements: Statements) -> bool:
    """Return whether two lessons with near vectors may be duplicates; two users' words must be similar too.

    An embedder gives similar vectors to all words of a language that it does not know.
    """
    return not (one.is_said and other.is_said) or is_one(statements.of(one).claim, statements.of(other).claim)


def _unique(lessons: Sequence[Lesson], rows: Sequence[int], duplicates: Sequence[Duplicate]) -> Unique:
    absorbed: dict[LessonId, list[LessonId]] = {}
    for duplicate in duplicates:
        absorbed.setdefault(duplicate.kept, []).append(duplicate.absorbed)
    return Unique(
        kept=tuple(lessons[row] for row in rows),
        rows=tuple(rows),
        weights=tuple(1 + len(absorbed.get(lessons[row].id, ())) for row in rows),
        duplicates=tuple(duplicates),
        absorbed={kept: tuple(ids) for kept, ids in absorbed.items()},
    )
