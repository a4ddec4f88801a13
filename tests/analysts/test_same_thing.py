"""Calls that pass only after another about the same thing."""

import msgspec
import pytest

from t2s_local.values.trajectory import Label, Outcome, Step, Trajectory
from tests.analysts.test_tool_kinds import call, run
from tests.build import step
from tests.mining import lessons


def test_a_call_that_passes_only_after_another_about_the_same_thing_is_told_with_it() -> None:
    def fetched(n: int, *, gone_to: bool) -> Trajectory:
        shelf = f"shelf {n}"
        way = (
            (
                step("tool_call", f"walk to {shelf}", tool="walk", call_id="1"),
                step("tool_result", f"You are at {shelf}.", tool="walk", call_id="1"),
            )
            if gone_to
            else ()
        )
        return run(
            n,
            *way,
            step("tool_call", f"fetch box from {shelf}", tool="fetch", call_id="2"),
            step("tool_result", "You have it." if gone_to else "Error: nothing in reach", tool="fetch", call_id="2"),
        )

    (lesson,) = lessons(*[fetched(n, gone_to=n % 2 == 0) for n in range(40)], pattern="same_thing")
    assert (lesson.when, lesson.do) == (
        "before `fetch box from X`",
        "Call `walk to X` first, with the same X: else it answers “Error: nothing in reach”.",
    )
    assert lesson.because == "Without it 20 of 20 such calls failed so, after it 0 of 20"


def test_an_earlier_call_with_the_same_argument_is_told_by_its_name() -> None:
    def edited(n: int, *, read: bool) -> Trajectory:
        path = f"src/part_{n}.rs"
        first = call("view", "fn main() {}", key="1", path=path if read else "src/other.rs")
        answer = "edited" if read else "Error: this file was not viewed"
        return run(n, *first, *call("change", answer, key="2", path=path, text=f"{n} is new"))

    (lesson,) = lessons(*[edited(n, read=n % 2 == 0) for n in range(40)], pattern="same_thing")
    assert lesson.when == "before `change`"
    assert lesson.do.startswith("Call `view` first, with the same `path`: else it answers")


def test_an_earlier_call_that_many_calls_pass_without_is_not_told() -> None:
    def edited(n: int, *, read: bool) -> Trajectory:
        path = f"src/part_{n}.rs"
        first = call("view", "fn main() {}", key="1", path=path if read else "src/other.rs")
        answer = "edited" if read or n % 4 == 1 else "Error: the text does not stand in the file"
        return run(n, *first, *call("change", answer, key="2", path=path, text=f"{n} is new"))

    assert lessons(*[edited(n, read=n % 2 == 0) for n in range(40)], pattern="same_thing") == []


@pytest.mark.parametrize(("outcome", "is_told"), [("success", True), ("failure", False)])
def test_a_call_that_no_succeeding_run_makes_needs_no_other_before_it(outcome: Outcome, *, is_told: bool) -> None:
    def shut(n: int, *, opened: bool) -> Trajectory:
        box = f"box {n}"
        way = said("open", f"open {box}", "It is open.", key="1") if opened else ()
        answer = "It is shut." if opened else "Error: nothing to shut"
        made = run(n, *way, *said("shut", f"shut {box}", answer, key="2"), *said("leave", "leave", "done", key="3"))
        return msgspec.structs.replace(made, label=Label(outcome=outcome if opened else "failure", source="test"))

    told = lessons(*[shut(n, opened=n % 2 == 0) for n in range(40)], pattern="same_thing")
    assert bool(told) == is_told


def said(tool: str, text: str, answer: str, *, key: str) -> tuple[Step, Step]:
    """A call in plain text."""
    return (
        step("tool_call", text, tool=tool, call_id=key),
        step("tool_result", answer, tool=tool, call_id=key),
    )
