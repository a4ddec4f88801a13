"""When a skill is to be used: what its description and its list of situations name."""

import msgspec
import pytest

from t2s_local.ports.format import Harness
from t2s_local.ports.writer import Requests
from t2s_local.writers._page.body import assemble
from t2s_local.writers._page.rules import rules_of
from t2s_local.writers.template import load
from tests.skill_corpus import commits, evidence, family, file_of, pushes, stated


def described(asked: Requests) -> tuple[str, str]:
    """The description and the first situation of a skill whose tasks ask for this."""
    told = pushes(3)
    subject = msgspec.structs.replace(family([item.lesson for item in told]), candidates=("pushing-branches",))
    known = evidence([item.run for item in told], [item.lesson for item in told])
    skill = load().write(
        subject, msgspec.structs.replace(known, requests={subject.id: asked}), taken=frozenset(), min_support=3
    )
    return skill.description, file_of(skill, "SKILL.md").partition("## When to use\n\n- ")[2].partition("\n")[0]


def test_what_tasks_ask_for_is_said_in_a_clause() -> None:
    asked = Requests(things=("flights", "reservations"), actions=("cancel",), examples=("Please cancel my flight.",))
    description, first = described(asked)
    assert "Use when asked to cancel flights or reservations, such as “Please cancel my flight”, or when" in description
    assert first == "You are asked to cancel flights or reservations."
    assert "Use when asked about flights, or when" in described(Requests(things=("flights",)))[0]
    assert "Use when asked about orders, or when" in described(Requests(objects=("orders",)))[0]
    several = Requests(languages=("python",), projects=("django", "sympy"))
    assert "Use when fixing reported issues in Python code of projects like django or sympy" in described(several)[0]
    assert (
        "Use when installing, building or testing Python"
        in described(Requests(languages=("python",), is_built=True))[0]
    )
    assert "Use when asked something like “Go on”, or when" in described(Requests(examples=("Go on.",)))[0]


def test_what_questions_ask_for_and_how_issues_are_reported_is_said() -> None:
    asked = Requests(things=("people", "pets"), measures=("number", "name"))
    assert "Use when asked for the number or name of people or pets, or when" in described(asked)[0]
    listed = msgspec.structs.replace(asked, actions=("find", "list"))
    assert "Use when asked to find or list the number or name of people or pets, or when" in described(listed)[0]
    issues = Requests(languages=("python",), projects=("django", "sympy"), reported=("a description", "a traceback"))
    line, first = described(issues)
    fixing = "fixing issues in Python code of projects like django or sympy, reported with a description or a traceback"
    assert f"Use when {fixing}, or when" in line
    assert first == f"You are {fixing}."
    line, _ = described(msgspec.structs.replace(issues, languages=("c", "javascript"), is_built=True))
    assert "Use when installing, building or testing C code or JavaScript code of projects like django or sympy" in line
    assert ", for issues reported with a description or a traceback" in line


def test_many_nouns_of_tasks_leave_room_for_two_of_them_as_examples() -> None:
    examples = ("Pay the bill.", "Book a trip.", "Send it.")
    assert described(Requests(things=("bills",), examples=examples))[0].count("“") == 4
    line, _ = described(Requests(things=tuple("abcdefghij"), examples=examples))
    assert "a, b, c, d, e, f, g, h, i or j, such as “Pay the bill” or “Book a trip”, or" in line


def test_a_skill_of_one_project_is_for_any_work_there() -> None:
    told = pushes(3)
    runs = [item.run for item in told]
    steps = stated(
        runs, "in code that `make` checks", "Run `make`.", None, "check", parts=[(1, "action", "git push origin main")]
    )
    subject = msgspec.structs.replace(family([steps]), candidates=("working-on-shop",))
    known = msgspec.structs.replace(
        evidence(runs, [steps]),
        projects={run.id: "acme/shop" for run in runs},
        requests={subject.id: Requests(things=("carts", "prices"))},
    )
    line = load().write(subject, known, taken=frozenset(), min_support=3).description
    around = "Use for any work in the project acme/shop, such as on carts and prices, and when working in code that"
    assert around in line


def test_where_tasks_share_nothing_nothing_is_said_of_them() -> None:
    description, first = described(Requests())
    assert "asked" not in description
    assert first.startswith("You are about to use")


def test_a_situation_that_only_names_its_tools_is_not_listed_beside_them() -> None:
    told = pushes(3)
    runs = [item.run for item in told]
    steps = stated(
        runs,
        "with `pay` or `refund`",
        "Pay once.",
        "3 calls in 3 runs were refused with this message",
        "policy",
        parts=[(1, "action", "git push origin main")],
        polarity="success",
    )
    subject = msgspec.structs.replace(family([steps]), candidates=("paying",))
    body = file_of(load().write(subject, evidence(runs, [steps]), taken=frozenset(), min_support=3), "SKILL.md")
    listed = body.partition("## When to use")[2].partition("##")[0]
    assert "- With" not in listed
    assert "You are about to use `pay` or `refund`." in listed
    assert "With `pay` or `refund`" in body


