"""Tests of scoring skills on several levels, with the figures of SkillRAE."""

import numpy as np
import pytest

from t2s_local.stages.use.route.levels import combined, in_active_communities, min_max, unit_level


def test_a_skill_with_better_parts_in_an_active_community_is_above_one_with_a_better_description() -> None:
    described, parts, named = np.array([0.6, 0.7]), np.array([0.5, 0.4]), np.zeros(2)
    with_bonus = combined(described, parts, named, np.array([True, False]))
    assert with_bonus == pytest.approx([0.616, 0.58])
    without = combined(described, parts, named, np.array([False, False]))
    assert without == pytest.approx([0.56, 0.58])


def test_a_level_is_scaled_over_the_skills_it_hits() -> None:
    assert min_max(np.array([1.0, 3.0, 2.0])) == pytest.approx([0, 1, 0.5])
    assert min_max(np.array([2.0, 2.0])) == pytest.approx([0.5, 0.5])
    assert min_max(np.array([5.0, 1.0, 3.0]), np.array([False, True, True])) == pytest.approx([0, 0, 1])


def test_a_part_that_more_than_fifteen_skills_share_does_not_count() -> None:
    similarities, owners = np.array([0.9, 0.4, 0.2], np.float32), np.array([0, 1, 2])
    assert unit_level(similarities, owners, np.array([16, 1, 1]), 3) == pytest.approx([0, 1, 0])
    assert unit_level(similarities, owners, np.array([15, 1, 1]), 3) == pytest.approx([0, 1, (0.2 - 0.06) / 0.34])


def test_the_two_nearest_communities_are_active() -> None:
    middles = np.array([[1, 0], [0.8, 0.6], [0, 1]], np.float32)
    found = in_active_communities(np.array([1, 0], np.float32), middles, np.array([0, 1, 2, 0]))
    assert found.tolist() == [True, True, False, True]
