"""Tests of rescuing and attaching parts, with the figures of SkillRAE."""

import pytest

from t2s_local.stages.use.compile.rescue import Rescuable, affinity, attach, pool_size, rescued
from t2s_local.text.text import jaccard


def part(number: int, parent: float, strength: float, text: str | None = None) -> Rescuable:
    return Rescuable(
        place=f"skill-{number}#1",
        parent=f"skill-{number}",
        parent_score=parent,
        strength=strength,
        text=text or f"word{number} alone{number}",
    )


@pytest.mark.parametrize(
    ("parent", "strength", "is_rescued"),
    [(0.36, 0.13, True), (0.34, 0.13, False), (0.36, 0.11, False), (0.35, 0.12, True)],
)
def test_a_part_needs_a_skill_and_a_strength_of_its_own(parent: float, strength: float, *, is_rescued: bool) -> None:
    assert bool(rescued([part(1, parent, strength)], [])) is is_rescued


def test_three_are_rescued_and_a_fourth_is_not_nor_two_of_one_skill() -> None:
    parts = [part(number, 0.5, 0.2 + number / 100) for number in range(4)]
    assert [one.parent for one in rescued(parts, [])] == ["skill-3", "skill-2", "skill-1"]
    twin = part(3, 0.5, 0.9, "another thing")
    assert [one.place for one in rescued([*parts, twin], [])].count("skill-3#1") == 1


def test_a_part_that_says_what_is_there_is_redundant() -> None:
    inside, same = "unpack the archive with care", "unpack the archive with tar"
    words = [set(text.split()) for text in (inside, same)]
    assert jaccard(*words, empty=0.0) == pytest.approx(4 / 6)
    assert rescued([part(1, 0.5, 0.5, same)], [inside]) == ()
    assert jaccard({"a", "b", "c"}, {"a", "b", "c", "d", "e"}, empty=0.0) == pytest.approx(0.6)
    assert rescued([part(1, 0.5, 0.5, "aaa bbb ccc")], ["aaa bbb ccc ddd eee"]) == ()
    assert rescued([part(1, 0.5, 0.5, "aaa bbb ccc")], ["aaa bbb ccc ddd eee fff"])


def test_a_part_goes_with_the_only_skill_unless_its_community_is_far() -> None:
    near = affinity(query=0.1, fit=0.1, prior=0.5, community="none")
    assert near == pytest.approx(0.110)
    kept = attach("a#1", {"one": near})
    assert kept is not None
    assert kept.score == pytest.approx(0.121)
    far = affinity(query=0.1, fit=0.1, prior=0.5, community="inactive")
    assert far + 0.1 * near == pytest.approx(0.041)
    assert attach("a#1", {"one": far}) is None


def test_a_part_of_the_same_community_goes_with_it_without_a_bridge() -> None:
    top = affinity(query=0.2, fit=0.4, prior=1.0, community="same")
    assert top == pytest.approx(0.61)
    found = attach("a#1", {"one": top, "two": 0.275})
    assert found is not None
    assert (found.skill, found.bridge) == ("one", None)
    assert found.score == pytest.approx(0.6435)


@pytest.mark.parametrize(("second", "bridge"), [(0.18, "two"), (0.15, None), (0.17, "two"), (0.169, None)])
def test_a_second_skill_nearly_as_near_is_a_bridge(second: float, bridge: str | None) -> None:
    found = attach("a#1", {"one": 0.20, "two": second})
    assert found is not None
    assert found.bridge == bridge


def test_the_other_active_community_counts_for_less() -> None:
    assert affinity(query=0, fit=0, prior=0, community="active") == pytest.approx(0.06)


def test_the_pool_grows_with_the_chosen_skills() -> None:
    assert [pool_size(n) for n in (1, 2, 3, 5)] == [10, 10, 12, 20]
