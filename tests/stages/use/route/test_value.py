"""Reading by value, as SkeMex does it: similarity, usefulness and recent adoption."""

import pytest

from t2s_local.stages.use.route.value import Adoption, Adoptions, ValuedSkill, by_value, value_score
from t2s_local.values.event import Event


def valued(name: str, cosine: float, **more: object) -> ValuedSkill:
    return ValuedSkill(name=name, cosine=cosine, **more)  # type: ignore[arg-type]  # fields of the value by their names


def test_usefulness_and_recency_outweigh_similarity() -> None:
    first, second = value_score(0.90, 0.10, 0.50), value_score(0.70, 0.60, 1.0)
    assert (round(first, 4), round(second, 4)) == (0.50, 0.72)
    assert round(value_score(0.70, 0.60, 1.0, is_mature=True), 4) == 0.792
    assert value_score(1.0, 1.0, 1.0, is_mature=True) == 1.0
    assert value_score(-0.5, 0.0, 0.0) == 0.0


@pytest.mark.parametrize(
    ("adoption", "recency"),
    [
        (Adoption(windows_ago=5, n_successes=0), 0.2865),
        (Adoption(windows_ago=5, n_successes=4), 0.6592),
        (None, 0.0),
    ],
)
def test_skills_with_more_successes_are_forgotten_more_slowly(adoption: Adoption | None, recency: float) -> None:
    assert round(valued("one", 0.5, adoption=adoption).recency, 4) == recency


def test_unlike_skills_and_skills_without_their_tool_are_not_returned() -> None:
    skills = [valued("far", 0.19), valued("near", 0.2), valued("tool", 0.9, branch="action", tool="psql")]
    assert [one.name for one in by_value(skills)] == ["tool", "near"]
    assert [one.name for one in by_value(skills, tools=["git"])] == ["near"]


def test_each_branch_gets_two_and_the_rest_is_filled_over_all() -> None:
    tasks = [valued(f"task-{n}", 0.9 - n / 100) for n in range(6)]
    actions = [valued(f"action-{n}", 0.5 - n / 100, branch="action") for n in range(3)]
    found = [one.name for one in by_value([*tasks, *actions])]
    assert found == ["task-0", "task-1", "task-2", "task-3", "action-0", "action-1"]


def test_skills_of_the_category_of_the_task_come_before_others_of_their_branch() -> None:
    tasks = [valued(f"task-{n}", 0.9 - n / 100) for n in range(3)] + [valued("own", 0.3, category="sql")]
    others = [valued(f"{branch}-{n}", 0.5, branch=branch) for branch in ("action", "meta") for n in range(2)]
    assert "own" not in [one.name for one in by_value([*tasks, *others])]
    assert "own" in [one.name for one in by_value([*tasks, *others], category="sql")]


def test_adoptions_are_counted_in_windows_of_thirty_runs() -> None:
    seen = Adoptions()
    for run in range(61):
        use = {"use": "followed", "outcome": "success"} if run == 3 else {"use": "shown", "outcome": "failure"}
        seen.add(Event(at="2026-01-01T00:00:00Z", kind="used", skill="one", run=f"r{run}", **use))  # type: ignore[arg-type]  # literals
    assert seen.of("one") == Adoption(windows_ago=2, n_successes=1)
    assert seen.of("two") is None
