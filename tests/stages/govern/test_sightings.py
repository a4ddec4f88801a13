"""Skills found in recordings: by tools, reads, commands, messages of the harness and lists."""

from pathlib import Path

import pytest

from t2s_local.skills.members.members import members_of
from t2s_local.stages.govern.usage.sightings import sightings
from t2s_local.stages.govern.usage.texts import SkillTexts
from t2s_local.values.trajectory import Step, Trajectory, TrajectoryId
from tests.uses import GIT, library

BODY = GIT.split("---\n", 2)[2].strip()
NUMBERED = "\n".join(f"{number:6}→{line}" for number, line in enumerate(GIT.splitlines(), 1))


@pytest.fixture
def skills(tmp_path: Path) -> SkillTexts:
    return SkillTexts(members_of(library(tmp_path / "skills")))


def run(*steps: Step) -> Trajectory:
    return Trajectory(id=TrajectoryId("t"), source="t.jsonl", format="test", steps=steps)


def called(tool: str, **arguments: object) -> Step:
    return Step(kind="tool_call", text=str(arguments), tool=tool, arguments=arguments, call_id="c")


def result(text: str, *, is_error: bool = False) -> Step:
    return Step(kind="tool_result", text=text, call_id="c", is_error=is_error)


@pytest.mark.parametrize(
    "steps",
    [
        (called("Skill", skill="using-git"), result("Launching skill: using-git")),
        (called("Skill", skill="shop:using-git", args="now"), result("Launching skill: using-git")),
        (called("skill_view", name="using-git"), result(GIT)),
        (called("exec_command", cmd="cat ~/.agents/skills/using-git/SKILL.md"), result(f"Output:\n{GIT}")),
        (called("Read", file_path="/x/using-git/SKILL.md"), result(NUMBERED)),
        (called("bash", command="sed -n 1,9p using-git/SKILL.md"), result("\n".join(GIT.splitlines()[:9]))),
        (Step(kind="system", text=f"Base directory for this skill: /a/using-git\n\n{BODY}"),),
        (Step(kind="system", text=f"<skill>\n<name>using-git</name>\n{BODY}\n</skill>"),),
        (Step(kind="system", text="<command-name>/using-git</command-name>"),),
    ],
    ids=["tool", "plug-in", "view", "shell", "read", "cut", "base", "told", "command"],
)
def test_a_skill_is_loaded_once(skills: SkillTexts, steps: tuple[Step, ...]) -> None:
    found = sightings(run(*steps), skills)
    assert [load.skill for load in found.loads] == ["using-git"]
    assert found.others == frozenset()


@pytest.mark.parametrize(
    "text",
    [
        "<available_skills>\n- using-git: Use when git push fails.\n</available_skills>",
        "The following skills are available for use with the Skill tool:\n\n- shop:using-git: x",
        "<available_skills><skill><name>using-git</name><description>x</description></skill></available_skills>",
        "## Skills\n- using-git (file: /home/user/.agents/skills/using-git/SKILL.md)",
        "Skills you have:\n1. **using-git** - for pushing",
    ],
)
def test_a_list_shows_a_skill_and_loads_none(skills: SkillTexts, text: str) -> None:
    found = sightings(run(Step(kind="system", text=text)), skills)
    assert (list(found.shown), found.loads) == (["using-git"], [])


@pytest.mark.parametrize(
    "steps",
    [
        (called("skill_manage", action="patch", name="using-git"), result("ok")),
        (called("bash", command="grep -rn Claude . | head"), result(".claude/skills/using-git/SKILL.md:44: Claude")),
        (called("bash", command="ls skills/using-git/SKILL.md"), result("skills/using-git/SKILL.md")),
        (called("Write", file_path="using-git/SKILL.md", content=GIT), result("written")),
        (Step(kind="user", text="what do you think of the skill using-git?"),),
        (Step(kind="system", text="Skills: we use using-git elsewhere in a sentence."),),
    ],
)
def test_to_name_a_skill_is_not_to_use_it(skills: SkillTexts, steps: tuple[Step, ...]) -> None:
    found = sightings(run(*steps), skills)
    assert (found.shown, found.loads) == ({}, [])


def test_the_text_after_a_call_belongs_to_it_and_tells_the_version(skills: SkillTexts) -> None:
    told = Step(kind="system", text=f"Base directory for this skill: /a/using-git\n\n{BODY}\n\nARGUMENTS: now")
    found = sightings(run(called("Skill", skill="using-git"), result("Launching skill: using-git"), told), skills)
    assert [(load.step, load.digest) for load in found.loads] == [(0, skills.present("using-git"))]
    assert found.loads[0].tokens > 50


def test_a_call_that_failed_is_an_attempt(skills: SkillTexts) -> None:
    found = sightings(run(called("Skill", skill="using-git"), result("no such skill", is_error=True)), skills)
    assert [load.has_failed for load in found.loads] == [True]
