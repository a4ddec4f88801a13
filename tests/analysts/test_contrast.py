"""What succeeding runs do and failing ones do not: told where neither chance nor other tasks or agents explain it."""

import msgspec
import pytest

from t2s_local.values.trajectory import Outcome, Step, Trajectory
from tests.build import step, trajectory
from tests.mining import lessons


def call(tool: str, arguments: dict[str, object], answer: str, *, key: str) -> tuple[Step, Step]:
    text = msgspec.json.encode(arguments).decode()
    made = Step(kind="tool_call", text=text, tool=tool, arguments=arguments, call_id=key)
    return made, Step(kind="tool_result", text=answer, tool=tool, call_id=key)


def run(task: int, trial: int, outcome: Outcome, *steps: Step, asked: str = "Sort out my trip") -> Trajectory:
    return trajectory(
        step("user", f"{asked}, case {task}."),
        *steps,
        task_id=f"t{task}",
        task=f"{asked}, case {task}.",
        outcome=outcome,
        source=f"{task}-{trial}",
    )


def parted(task: int, n_wins: int, n_losses: int) -> list[Trajectory]:
    look = call("get_trip", {"trip": f"T{task}"}, "a trip", key="1")
    won = [run(task, n, "success", *look, *call("send_note", {"to": "me"}, "sent", key="2")) for n in range(n_wins)]
    lost = [
        run(task, 10 + n, "failure", *look, *call("end_trip", {"now": True}, "ended", key="2")) for n in range(n_losses)
    ]
    return [*won, *lost]


def partings(*runs: Trajectory) -> set[str]:
    return {lesson.do for lesson in lessons(*runs, pattern="contrast") if lesson.do.startswith("Go on with")}


def test_runs_of_one_task_that_chance_may_part_teach_nothing_until_another_task_parts_alike() -> None:
    told = {"Go on with `send_note` rather than `end_trip`."}
    assert partings(*parted(1, 3, 2)) == set()
    assert partings(*parted(1, 3, 3)) == told
    assert partings(*parted(1, 3, 2), *parted(2, 3, 2)) == told


def test_what_parts_runs_at_different_places_is_not_added_up() -> None:
    before = call("list_trips", {"of": "me"}, "two trips", key="0")
    later = [
        msgspec.structs.replace(item, steps=(*item.steps[:-2], *before, *item.steps[-2:])) for item in parted(2, 3, 2)
    ]
    assert partings(*parted(1, 3, 2), *later) == set()


def values(argument: str, names: tuple[str, ...]) -> list[Trajectory]:
    """Runs of many tasks that fail with the first value and succeed with any other one."""
    return [
        run(
            task,
            trial,
            "failure" if name == names[0] else "success",
            *call("book", {argument: name}, "booked", key="1"),
        )
        for task in range(6)
        for trial, name in enumerate((names[0], names[0], names[1 + task % (len(names) - 1)], names[1]))
    ]


def test_a_choice_between_few_values_is_told_and_a_value_of_many_is_not() -> None:
    few = lessons(*values("cabin", ("business", "economy")), pattern="contrast")
    assert any("`cabin` = `business`" in lesson.when for lesson in few)
    many = lessons(*values("origin", ("JFK", "IAH", "ATL", "SEA", "DTW", "PHX", "BOS")), pattern="contrast")
    assert not any("origin" in lesson.when or "origin" in lesson.do for lesson in many)


@pytest.mark.parametrize("name", ["Charlie", "packing-list.docx", "a b"])
def test_names_files_and_what_the_task_says_are_no_choices(name: str) -> None:
    told = lessons(*values("of", (name, "none")), pattern="contrast")
    assert not any(name in lesson.when or name in lesson.do for lesson in told)


def test_a_value_the_user_asked_for_is_not_the_agents_choice() -> None:
    request = "Book me a business seat"
    asked = [
        msgspec.structs.replace(item, task=request, steps=(step("user", request), *item.steps[1:]))
        for item in values("cabin", ("business", "economy"))
    ]
    assert not any("`business`" in lesson.when for lesson in lessons(*asked, pattern="contrast"))


