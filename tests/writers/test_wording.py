"""What a skill says of itself is true of its rules, and reads as a sentence."""

from collections.abc import Sequence

import msgspec
import pytest

from t2s_local.values.lesson import Lesson, QuoteRole
from t2s_local.values.skill import Skill
from t2s_local.values.trajectory import Trajectory
from t2s_local.writers.template import load
from tests.build import step, trajectory
from tests.skill_corpus import edits, evidence, family, file_of, pushes, stated

ASKED = "Find the channel where the mug was seen and reply there"


def runs_of(texts: Sequence[str]) -> list[Trajectory]:
    return [
        trajectory(
            step("user", text), step("tool_call", "{}", tool="get_channels"), task=text, task_id=f"t{n}", source=f"{n}"
        )
        for n, text in enumerate(texts)
    ]


def told(runs: Sequence[Trajectory], when: str, do: str) -> Lesson:
    parts: list[tuple[int, QuoteRole, str]] = [(1, "action", "{}")]
    return stated(runs, when, do, "all did", "contrast", parts=parts, tools=("get_channels",))


def skill_of(runs: Sequence[Trajectory], *lessons: Lesson) -> Skill:
    subject = msgspec.structs.replace(family(*([one] for one in lessons)), candidates=("reading-channels",))
    known = evidence(runs, lessons)
    return load().write(subject, known, taken=frozenset(), min_support=3)


def test_a_skill_without_a_failure_does_not_say_how_something_failed() -> None:
    runs = runs_of([ASKED] * 3)
    step_rule = told(runs, f"in a task like “{ASKED}”", "Call `get_channels`.")
    never = told(runs, "you are about to call `get_channels`", "Do not call `get_channels` twice.")
    said = skill_of(runs, step_rule, never).description
    assert said.startswith("Reading channels: what runs that succeed do. Use when a task is like “Find the channel")
    assert "failed" not in said


def test_why_is_promised_only_where_a_cause_is_told() -> None:
    with_cause = family([item.lesson for item in pushes()])
    without = family([item.lesson for item in edits()])
    known = evidence([item.run for item in (*pushes(), *edits())], [item.lesson for item in (*pushes(), *edits())])
    said = [
        load().write(msgspec.structs.replace(one, name="x-y"), known, taken=frozenset(), min_support=3).description
        for one in (with_cause, without)
    ]
    assert said[0].startswith("X y: what to do when git push fails and why it fails. Use when")
    assert said[1].startswith("X y: what to do when") and "why" not in said[1]


def test_what_is_handled_is_not_said_to_fail() -> None:
    subject = msgspec.structs.replace(family([item.lesson for item in edits()]), name="handling-missing-files")
    known = evidence([item.run for item in edits()], [item.lesson for item in edits()])
    said = load().write(subject, known, taken=frozenset(), min_support=3).description
    assert said.startswith("Handling missing files: what works instead")


@pytest.mark.parametrize("place", ["in", "at the start, in", "after `get_users`, in"])
def test_a_situation_that_names_a_task_follows_when_as_a_clause(place: str) -> None:
    runs = runs_of([ASKED] * 3)
    skill = skill_of(runs, told(runs, f"{place} a task like “{ASKED}”", "Go on with `get_channels`."))
    assert f"Use when a task is like “{ASKED}”, or when about to call get_channels." in skill.description
    assert "When at" not in file_of(skill, "SKILL.md")


def test_a_quotation_that_is_cut_off_is_closed() -> None:
    runs = runs_of([ASKED] * 3)
    said = skill_of(runs, told(runs, f"in a task like “{ASKED * 4}”", "Call `get_channels`.")).description
    assert said.count("“") == said.count("”") == 1
    assert "…”, or when about to call get_channels" in said


def test_a_remedy_says_how_many_runs_took_it_where_others_did_not() -> None:
    (first, *rest) = pushes(4)
    other = msgspec.structs.replace(first.lesson, do="Run `git fetch`, then `git merge`.")
    subject = family([*(item.lesson for item in rest), other])
    known = evidence([item.run for item in (first, *rest)], [*(item.lesson for item in rest), other])
    whole = msgspec.structs.replace(subject, name="using-git-push")
    body = file_of(load().write(whole, known, taken=frozenset(), min_support=3), "SKILL.md")
    assert "(R1: 4 runs)" in body
    assert "Do (3 runs): Run `git pull --rebase origin main`" in body


def test_a_description_names_each_matter_of_its_rules_once() -> None:
    runs = runs_of([ASKED] * 3)
    checks = [
        stated(
            runs,
            f"after editing files of part {number}",
            f"Run `mise run check-{number}`.",
            None,
            "check",
            parts=[(1, "action", "ls")],
            polarity="success",
        )
        for number in range(2)
    ]
    assert skill_of(runs, *checks).description.count("how changes are checked") == 1


def test_a_look_that_keeps_a_call_from_being_refused_is_told_for_the_time_before_it() -> None:
    runs = runs_of([ASKED] * 3)
    rule = told(runs, "you are about to call `post`", "Check the room first, at `free` in what `get_channels` returns.")
    body = file_of(skill_of(runs, rule), "SKILL.md")
    assert "Before you call `post`, check the room first, at `free` in what" in body


def test_a_situation_that_only_names_a_tool_in_use_is_said_once() -> None:
    runs = runs_of([ASKED] * 3)
    rule = told(runs, "you call `get_channels`", "Pass `all` as `kind`, not `own`, which is refused.")
    body = file_of(skill_of(runs, rule), "SKILL.md")
    assert "- You are about to use `get_channels`." in body
    assert "- You call `get_channels`." not in body
    assert "When you call `get_channels`, pass `all` as `kind`" in body
