"""Skills on how the tools of one harness behave name it; others, and those of recordings that name none, do not."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import pytest

from t2s_local import registry
from t2s_local.ports.format import Harness
from t2s_local.ports.writer import Evidence
from t2s_local.skills.lint import lint
from t2s_local.skills.source import source_of
from t2s_local.stages.compose.compose import compose
from t2s_local.stages.intake.corpus import Outline, outline_of
from t2s_local.stages.intake.read_all import read
from t2s_local.stages.naming.harnesses.harnesses import bound_rules, harnesses_of
from t2s_local.values.cluster import Family
from t2s_local.values.lesson import Lesson
from t2s_local.values.skill import Skill
from t2s_local.values.trajectory import Trajectory, TrajectoryId
from t2s_local.writers.template import load
from tests.skill_corpus import evidence, family, file_of, stated

Told = tuple[str, str, str]
"""Situation, advice and pattern of a rule."""
FORGETS = ("with `python`", "Write every import into each call: names of an earlier call are gone.", "forgotten")
BOOKS = ("before you call `book_room`", "Ask for the price first.", "policy")
ENDS = ("something is missing to carry out a request", "Look it up. There is no user to reply.", "ending")


def intercode(tool: str) -> object:
    turns = {"actions": ["execute[total(3)]"], "observations": ["NameError: total"], "rewards": [0]}
    return {
        str(n): {"environment": f"ic_{tool}", "task_id": n, "query": task(n), "turn_history": turns} for n in range(3)
    }


def task(number: int) -> str:
    return f"Write a function that sums the list of batch {number}."


def messages(number: int, call: object) -> list[object]:
    answer = {"role": "tool", "tool_call_id": "c1", "content": "NameError: total"}
    asked = {"role": "assistant", "content": "Try.", "tool_calls": [call]}
    return [{"role": "user", "content": task(number)}, asked, answer, {"role": "assistant", "content": "Done."}]


def inspected(tool: str) -> object:
    call = {"id": "c1", "function": tool, "arguments": {"code": "total(3)"}, "type": "function"}
    samples = [{"id": n, "epoch": 1, "input": task(n), "target": "x", "messages": messages(n, call)} for n in range(3)]
    log = {"version": 2, "status": "success", "eval": {"run_id": "r", "task": "sums", "model": "m"}, "plan": {}}
    return {**log, "samples": samples}


def dojo(tool: str) -> object:
    call = {"id": "c1", "function": tool, "args": {"code": "total(3)"}}
    return [
        {"suite_name": "s", "pipeline_name": "m", "user_task_id": f"user_task_{n}", "messages": messages(n, call)}
        for n in range(3)
    ]


def chat(tool: str) -> object:
    call = {"id": "c1", "type": "function", "function": {"name": tool, "arguments": '{"code": "total(3)"}'}}
    return [{"id": f"chat-{n}", "messages": messages(n, call)} for n in range(3)]


def planted(folder: Path, recorded: object) -> list[Trajectory]:
    """Runs of a planted recording, read by the format that claims it; of a list, each in a file of its own."""
    for number, one in enumerate(recorded if isinstance(recorded, list) else [recorded]):
        (folder / f"{number}.json").write_text(json.dumps(one))
    runs = list(read([folder]).trajectories)
    assert len(runs) == 3
    return runs


def lesson(runs: Sequence[Trajectory], told: Told, tool: str | None) -> Lesson:
    when, do, pattern = told
    at = next(index for index, step in enumerate(runs[0].steps) if step.kind == "tool_call")
    tools = () if tool is None else (tool,)
    quoted = runs[0].steps[at].text
    return stated(
        runs, when, do, "3 of 3 calls", pattern, parts=[(at, "action", quoted)], tools=tools, polarity="success"
    )


def known(families: Sequence[Family], runs: Sequence[Trajectory], lessons: Sequence[Lesson]) -> Evidence:
    outlines = [outline_of(run) for run in runs]
    tools = {item.id: item.tools for item in outlines}
    facts = msgspec.structs.replace(evidence(runs, lessons), harnesses=harnesses_of(outlines), tools=tools)
    clusters = [cluster for one in families for cluster in one.clusters]
    return msgspec.structs.replace(facts, bound=bound_rules(clusters, facts))


def skill_of(runs: Sequence[Trajectory], *lessons: Lesson) -> Skill:
    families = [family(*([one] for one in lessons))]
    (skill,) = compose(families, known(families, runs, lessons), load(), min_support=3, names={}).skills
    assert not [finding for finding in lint(source_of(skill)) if finding.severity == "error"]
    return skill


def body(skill: Skill) -> str:
    return file_of(skill, "SKILL.md")


@pytest.mark.parametrize(("recorded", "harness"), [(intercode, "InterCode"), (inspected, "Inspect")])
def test_a_skill_on_the_tools_of_a_harness_names_it(
    tmp_path: Path, recorded: Callable[[str], object], harness: str
) -> None:
    runs = planted(tmp_path, recorded("python"))
    skill = skill_of(runs, lesson(runs, FORGETS, "python"))
    assert skill.name == f"using-python-in-{harness.lower()}"
    assert skill.description.startswith(f"Using Python in {harness}: ")
    assert "Use there when about to use the tool python." in skill.description
    assert f"# Using Python in {harness}\n" in body(skill)
    assert f"## When to use\n\nYou work in {harness}, and:\n\n- You are about to use `python`." in body(skill)


def test_a_generic_container_names_no_harness(tmp_path: Path) -> None:
    runs = planted(tmp_path, chat("python"))
    skill = skill_of(runs, lesson(runs, FORGETS, "python"))
    assert skill.name == "using-python"
    assert " in " not in skill.description.partition(":")[0]


def test_runs_of_two_harnesses_name_none(tmp_path: Path) -> None:
    both = []
    for name, recorded in (("one", intercode("python")), ("two", inspected("python"))):
        (tmp_path / name).mkdir()
        both.append(planted(tmp_path / name, recorded))
    lessons = [lesson(runs, FORGETS, "python") for runs in both]
    runs = [run for group in both for run in group]
    families = [family(lessons)]
    (skill,) = compose(families, known(families, runs, lessons), load(), min_support=3, names={}).skills
    assert skill.name == "using-python"


def test_tools_of_a_domain_are_the_occasion_and_a_lone_rule_on_the_harness_names_it_itself(tmp_path: Path) -> None:
    runs = planted(tmp_path, dojo("book_room"))
    skill = skill_of(runs, lesson(runs, BOOKS, "book_room"), lesson(runs, ENDS, None))
    assert "agentdojo" not in skill.name
    assert "# Managing rooms\n" in body(skill)
    assert "In AgentDojo, when something is missing to carry out a request, look it up." in body(skill)
    assert "Before you call `book_room`, ask" in body(skill)


def test_a_rule_of_a_project_is_told_with_the_project_alone(tmp_path: Path) -> None:
    runs = planted(tmp_path, intercode("python"))
    one = lesson(runs, FORGETS, "python")
    families = [family([one])]
    there = msgspec.structs.replace(known(families, runs, [one]), projects={run.id: "acme/till" for run in runs})
    (skill,) = compose(families, there, load(), min_support=3, names={}).skills
    assert "InterCode" not in body(skill)


def test_the_order_of_rules_and_runs_does_not_show(tmp_path: Path) -> None:
    runs = planted(tmp_path, intercode("python"))
    one, two = lesson(runs, FORGETS, "python"), lesson(runs, ENDS, None)
    assert skill_of(runs, one, two).files == skill_of(runs[::-1], two, one).files


@pytest.mark.parametrize(
    ("format_name", "agent", "harness"),
    [
        ("atif", "claude-code", "Claude Code"),
        ("native", "swe-agent", "SWE-agent"),
        ("native", None, None),
        ("otel", "my-agent", None),
        ("gone", None, None),
        ("intercode", "anyone", "InterCode"),
    ],
)
def test_a_container_names_the_harness_that_its_agent_is(
    format_name: str, agent: str | None, harness: str | None
) -> None:
    run = Outline(id=TrajectoryId("r"), source="a", format=format_name, agent=agent)
    found = harnesses_of([run]).get(run.id)
    assert (None if found is None else found.name) == harness


def test_only_formats_of_one_program_name_a_harness() -> None:
    modules = {name: registry.load("t2s_local.formats", name) for name in registry.names("t2s_local.formats")}
    named = {name: module.HARNESS for name, module in modules.items() if hasattr(module, "HARNESS")}
    assert all(isinstance(one, Harness) for one in named.values())
    assert not named.keys() & {
        "anthropic_messages",
        "generic",
        "native",
        "openai_chat",
        "otel",
        "sharegpt",
        "specstory",
    }
