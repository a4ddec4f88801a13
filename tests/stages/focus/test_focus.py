"""Tasks that are worth asking a model about."""

import pytest

from t2s_local.stages.focus.focus import Focus, cut, focus_of, out_of_focus, priorities
from t2s_local.stages.intake.corpus import Outline
from t2s_local.values.trajectory import Label, TrajectoryId

SCORES = {
    "A": [1.0, 0, 1, 0, 1],
    "B": [0.0, 0, 0, 0, 0],
    "C": [1.0, 1, 1, 1, 1],
    "D": [0.0, 0, 0, 0, 1],
    "E": [1.0, 1, 1, 1, 0],
    "F": [0.0, 0, 1, 0, 1],
}


def test_tasks_that_come_out_differently_and_hard_ones_come_first() -> None:
    found = priorities(SCORES)
    assert [task for task, _ in found] == ["D", "F", "A", "E", "B", "C"]
    assert [round(value, 4) for _, value in found] == [1.6165, 1.6, 1.4, 1.0165, 1.0, 0]
    assert cut([value for _, value in found]) == 3


def test_equal_scores_give_equal_priorities_in_the_order_of_their_names() -> None:
    found = priorities({task: [1.0, 1.0] for task in "cba"})
    assert found == [("a", 0.0), ("b", 0.0), ("c", 0.0)]


@pytest.mark.parametrize(("values", "n_taken"), [([], 0), ([1.0], 1), ([1.0, 0.5], 2), ([2.0, 2.0, 1.0, 0.9], 2)])
def test_the_cut_is_where_the_steps_fall_off_most(values: list[float], n_taken: int) -> None:
    assert cut(values) == n_taken


def outlines(scores: dict[str, list[float]], *, n_bare: int = 0, size: int = 10) -> list[Outline]:
    """Runs of these tasks with these scores, and some of no task."""
    found = [
        Outline(
            id=TrajectoryId(f"{task}{number}"),
            source="a",
            format="native",
            task_id=task,
            label=Label(score=score, source="test"),
            n_characters=size if task == "D" else 10,
        )
        for task, runs in scores.items()
        for number, score in enumerate(runs)
    ]
    bare = [Outline(id=TrajectoryId(f"x{number}"), source="a", format="native") for number in range(n_bare)]
    return [*found, *bare]


def asked_about(focus: Focus) -> list[str]:
    return [task.task for task in focus.tasks if task.is_asked]


def test_tasks_out_of_focus_are_listed_and_runs_without_a_task_are_in_it() -> None:
    runs = outlines(SCORES, n_bare=2)
    focus = focus_of(runs)
    assert asked_about(focus) == ["D", "F", "A"]
    assert [task.task for task in focus.tasks if not task.is_asked] == ["E", "B", "C"]
    assert {run[0] for run in out_of_focus(focus, runs)} == {"E", "B", "C"}
    assert (focus.n_runs, focus.n_asked, focus.n_characters_asked, focus.reason) == (32, 17, 150, None)


def test_no_more_than_half_of_the_text_is_in_focus_but_always_one_task() -> None:
    assert asked_about(focus_of(outlines(SCORES, size=11))) == ["D", "F"]
    assert asked_about(focus_of(outlines(SCORES, size=1_000))) == ["D"]


def test_few_tasks_are_all_in_focus_with_the_reason() -> None:
    runs = outlines({task: SCORES[task] for task in "ABC"})
    focus = focus_of(runs)
    assert focus.reason == "3 tasks have 2 scored runs, and focus needs 4"
    assert (len(asked_about(focus)), out_of_focus(focus, runs)) == (3, frozenset())
