"""Which of several calls pays, by the outcomes of runs."""

import json
from collections.abc import Iterable

from t2s_local.values.trajectory import Outcome, Step, Trajectory
from tests.build import step, trajectory
from tests.mining import lessons

SHELF = "=== stock.txt:{line} ===\n> {line}: shade: red\n### lamp-{line} (maker: firm-00{number})"


def call(name: str, answer: str, *, key: str, **arguments: object) -> tuple[Step, Step]:
    return (
        Step(kind="tool_call", text=json.dumps(arguments), tool=name, arguments=arguments, call_id=key),
        step("tool_result", answer, tool=name, call_id=key),
    )


def run(number: int, *calls: tuple[Step, Step], task: int, outcome: Outcome | None, asked: str = "") -> Trajectory:
    steps = [part for pair in calls for part in pair]
    return trajectory(
        step("user", f"where is lamp {task}? {asked}"),
        *steps,
        step("assistant", "It is there."),
        task_id=f"t{task}",
        outcome=outcome,
        source=f"{number}",
    )


def looked(number: int, tool: str, outcome: Outcome, shown: str) -> Trajectory:
    answer = f"lamp {number % 5} is on the {shown} shelf of the hall"
    return run(number, call(tool, answer, key="1", wanted="lamp"), task=number % 5, outcome=outcome)


def rivals(good: str, bad: str, *, won: int = 0, shown: str = "lower", n: int = 8) -> list[str]:
    """Return the lessons of *n* runs that find a lamp with *good*, and ten that see a *shown* shelf with *bad*."""
    better = [looked(number, good, "success", "upper") for number in range(n)]
    worse = [looked(10 + n, bad, "success" if n < won else "failure", shown) for n in range(10)]
    return [f"{one.when}: {one.do} {one.because}" for one in lessons(*better, *worse, pattern="rival")]


def test_of_two_tools_for_the_same_objects_the_one_with_which_runs_of_a_task_succeed_is_told() -> None:
    (told,) = rivals("search_lamps", "get_new_lamps")
    assert told == (
        "you look something up among the lamps: Use `search_lamps`, not `get_new_lamps`. Of 8 runs with only"
        " `search_lamps` 8 succeeded, of 10 runs of the same 5 tasks with only `get_new_lamps` 0; 10 of 10 of these"
        " that failed never saw what `search_lamps` shows"
    )
    assert rivals("search_lamps", "get_new_lamps", n=7) == []


def test_a_tool_that_showed_the_same_in_failed_runs_is_not_advised_against() -> None:
    assert rivals("search_lamps", "get_new_lamps", shown="upper") == []


def test_tools_for_other_objects_and_tools_that_change_something_are_no_rivals() -> None:
    assert rivals("search_lamps", "get_new_cables") == []
    assert rivals("search_lamps", "delete_lamp") == []


def test_a_tool_with_which_as_many_runs_succeed_is_not_advised_against() -> None:
    assert rivals("search_lamps", "get_new_lamps", won=7) == []


def asked_on(
    numbers: Iterable[int], *, follows: bool, outcome: Outcome | None, task: int | None = None, tool: str = "grep"
) -> list[Trajectory]:
    """Return runs that meet the name of a firm; with *follows* they look it up next."""
    found = []
    for number in numbers:
        first = call(tool, SHELF.format(line=100 + number, number=number), key="1", pattern="red")
        then = call(tool, "firm: glass", key="2", pattern=f"firm-00{number}" if follows else f"cable {number}")
        found.append(run(number, first, then, task=number if task is None else task, outcome=outcome))
    return found


def test_identifiers_that_a_result_shows_are_to_be_looked_up_where_that_pays() -> None:
    runs = [
        *asked_on(range(1, 13), follows=True, outcome="success"),
        *asked_on(range(20, 32), follows=False, outcome="failure"),
    ]
    (told,) = lessons(*runs, pattern="passed_on")
    assert told.when == "`grep` shows a `firm-<number>` that the request does not"
    assert told.do == "Call `grep` with it before you act or answer."
    assert told.because == "Of 12 runs that did 12 succeeded, of the 12 others 0"
    assert len(told.trajectory_ids) == 12


def test_a_tool_with_a_line_end_in_its_name_is_named_on_one_line() -> None:
    runs = [
        *asked_on(range(1, 13), follows=True, outcome="success", tool="search\nfirms"),
        *asked_on(range(20, 32), follows=False, outcome="failure", tool="search\nfirms"),
    ]
    (told,) = lessons(*runs, pattern="passed_on")
    assert told.do == "Call `search firms` with it before you act or answer."


def test_what_runs_without_outcomes_or_with_even_ones_look_up_is_no_rule() -> None:
    unknown = asked_on(range(1, 13), follows=True, outcome=None)
    assert lessons(*unknown, *asked_on(range(20, 32), follows=False, outcome=None), pattern="passed_on") == []
    even = [
        *asked_on(range(1, 13), follows=True, outcome="success"),
        *asked_on(range(20, 32), follows=False, outcome="success"),
        *asked_on(range(40, 42), follows=False, outcome="failure"),
    ]
    assert lessons(*even, pattern="passed_on") == []


def test_runs_are_compared_within_tasks_where_tasks_have_runs_of_both_outcomes() -> None:
    shared = [
        one
        for task in range(4)
        for one in (
            *asked_on([10 * task + 1, 10 * task + 2], follows=True, outcome="success", task=task),
            *asked_on([10 * task + 3, 10 * task + 4], follows=False, outcome="failure", task=task),
        )
    ]
    (told,) = lessons(*shared, pattern="passed_on")
    assert told.because == "Of 8 runs that did 8 succeeded, of 8 runs of the same tasks that did not 0"
    apart = [
        *asked_on(range(1, 13), follows=True, outcome="success"),
        *asked_on(range(20, 32), follows=False, outcome="failure"),
        *asked_on([50], follows=True, outcome="success", task=99),
        *asked_on([51], follows=True, outcome="failure", task=99),
    ]
    assert lessons(*apart, pattern="passed_on") == []
