"""Lessons that the instructions of their runs say already."""

import msgspec
import pytest

from t2s_local.stages.extract.judge import INSTRUCTED, judge
from t2s_local.values.lesson import Lesson, Quote
from t2s_local.values.trajectory import Step, Trajectory
from tests.build import lesson, step, trajectory

PROMPT = (
    "You work on a web shop.\n\nThe database is MySQL. Before you hand in a change, run `make check` in the folder"
    " of the shop, and repair what it reports.\n\n- Answer in one sentence."
)
ADVICE = ("a change is handed in", "Run `make check` in the folder of the shop.")


def run(number: int, *told: Step) -> Trajectory:
    work = (step("user", f"task {number}"), step("tool_call", f"ls {number}", tool="bash", call_id="1"))
    return trajectory(*told, *work, source=f"run-{number}")


def learned(runs: list[Trajectory], when: str, do: str, *, pattern: str = "recovery") -> Lesson:
    quotes = tuple(
        Quote(trajectory_id=one.id, step=len(one.steps) - 1, role="fix", text=one.steps[-1].text) for one in runs
    )
    made = lesson(when, do, runs=tuple(one.id for one in runs), evidence=quotes)
    return msgspec.structs.replace(made, pattern=pattern)


def is_refused(runs: list[Trajectory], when: str, do: str, *, pattern: str = "recovery") -> bool:
    judged = judge([learned(runs, when, do, pattern=pattern)], {one.id: one for one in runs})
    assert len(judged.lessons) + sum(loss.count for loss in judged.losses) == 1
    return bool(judged.losses) and judged.losses[0].reason == INSTRUCTED


def test_a_lesson_that_the_system_prompt_of_its_runs_states_is_refused_and_counted() -> None:
    assert is_refused([run(number, step("system", PROMPT)) for number in range(3)], *ADVICE)


def test_one_run_without_the_instruction_is_enough_to_tell_it() -> None:
    runs = [run(1, step("system", PROMPT)), run(2, step("system", PROMPT)), run(3)]
    assert not is_refused(runs, *ADVICE)


@pytest.mark.parametrize(
    ("when", "do"),
    [
        ("a change is handed in", "Run `make lint` in the folder of the shop."),
        ("a query is slow", "Look at its plan and add an index to the columns of the join."),
        ("the database does not answer", "Start it in one sentence of the shop before the check of the change."),
        ("a change is handed in", "Repair it."),
    ],
    ids=["another command", "another matter", "words of several passages", "too short to compare"],
)
def test_what_no_passage_says_is_told(when: str, do: str) -> None:
    assert not is_refused([run(number, step("system", PROMPT)) for number in range(3)], when, do)


@pytest.mark.parametrize("pattern", ["policy", "correction", "asked_again", "contrast", "ending"])
def test_what_runs_did_otherwise_in_spite_of_it_is_told(pattern: str) -> None:
    assert not is_refused([run(number, step("system", PROMPT)) for number in range(3)], *ADVICE, pattern=pattern)


def test_a_file_of_instructions_that_a_run_read_counts_and_another_file_does_not() -> None:
    def read(name: str) -> tuple[Step, Step]:
        call = step("tool_call", f"cat {name}", tool="bash", call_id="0")
        return call, step("tool_result", PROMPT, tool="bash", call_id="0")

    assert is_refused([run(1, *read("shop/AGENTS.md"))], *ADVICE)
    assert not is_refused([run(1, *read("shop/notes.md"))], *ADVICE)
    assert is_refused([run(1, step("user", f"Contents of /srv/shop/CLAUDE.md:\n\n{PROMPT}"))], *ADVICE)


def test_what_the_messages_of_different_tasks_begin_with_counts_and_words_of_one_task_do_not() -> None:
    runs = [run(number, step("user", f"{PROMPT}\n\nTask {number}")) for number in range(2)]
    assert is_refused(runs, *ADVICE)
    assert not is_refused(runs[:1], *ADVICE)
    assert not is_refused([runs[0], run(2)], *ADVICE)


GUIDE = "# Till\n\n```bash\nmake deps\nmake test:slow  # needs a display\n```\n\nRun `pnpm lint` and `tox`; make sure."


@pytest.mark.parametrize(
    ("do", "refused"),
    [
        ("Run `pnpm lint`.", True),
        ("Run `make deps && pnpm lint` before you say that you are done.", True),
        ("Run `tox`, after `make deps`: without it you get “no `x y`”.", True),
        ("Run `make test`.", False),
        ("Run `make`.", False),
        ("Run `pnpm lint`, after `pnpm build`: without it you get “no”.", False),
    ],
)
def test_a_command_that_the_instructions_of_one_run_name_is_no_fact_to_tell(do: str, *, refused: bool) -> None:
    asked = Step(kind="tool_call", text="cat CLAUDE.md", tool="bash", call_id="0")
    shown = Step(kind="tool_result", text=GUIDE, tool="bash", call_id="0")
    runs = [run(1), run(2, asked, shown), run(3)]
    assert is_refused(runs, "to run the tests", do, pattern="check") is refused
    assert not is_refused([run(1), run(3)], "to run the tests", do, pattern="check")
