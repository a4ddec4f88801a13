"""Statements of one task that differ in little: which word decides, and what decides nothing."""

import msgspec
import pytest

from t2s_local.values.lesson import Lesson
from t2s_local.values.trajectory import Outcome, Step, Trajectory
from tests.build import step, trajectory
from tests.mining import lessons

RIGHT, WRONG = "GET UNIQUE owner_{0} OF pets_{0} VIA visits_{0}", "GET owner_{0} OF pets_{0} VIA visits_{0}"


def asked(task: int, outcome: Outcome, *statements: str, asked_for: str = "Which owners are there") -> Trajectory:
    steps: list[Step] = [step("user", f"{asked_for}, case {task}?")]
    for at, statement in enumerate(statements):
        steps.append(Step(kind="tool_call", text=statement.format("abcdefgh"[task]), tool="query", call_id=str(at)))
        steps.append(Step(kind="tool_result", text=f"row {at}", tool="query", call_id=str(at)))
    return trajectory(*steps, task_id=f"t{task}", outcome=outcome, source=f"{task}-{outcome}")


def told(*runs: Trajectory) -> list[Lesson]:
    return lessons(*runs, pattern="last_words")


def pairs(right: str, wrong: str, *, n: int = 7, asked_for: str = "Which owners are there") -> list[Trajectory]:
    statements: dict[Outcome, str] = {"success": right, "failure": wrong}
    return [
        asked(task, outcome, statement, asked_for=asked_for)
        for task in range(n)
        for outcome, statement in statements.items()
    ]


def test_a_word_that_right_statements_alone_have_is_told_with_both_counts() -> None:
    (found,) = told(*pairs(RIGHT, WRONG))
    assert found.when == "you answer with a `GET` in `query`"
    assert found.do == "Check whether `UNIQUE` belongs in it."
    assert found.because == (
        "Of two statements that differ in nothing else, the one that has `UNIQUE` was right in 7 tasks, and wrong in 0"
    )


def test_a_word_that_wrong_statements_alone_have_is_told_the_other_way_round() -> None:
    (found,) = told(*pairs(WRONG, RIGHT))
    assert found.do == "Check whether it does without `UNIQUE`."


def test_a_statement_that_lists_more_than_was_asked_for_is_told() -> None:
    (found,) = told(*pairs("GET owner_{0} OF pets_{0} BY age", "GET owner_{0}, age OF pets_{0} BY age"))
    assert found.do == "List only what the task asks for, and nothing to explain or to sort it."


def test_a_word_that_keeps_rows_from_being_repeated_is_told_with_that_condition() -> None:
    rows = {RIGHT: "[('Ann', 3), ('Bo', 4)]", WRONG: "[('Ann', 3), ('Ann', 3), ('Bo', 4)]"}

    def answered(run: Trajectory) -> Trajectory:
        statement = RIGHT if run.outcome == "success" else WRONG
        steps = [
            msgspec.structs.replace(one, text=rows[statement]) if one.kind == "tool_result" else one
            for one in run.steps
        ]
        return msgspec.structs.replace(run, steps=tuple(steps))

    (found,) = told(*map(answered, pairs(RIGHT, WRONG)))
    assert found.when.endswith("in `query`, and its result shows a row more than once")
    assert found.do == "Write it with `UNIQUE`."


def test_a_query_is_to_select_the_columns_that_are_asked_for() -> None:
    more = "SELECT owner_{0}, age FROM pets_{0} ORDER BY age"
    (found,) = told(*pairs("SELECT owner_{0} FROM pets_{0} ORDER BY age", more))
    assert found.do == (
        "Select exactly the columns that the task asks for: no extra column that explains or sorts them."
    )


def test_a_run_that_succeeded_shows_what_it_changed_last() -> None:
    (found,) = told(*(asked(task, "success", WRONG, RIGHT) for task in range(7)))
    assert found.do == "Check whether `UNIQUE` belongs in it."


@pytest.mark.parametrize(
    "runs",
    [
        pairs(RIGHT, WRONG, n=5),
        [*pairs(RIGHT, WRONG, n=4), *pairs(WRONG, RIGHT, n=8)[8:]],
        pairs(RIGHT, WRONG, asked_for="Which unique owners are there"),
        pairs(RIGHT, "GET owner_{0} OF pets_{0} VIA food_{0} NEAR town_{0} LIKE some"),
        [asked(task, "success", RIGHT) for task in range(8)],
    ],
    ids=["few tasks", "both ways", "the task says it", "other statements", "one outcome"],
)
def test_what_chance_the_task_or_another_statement_explains_is_not_told(runs: list[Trajectory]) -> None:
    assert told(*runs) == []
