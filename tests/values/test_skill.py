"""Which steps load a skill."""

import pytest

from t2s_local.values.skill import loads_skill
from t2s_local.values.trajectory import Step


def call(tool: str, text: str) -> Step:
    return Step(kind="tool_call", tool=tool, text=text)


@pytest.mark.parametrize(
    "step",
    [
        call("Skill", '{"skill":"deploy"}'),
        call("Skill", '{"command":"shop:deploy"}'),
        call("use_skill", "deploy"),
        call("Bash", "cat .claude/skills/deploy/SKILL.md"),
        call("Read", r"C:\\skills\\deploy\\SKILL.md"),
        Step(kind="user", text="<command-name>/deploy</command-name>"),
        Step(kind="system", text="Base directory for this skill: /home/me/.claude/skills/deploy\n\n# Deploy"),
    ],
)
def test_calls_and_messages_of_the_harness_load_a_skill(step: Step) -> None:
    assert loads_skill(step, "deploy")
    assert not loads_skill(step, "deplo")


@pytest.mark.parametrize(
    "step",
    [
        call("Skill", '{"skill":"deploying"}'),
        call("Skill", '{"skill":"pre-deploy"}'),
        call("Bash", "deploy --wait"),
        call("Bash", "cat skills/pre-deploy/SKILL.md"),
        Step(kind="tool_result", text="skills/deploy/SKILL.md"),
        Step(kind="user", text="deploy it"),
    ],
)
def test_other_steps_that_name_it_do_not(step: Step) -> None:
    assert not loads_skill(step, "deploy")
