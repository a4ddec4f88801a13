"""Patches of single runs are joined in a tree, and code counts the runs behind each edit."""

import itertools

import pytest

from t2s_local.stages.deepen.merging import edits_of_round, merged, widths
from t2s_local.values.trajectory import TrajectoryId


@pytest.mark.parametrize(
    ("count", "levels"), [(1, (1,)), (5, (5, 1)), (11, (11, 3, 1)), (125, (125, 25, 5, 1)), (323, (323, 65, 13, 3, 1))]
)
def test_five_patches_are_joined_at_a_time(count: int, levels: tuple[int, ...]) -> None:
    assert widths(count) == levels


def test_126_patches_need_a_level_more_than_125() -> None:
    assert len(widths(126)) == len(widths(125)) + 1


def test_runs_are_counted_once_and_the_order_of_patches_does_not_show() -> None:
    patches = [{edit: frozenset({TrajectoryId(run)})} for edit, run in zip("aaabbaa", "1234511", strict=True)]
    found = merged(patches)
    assert {edit: len(runs) for edit, runs in found.items()} == {"a": 3, "b": 2}
    assert all(merged(order) == found for order in itertools.islice(itertools.permutations(patches), 50))


def test_rounds_make_fewer_edits_along_a_cosine() -> None:
    assert [edits_of_round(number, most=4, rounds=5) for number in range(5)] == [4, 4, 3, 2, 2]
    assert edits_of_round(0, most=4, rounds=1) == 4
