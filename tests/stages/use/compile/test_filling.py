"""Tests of filling a budget."""

import pytest

from t2s_local.stages.use.compile.compaction import TooSmallError
from t2s_local.stages.use.compile.filling import Context, fill, with_core
from t2s_local.stages.use.compile.parts import LinePlace, Part

PAGE = ["# A", "", "## Steps", "", "1. one", "2. two", "3. three", "", "## Avoid", "", "- four", "- five"]


def count(text: str) -> int:
    """Tokens of a text: its words."""
    return len(text.split())


def line(number: int, skill: str = "a") -> LinePlace:
    return LinePlace(skill, "SKILL.md", number)


def part(number: int, heading: int, *, is_core: bool = False, requires: tuple[str, ...] = ()) -> Part:
    lines = (line(heading), line(number))
    return Part(place=f"a#{number}", skill="a", value=1.0, is_core=is_core, lines=lines, requires=requires)


def empty(budget: int) -> Context:
    return Context(skills=("a", "b"), read=lambda place: PAGE[place.line - 1], count=count, budget=budget)


def test_lines_stand_below_the_place_of_the_first_of_their_run() -> None:
    found = empty(100).with_lines([line(3), line(5), line(7), line(11, "b")], "part")
    assert found.text() == "[a#3]\n## Steps\n\n1. one\n\n[a#7]\n3. three\n\n[b#11]\n- four\n"


def test_a_file_beside_the_page_is_named() -> None:
    found = empty(100).with_lines([LinePlace("a", "references/more.md", 5)], "part")
    assert found.text() == "[a/references/more.md#5]\n1. one\n"


def test_a_part_comes_with_what_it_requires_or_not_at_all() -> None:
    parts = [part(5, 3, requires=("a#7",)), part(6, 3), part(7, 3, requires=("a#11",)), part(11, 9)]
    known = {one.place: one for one in parts}
    all_three = fill(empty(100), parts[:1], known, "part").context
    assert [str(place) for place in all_three.ordered()] == ["a#3", "a#5", "a#7", "a#9", "a#11"]
    assert [all_three.lines[line(number)] for number in (5, 7, 11)] == ["part", "required", "required"]
    small = fill(empty(all_three.n_tokens - 1), parts, known, "part")
    assert small.outside[0] == "a#5"
    assert "a#6" in small.inside
    assert small.context.n_tokens <= all_three.n_tokens - 1


def test_parts_that_require_each_other_come_in_once() -> None:
    parts = [part(5, 3, requires=("a#6",)), part(6, 3, requires=("a#5", "a#99"))]
    found = fill(empty(100), parts, {one.place: one for one in parts}, "part")
    assert found.inside == ("a#5", "a#6")


@pytest.mark.parametrize("budget", range(1, 20))
def test_the_budget_is_never_exceeded(budget: int) -> None:
    parts = [part(number, heading) for number, heading in ((5, 3), (11, 9), (6, 3), (12, 9), (7, 3))]
    found = fill(empty(budget), parts, {one.place: one for one in parts}, "part")
    assert found.context.n_tokens <= budget
    assert sorted((*found.inside, *found.outside)) == sorted(one.place for one in parts)


def test_the_core_of_the_best_skill_fits_or_the_budget_is_refused() -> None:
    core = [part(11, 9, is_core=True), part(5, 3)]
    found = with_core(empty(5), "a", core, "core", is_needed=True)
    assert found is not None
    assert [str(place) for place in found.ordered()] == ["a#9", "a#11"]
    with pytest.raises(TooSmallError, match="the core of a needs 5 tokens, and the budget is 4"):
        with_core(empty(4), "a", core, "core", is_needed=True)
    assert with_core(empty(4), "a", core, "core", is_needed=False) is None
