"""Contradictions: two lessons that order opposite things for the same tools in one situation, and nothing else."""

import msgspec
import numpy as np
import pytest

from t2s_local.stages.group.directives import contradictions
from t2s_local.values.lesson import Lesson
from tests.build import lesson

CODE = "code is changed in a project that is checked with `{}`"
EDIT = "the version of a file is raised"


def n_found(*said: tuple[str, str], tools: tuple[tuple[str, ...], ...] = (), runs: int = 2) -> int:
    lessons: list[Lesson] = [
        lesson(when, do, runs=tuple(f"run-{place}-{number}" for number in range(runs)))
        for place, (when, do) in enumerate(said)
    ]
    named = [
        msgspec.structs.replace(one, tools=tool)
        for one, tool in zip(lessons, tools or ((),) * len(lessons), strict=True)
    ]
    rows = np.eye(len(lessons), dtype=np.float32)
    return len(contradictions(named, rows, supports=[len(one.task_ids) for one in named]))


OPPOSITE = {
    "lint and test": (
        (CODE.format("pytest"), "Work in this order: `edit`, then `ruff check .`, then `pytest -q`."),
        (CODE.format("ruff"), "Work in this order: `edit`, then `pytest -q`, then `ruff check .`."),
    ),
    "before and after": (
        (EDIT, "Run the tests before you write the tag."),
        (EDIT, "Write the tag, then run the tests."),
    ),
    "before at the start": ((EDIT, "Before the tag, run the tests."), (EDIT, "Run the tests after the tag.")),
    "a preference": ((EDIT, "Use pnpm instead of npm."), (EDIT, "Use npm rather than pnpm.")),
    "never": ((EDIT, "Edit the lock file by hand."), (EDIT, "Never edit the lock file by hand.")),
    "users": ((EDIT, "No, write the change by hand."), (EDIT, "Never write the change by hand.")),
    "a value": ((EDIT, "Set `indent` to `2`."), (EDIT, "Set `indent` to `4`.")),
    "a value named last": ((EDIT, "Pass `cash` as `method`."), (EDIT, "Pass `card` as `method`.")),
    "a flag": ((EDIT, "Run `tool --level=high`."), (EDIT, "Run `tool --level=low`.")),
}
AGREEING = {
    "another situation": (
        (EDIT, "Edit the lock file by hand."),
        ("a branch is merged", "Never edit the lock file by hand."),
    ),
    "the same order": ((EDIT, "Lint, then test."), (EDIT, "Lint, then test, then commit.")),
    "a step that comes again": ((EDIT, "Lint, then edit, then lint, then test."), (EDIT, "Edit, then lint.")),
    "at times only": ((EDIT, "Run the tests."), (EDIT, "Do not run the tests before the file is written.")),
    "another object": ((EDIT, "Listen on port 80."), (EDIT, "Never listen on port 8080.")),
    "another argument": ((EDIT, "Set `indent` to `2`."), (EDIT, "Set `width` to `4`.")),
    "look and act": (
        ("a request can be carried out", "Do not answer before you have called a tool: look up first, and act first."),
        ("something is missing to carry out a request", "Look it up instead of asking, then carry the request out."),
    ),
    "retries of several tools": (
        (
            "`heat` keeps failing with “Nothing happens.”",
            "Stop after the second error and do not repeat `heat` unchanged.",
        ),
        ("`take` fails with “Nothing happens.”", "Call `go` first, then repeat `take`."),
    ),
}


@pytest.mark.parametrize("name", OPPOSITE)
def test_opposite_orders_in_one_situation_are_listed_once(name: str) -> None:
    assert n_found(*OPPOSITE[name]) == n_found(*OPPOSITE[name][::-1]) == 1


@pytest.mark.parametrize("name", AGREEING)
def test_what_holds_beside_each_other_is_no_contradiction(name: str) -> None:
    assert n_found(*AGREEING[name]) == 0


@pytest.mark.parametrize("name", OPPOSITE)
def test_rules_of_different_tools_do_not_contradict_each_other(name: str) -> None:
    assert n_found(*OPPOSITE[name], tools=(("one",), ("other",))) == 0


def test_a_value_that_one_task_used_contradicts_none() -> None:
    assert n_found(*OPPOSITE["a value"], runs=1) == 0
    assert n_found(*OPPOSITE["never"], runs=1) == 1