def skill_with(when: str, do: str, pattern: str = "ending", *, project: str | None = None) -> tuple[str, str]:
    """The description of a skill of one rule, and its list of situations."""
    told = pushes(3)
    runs = [item.run for item in told]
    steps = stated(
        runs, when, do, None, pattern, parts=[(1, "action", "git push origin main")], tools=("find_order", "pay")
    )
    subject = msgspec.structs.replace(family([steps]), candidates=("paying",))
    known = evidence(runs, [steps])
    if project is not None:
        known = msgspec.structs.replace(known, projects={run.id: project for run in runs})
    skill = load().write(subject, known, taken=frozenset(), min_support=3)
    return skill.description, file_of(skill, "SKILL.md").partition("## When to use")[2].partition("##")[0]


def test_a_situation_that_an_agent_is_always_in_is_no_time_to_read_the_skill() -> None:
    description, listed = skill_with("a request can be carried out with the tools", "Call `find_order` first.")
    assert "carried out" not in description + listed
    assert "Use when about to call find_order." in description
    assert listed.strip() == "- You are about to use `find_order`."


def test_work_in_a_project_is_said_once() -> None:
    description, listed = skill_with("in shop", "Use `make`.", "absent", project="shop")
    assert "Use when working in the project shop." in description
    assert "In shop" not in listed


def test_tasks_that_a_rule_quotes_say_by_themselves_what_is_asked_for() -> None:
    description, _ = skill_with("in a task that says “Call the API in one line.”", "Give `pay(…)`.", "answer")
    assert "Use when a task says “Call the API in one line”" in description


def test_a_script_of_one_run_is_no_sign_of_the_work() -> None:
    told = pushes(3)
    runs = [item.run for item in told]
    steps = stated(
        runs,
        "`./tern.sh` is run",
        "Push first.",
        "3 runs did",
        "contrast",
        parts=[(1, "action", "git push origin main")],
        polarity="success",
    )
    subject = msgspec.structs.replace(family([steps]), candidates=("pushing",))
    skill = load().write(subject, evidence(runs, [steps]), taken=frozenset(), min_support=3)
    assert "about to use `tern.sh`" not in file_of(skill, "SKILL.md")


def test_what_a_tool_refused_failed_runs_is_a_step() -> None:
    told = pushes(4)
    lost = {one.run.id: "failure" for one in told}
    for pattern, is_avoided in (("recovery", True), ("limit", False), ("bare", False), ("refused_edit", False)):
        lessons = [msgspec.structs.replace(one.lesson, pattern=pattern, do="Finish by step 6.") for one in told]
        known = msgspec.structs.replace(evidence([one.run for one in told], lessons), outcomes=lost)
        assert {rule.kind == "never" for rule in rules_of(family(lessons), known)} == {is_avoided}


def test_a_rule_of_one_project_says_so_in_a_skill_of_several() -> None:
    told = [*pushes(3), *commits(4)]
    whole = family([one.lesson for one in told[:3]], [one.lesson for one in told[3:]])
    known = evidence([one.run for one in told], [one.lesson for one in told])
    of_shop = msgspec.structs.replace(known, projects={one.run.id: "acme/shop" for one in told[:3]})
    scopes = [rule.scope for rule in rules_of(whole, of_shop)]
    assert sorted(map(str, scopes)) == ["None", "acme/shop"]
    subject = msgspec.structs.replace(whole, candidates=("working-with-git",))
    page = file_of(load().write(subject, of_shop, taken=frozenset(), min_support=2), "SKILL.md")
    assert page.count("Seen in the project `acme/shop` alone.") == 1


def test_the_description_of_a_model_is_of_the_harness_too() -> None:
    told = pushes(3)
    subject = family([item.lesson for item in told])
    known = evidence([item.run for item in told], [item.lesson for item in told])
    there = msgspec.structs.replace(
        known,
        harnesses={item.run.id: Harness(name="InterCode", is_world=True) for item in told},
        bound=frozenset(item.id for item in subject.clusters),
    )
    line = "Push branches with git. Use when asked to push a branch."
    skill = assemble(rules_of(subject, there), subject, there, name="git", described=line, min_support=3, writer="llm")
    assert skill.description == "Push branches with git. Use in InterCode when asked to push a branch."


def test_a_skill_on_how_answers_are_marked_says_which_tools_it_is_for() -> None:
    description, listed = skill_with("you hand in an answer with `pay`", "Give the shortest phrase.", "answer_form")
    assert "Use with the tool pay when you hand in an answer with pay." in description
    assert listed.strip() == "You have the tool `pay`, and:\n\n- You hand in an answer with `pay`."


def test_requests_are_not_described_where_a_rule_quotes_them() -> None:
    _, listed = skill_with("in a task that says “Write one line that calls the hub.”", "Use `find_order`.", "answer")
    assert listed.strip().startswith("- You are about to use") or "asked" not in listed


@pytest.mark.parametrize(
    ("situation", "listed"),
    [
        ("before the first `SELECT`", "- Your first `SELECT` comes next."),
        ("in code that `make lint` checks", "- You work in code that `make lint` checks."),
    ],
)
def test_a_situation_in_the_list_is_a_sentence(situation: str, listed: str) -> None:
    assert skill_with(situation, "Count twice.")[1].strip().endswith(listed)


def test_a_situation_before_a_call_of_a_listed_tool_is_listed_once() -> None:
    assert skill_with("before `pay`", "Call `find_order` first.")[1].count("`pay`") == 1