@pytest.mark.parametrize("tool", ["search_trips", "cancel_trip"])
def test_no_call_is_forbidden_as_such(tool: str) -> None:
    runs = [
        run(
            task,
            trial,
            "failure" if trial < 2 else "success",
            *call(tool if trial < 2 else "send_note", {"of": "me"}, "done", key="1"),
        )
        for task in range(4)
        for trial in range(4)
    ]
    told = lessons(*runs, pattern="contrast")
    assert not any(lesson.do.startswith(f"Do not call `{tool}`") for lesson in told)


def edits(number: int, *, prepared: bool, fails: bool, harness: str) -> Trajectory:
    first = call("create", {"name": f"a{number}"}, "made", key="1") if prepared else ()
    answer = "Error: the block did not match" if fails else "edited"
    made = run(number, 0, "success", *first, *call("edit", {"text": f"x{number}"}, answer, key="2"))
    return msgspec.structs.replace(made, format=harness, label=None)


def prepared(*runs: Trajectory) -> list[str]:
    return [lesson.because or "" for lesson in lessons(*runs, pattern="contrast") if "before `edit`" in lesson.do]


def test_what_one_agent_never_does_explains_nothing_of_its_failures() -> None:
    able = [edits(n, prepared=True, fails=False, harness="one") for n in range(8)]
    unable = [edits(20 + n, prepared=False, fails=True, harness="other") for n in range(8)]
    assert prepared(*able, *unable) == []
    same = [msgspec.structs.replace(item, format="one") for item in unable]
    assert prepared(*able, *same) == ["8 of 8 calls without it failed this way, against 0 of 8 after it"]


def test_what_goes_with_a_task_alone_is_no_precondition() -> None:
    def of_task(item: Trajectory, task: str, number: int) -> Trajectory:
        return msgspec.structs.replace(item, task_id=task, source=f"{task}{number}", id=f"{task}{number}")

    easy = [of_task(edits(n, prepared=True, fails=False, harness="one"), "easy", n) for n in range(12)]
    hard = [of_task(edits(n, prepared=n < 2, fails=n != 9, harness="one"), "hard", n) for n in range(10)]
    assert prepared(*easy, *hard) == []


def test_of_what_was_looked_up_only_calls_that_told_it_are_named() -> None:
    run_ = trajectory(
        step("user", "I don't have my user id."),
        *call("get_booking", {"booking": "B1"}, '{"user": "jo"}', key="1"),
        *call("search_trip", {"to": "SEA"}, "three trips", key="2"),
        step("assistant", "Found it."),
    )
    (lesson,) = [item for item in lessons(run_) if item.do.startswith("Look")]
    assert lesson.do == "Look the user ID up with `get_booking` (it needs the `booking`)."


def test_of_two_long_values_the_beginnings_are_no_remedy() -> None:
    code = "# First try to work out the answer step by step, with every value named\n"
    run_ = trajectory(
        step("user", "work it out"),
        *call("python", {"code": f"{code}print(a)", "n": "1"}, "NameError: name 'a' is not defined", key="1"),
        *call(
            "python",
            {"code": f"# Now with the letter defined before it is used, as it should be\n{code}a = 1", "n": "1"},
            "1",
            key="2",
        ),
    )
    assert [item.do for item in lessons(run_, pattern="recovery")] == []


def test_a_name_is_set_to_one_source() -> None:
    run_ = trajectory(
        step("user", "pay"),
        *call("get_user", {"user": "u1"}, "card_111 and 40", key="1"),
        *call("get_trip", {"trip": "t1"}, "card_222", key="2"),
        *call("pay", {"with": [{"id": "gift_9", "sum": 1}, {"id": "gift_8", "sum": 1}]}, "Error: not enough", key="3"),
        *call("pay", {"with": [{"id": "card_111", "sum": 1}, {"id": "card_222", "sum": 40}]}, "paid", key="4"),
    )
    (lesson,) = lessons(run_, pattern="recovery")
    assert lesson.do.count("`with[].id`") == 1
