"""Lessons that are one rule, and lessons that only look like it."""

import pytest

from t2s_local.stages.group.claims import agree, claim_of
from t2s_local.values.lesson import Lesson
from tests.skill_corpus import pushes, stated


def failure(message: str, do: str, pattern: str = "recovery") -> Lesson:
    return stated([pushes(1)[0].run], f"`x` fails with “{message}”", do, None, pattern, parts=[])


def is_one_rule(one: Lesson, other: Lesson) -> bool:
    return agree(claim_of(one), claim_of(other), is_near=True)


ELSEWHERE = "Run `awk -F: '{print $1}'` instead of `awk -f:`."
MADE = "Run `mkdir <name>`, then `ls <name>` again."


def test_what_the_system_says_of_any_file_does_not_make_two_failures_one() -> None:
    one = failure("ls: cannot access '<path>': No such file or directory", MADE)
    other = failure("awk: cannot open '<path>': No such file or directory", ELSEWHERE)
    assert not is_one_rule(one, other)


def test_two_programs_that_miss_a_file_are_one_failure_where_the_remedy_is_one() -> None:
    one = failure("cat: '<path>': No such file or directory", MADE)
    other = failure("find: '<path>': No such file or directory", MADE.replace("ls", "find"))
    assert is_one_rule(one, other)


@pytest.mark.parametrize(
    ("message", "is_one"), [("the block did not match", True), ("cannot import name 'main'", False)]
)
def test_contrasts_that_prevent_different_failures_are_different_rules(message: str, *, is_one: bool) -> None:
    one = failure("the block did not match", "Call `create` before `edit`.", "contrast")
    other = failure(message, "Call `create` before `edit`.", "contrast")
    assert is_one_rule(one, other) is is_one
