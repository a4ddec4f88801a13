"""What runs did about an order of calls that a skill asks for, and which names none of them has."""

import pytest

from t2s_local.skills.patch.page import Page
from t2s_local.stages.deepen.practice import use_of
from t2s_local.stages.deepen.units import units_of
from t2s_local.values.trajectory import Outcome, Trajectory
from tests.build import step, trajectory

TOOLS = frozenset({"look", "act"})


def run(number: int, *calls: str, outcome: Outcome | None) -> Trajectory:
    steps = [step("user", f"task {number}"), *(step("tool_call", f"{{}} {number}", tool=call) for call in calls)]
    return trajectory(*steps, task=f"task {number}", outcome=outcome, source=f"{number}.jsonl")


def units(text: str) -> tuple[str, ...]:
    return tuple(unit.text for unit in units_of(Page(path="SKILL.md", text=text), TOOLS))


@pytest.mark.parametrize(("n_good", "is_refuted"), [(0, True), (1, True), (3, False)])
def test_an_order_is_refuted_where_runs_that_kept_it_succeeded_no_more_often(n_good: int, is_refuted: bool) -> None:
    found = units_of(Page(path="SKILL.md", text="- Call `look` before `act`.\n"), TOOLS)
    did = [run(n, "look", "act", outcome="success" if n < n_good else "failure") for n in range(3)]
    others = [run(n, "act", "look", outcome="success" if n == 10 else "failure") for n in range(10, 13)]
    untold = [run(20, "act", outcome=None), run(21, "look", outcome="success")]
    practice = use_of(found, [*did, *others, *untold], tools=TOOLS, skills=()).practice[0]
    assert (len(practice.did), practice.n_did_succeed, practice.n_other, practice.n_other_succeed) == (3, n_good, 3, 1)
    assert practice.is_refuted(3) == is_refuted
    assert not practice.is_refuted(4)


def test_a_piece_is_unseen_where_no_run_has_anything_it_names() -> None:
    text = "- Run `mend --all`.\n- Call `look`, or run `mend`.\n- Be brief.\n"
    found = units_of(Page(path="SKILL.md", text=text), TOOLS)
    assert use_of(found, [run(1, "look", outcome=None)], tools=TOOLS, skills=()).unseen == (0,)


def test_a_skill_is_in_use_where_its_page_is_opened() -> None:
    opened = trajectory(step("user", "x"), step("tool_call", "cat .claude/skills/my-skill/SKILL.md", tool="bash"))
    assert use_of((), [opened, run(1, "look", outcome=None)], tools=TOOLS, skills=["my-skill", "other"]).users == {
        "my-skill": (opened.id,)
    }


def test_when_to_use_examples_and_references_tell_nothing() -> None:
    text = (
        "# T\n\nIntro.\n\n## When to use\n\n- x\n\n## Example\n\ny\n\n## Steps\n\n1. Do z. (R1: 3 runs)\n   - because\n"
    )
    assert units(text) == ("Intro.", "Do z. - because")
