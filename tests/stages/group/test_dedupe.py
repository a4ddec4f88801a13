"""Duplicates collapse, and it is kept who absorbed whom."""

import random
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pytest

from t2s_local.embedders import static
from t2s_local.stages.group.dedupe import Unique, dedupe
from t2s_local.stages.group.embed import embed_lessons
from t2s_local.values.lesson import Lesson
from t2s_local.vectors.matrix import unit
from t2s_local.vectors.neighbours import neighbours
from tests.build import lesson

if TYPE_CHECKING:
    from t2s_local.vectors.matrix import FloatMatrix

BOM = ("a CSV starts with a byte order mark", "Open it with the utf-8-sig codec.")
HOOK = ("a hook rejects the commit", "Fix the named file and commit again.")


def unique_of(lessons: Sequence[Lesson]) -> Unique:
    return dedupe(lessons, embed_lessons(lessons, static.load(None)))


def around(centre: int, n: int, *, spread: float, seed: int = 0) -> "FloatMatrix":
    """Rows close to one axis of 32."""
    noise = np.random.default_rng(seed).normal(size=(n, 32)).astype(np.float32) * np.float32(spread)
    return unit(np.eye(32, dtype=np.float32)[[centre]] + noise)


def numbered(n: int) -> list[Lesson]:
    return [lesson(f"case {number}", f"do {number}") for number in range(n)]


def test_lessons_that_differ_only_in_case_and_spaces_are_one() -> None:
    same = lesson(BOM[0].upper(), f"  {BOM[1]} ", runs=("run-2",))
    lessons = [lesson(*BOM), same, lesson(*HOOK)]
    unique = unique_of(lessons)
    kept = min(lessons[0].id, same.id)
    assert {item.id for item in unique.kept} == {kept, lessons[2].id}
    assert [(pair.kept, pair.similarity) for pair in unique.duplicates] == [(kept, 1.0)]
    assert unique.absorbed == {kept: (max(lessons[0].id, same.id),)}


def test_a_near_copy_is_absorbed_with_its_cosine() -> None:
    near = lesson(BOM[0], "Open it with the utf-8-sig codec, always.", runs=("run-2",))
    unique = unique_of([lesson(*BOM), near, lesson(*HOOK)])
    assert len(unique.kept) == 2
    assert 0.95 <= unique.duplicates[0].similarity < 1.0


def test_the_same_words_of_another_polarity_stay_apart() -> None:
    unique = unique_of([lesson(*BOM, polarity="failure"), lesson(*BOM, polarity="success")])
    assert len(unique.kept) == 2
    assert unique.duplicates == ()


def test_the_order_of_the_input_does_not_show() -> None:
    lessons = [lesson(*BOM, runs=(f"run-{number}",)) for number in range(4)]
    lessons += [lesson(*HOOK, runs=(f"run-{number}",)) for number in range(3)]
    shuffled = random.Random(3).sample(lessons, len(lessons))
    one, other = unique_of(lessons), unique_of(shuffled)
    assert one.kept == other.kept
    assert one.duplicates == other.duplicates
    assert one.weights == other.weights
    assert sorted(one.weights) == [3, 4]


def test_rows_point_at_the_vectors_of_the_kept_lessons() -> None:
    lessons = [lesson(*BOM), lesson(*HOOK), lesson(*BOM, runs=("run-2",))]
    unique = unique_of(lessons)
    assert tuple(lessons[row] for row in unique.rows) == unique.kept
    assert list(unique.kept) == sorted(unique.kept, key=lambda item: item.id)


def test_a_lesson_given_twice_is_one_lesson() -> None:
    unique = unique_of([lesson(*BOM), lesson(*BOM)])
    assert unique.weights == (1,)
    assert unique.duplicates == ()


def test_no_lessons_give_nothing() -> None:
    unique = dedupe([], np.zeros((0, 8), np.float32))
    assert (unique.kept, unique.duplicates, unique.weights) == ((), (), ())


def test_every_lesson_is_kept_or_absorbed_once() -> None:
    vectors = np.vstack([around(axis, 40, spread=0.03, seed=axis) for axis in range(4)])
    lessons = numbered(160)
    unique = dedupe(lessons, vectors)
    kept = {item.id for item in unique.kept}
    absorbed = [pair.absorbed for pair in unique.duplicates]
    assert kept.isdisjoint(absorbed)
    assert sorted([*kept, *absorbed]) == sorted(item.id for item in lessons)
    assert {pair.kept for pair in unique.duplicates} <= kept
    assert sum(unique.weights) == 160


@pytest.mark.parametrize("n", [300, 2500])
def test_no_two_kept_lessons_are_near(n: int) -> None:
    vectors = np.vstack([around(axis, n // 5, spread=0.02, seed=axis) for axis in range(5)])
    unique = dedupe(numbered(n), vectors)
    kept = vectors[list(unique.rows)]
    cosines = kept @ kept.T - 2 * np.eye(len(kept), dtype=np.float32)
    assert len(unique.kept) < n
    assert float(cosines.max()) < 0.95


def test_a_chain_of_near_copies_does_not_join_its_ends() -> None:
    angles = np.linspace(0.0, np.pi / 2, 12)
    vectors = np.column_stack([np.cos(angles), np.sin(angles)]).astype(np.float32)
    unique = dedupe(numbered(12), vectors)
    assert len(unique.kept) >= 3


def test_rows_and_lessons_must_agree_in_number() -> None:
    with pytest.raises(ValueError, match="2 lessons, but 3 vectors"):
        dedupe(numbered(2), np.eye(3, dtype=np.float32))


@pytest.mark.parametrize("n", [5, 500, 2600])
def test_neighbours_are_the_nearest_other_rows(n: int) -> None:
    vectors = unit(np.random.default_rng(n).normal(size=(n, 16)).astype(np.float32))
    rows, cosines = neighbours(vectors, 4)
    exact = vectors @ vectors.T
    np.fill_diagonal(exact, -2.0)
    np.testing.assert_allclose(cosines, -np.sort(-exact, axis=1)[:, :4], atol=1e-5)
    np.testing.assert_allclose(np.take_along_axis(exact, rows, axis=1), cosines, atol=1e-5)


def test_one_row_has_no_neighbours() -> None:
    rows, cosines = neighbours(np.eye(1, 4, dtype=np.float32), 3)
    assert rows.shape == cosines.shape == (1, 0)
