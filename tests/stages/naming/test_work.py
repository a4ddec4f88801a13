"""What a family is called where no name holds most of its rules together: its tools, its tasks, its language."""

from collections.abc import Sequence

import msgspec
import pytest

from t2s_local.stages.group.subjects.domains import joined_by_name
from t2s_local.stages.naming.naming import name_families
from t2s_local.stages.naming.requests import requests_of
from t2s_local.values.cluster import Family
from tests.skill_corpus import Told, evidence, family, recovery


def told(when: str, do: str, pattern: str, *tasks: str, tools: tuple[str, ...] = ()) -> list[Told]:
    found = []
    for number, task in enumerate(tasks):
        one = recovery(f"{task} {number}", "act", "no", "act again", when=when, do=do, number=hash_of(when) + number)
        found.append(one._replace(lesson=msgspec.structs.replace(one.lesson, pattern=pattern, tools=tools)))
    return found


def hash_of(text: str) -> int:
    return sum(map(ord, text)) * 10


def named(*groups: Sequence[Told]) -> list[Family]:
    families = [family([one.lesson for one in group]) for group in groups]
    every = [one for group in groups for one in group]
    known = evidence([one.run for one in every], [one.lesson for one in every])
    return [*name_families(joined_by_name(name_families(families, known, known={}), known), known, known={})]


CALL = ("Write a program that calls the API.",) * 5
PLAIN = tuple(f"Count the {thing}" for thing in ("rivers", "hills", "lakes"))


def test_rules_about_which_calls_are_accepted_are_called_after_what_is_called() -> None:
    (one,) = named(told("in a task that says “call the API”", "Give `hub.load(…)` to the API.", "answer", *CALL))
    assert one.candidates[0] == "writing-api-calls"


def test_what_is_not_there_is_no_set_up_and_joins_the_rules_of_its_shell() -> None:
    absent = told("in these environments", "Leave `sudo` out.", "absent", *PLAIN, tools=("bash",))
    quoting = told("a `bash` command holds a text", "Put it in quotes.", "quoting", *PLAIN, tools=("bash",))
    (one,) = named(absent, quoting)
    assert (one.candidates[0], len(one.clusters)) == ("running-shell-commands", 2)


def test_what_is_to_be_installed_first_is_a_set_up_of_its_language() -> None:
    bare = told("before the first run", "Start with `pip install pytest`.", "bare", *PLAIN, tools=("bash",))
    (one,) = named(bare)
    assert one.candidates[0] == "setting-up-python-environments"


def test_what_is_done_to_a_thing_is_asked_for_where_enough_tasks_say_so() -> None:
    flights = told("a tool answers “no”", "Ask.", "policy", *(f"Please cancel the flight to {n}" for n in "abcdefgh"))
    (one,) = named(flights)
    assert one.candidates[0] == "cancelling-flight"
    known = evidence([item.run for item in flights], [item.lesson for item in flights])
    assert requests_of(one, known).actions == ("cancel",)


@pytest.mark.parametrize(("tools", "languages"), [(("bash",), ("go",)), (("go", "open"), ())])
def test_a_tool_by_the_name_of_a_program_is_no_language(tools: tuple[str, ...], languages: tuple[str, ...]) -> None:
    rule = told("before `go run`", "Call `go build` first.", "same_thing", *PLAIN, tools=tools)
    (one,) = named(rule)
    known = evidence([item.run for item in rule], [item.lesson for item in rule])
    assert requests_of(one, known).languages == languages


def test_a_tool_that_is_a_verb_of_the_tasks_names_no_subject() -> None:
    tasks = tuple(f"clean a cup and put it on {place}" for place in ("shelf", "bed", "desk", "sofa", "stove"))
    (one,) = named(told("before `put x`", "Call `clean x` first.", "same_thing", *tasks, tools=("put", "clean")))
    assert one.candidates[0] == "cleaning-and-putting-things"
    (one,) = named(
        told("before `take x`", "Call `put x` or `clean x` first.", "shown", *tasks, tools=("take", "put", "clean"))
    )
    assert one.candidates[0] == "cleaning-and-putting-things"
    sql = told("before the first `SELECT`", "Look first.", "first_failed", *tasks, tools=("sql",))
    assert named(sql)[0].candidates[0] == "using-sql"


def test_of_the_verbs_of_the_tasks_those_that_most_rules_are_about_name_the_skill() -> None:
    tasks = tuple(f"heat a cup and clean it and put it on {place}" for place in ("shelf", "bed", "desk", "sofa", "tub"))
    listed = told("you act here", "Use `put`, `clean` and `heat`.", "known", *tasks, tools=("put", "clean", "heat"))
    order = told("before `put x`", "Call `clean x` first.", "same_thing", *tasks, tools=("put", "clean"))
    known = evidence([one.run for one in (*listed, *order)], [one.lesson for one in (*listed, *order)])
    both = [cluster for group in (listed, order) for cluster in family([one.lesson for one in group]).clusters]
    whole = msgspec.structs.replace(family([one.lesson for one in listed]), clusters=tuple(both))
    (one,) = name_families([whole], known, known={})
    assert one.candidates[0] == "cleaning-and-putting-things"


def test_the_form_of_answers_to_questions_is_named_after_the_way_to_look_them_up() -> None:
    asked = ("Who wrote the book?", "Which river is longer?", "Where was the singer born?")
    form = told("you hand in an answer", "Give the shortest phrase.", "answer_form", *asked)
    known = evidence([one.run for one in form], [one.lesson for one in form])
    known = msgspec.structs.replace(known, tasks={one.run.id: task for one, task in zip(form, asked, strict=True)})
    called = msgspec.structs.replace(known, tools={one.run.id: ("Search", "Finish") for one in form})
    (one,) = name_families([family([item.lesson for item in form])], called, known={})
    assert one.candidates[0] == "answering-questions-with-search"
    (one,) = name_families([family([item.lesson for item in form])], known, known={})
    assert one.candidates[0] == "answering-questions"


def test_how_changes_are_checked_is_named_after_the_project() -> None:
    check = told("after editing files", "Run `just lint`.", "check", *PLAIN, tools=("bash",))
    known = evidence([one.run for one in check], [one.lesson for one in check])
    own = msgspec.structs.replace(known, projects={one.run.id: "acme/till" for one in check})
    (one,) = name_families([family([item.lesson for item in check])], own, known={})
    assert one.candidates[0] == "working-on-till"
