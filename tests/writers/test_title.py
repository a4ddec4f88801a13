"""Titles: names of skills as people write them."""

import msgspec

from t2s_local.writers._page.rules import Rule, rules_of
from t2s_local.writers._page.title import titled
from tests.skill_corpus import evidence, family, pushes


def rules(do: str) -> tuple[Rule, ...]:
    told = pushes(3)
    lessons = [msgspec.structs.replace(one.lesson, do=do) for one in told]
    return rules_of(family(lessons), evidence([one.run for one in told], lessons))


def test_a_project_and_an_abbreviation_are_spelt_as_people_write_them() -> None:
    assert titled("writing-api-calls", rules("Call the API."), None) == "Writing API calls"
    assert titled("writing-api-calls", rules("Call the api, the API."), None) == "Writing api calls"
    assert titled("working-on-till-roll", rules("Go on."), "acme/till-roll") == "Working on till-roll"
    assert titled("following-acme-cli-conventions", rules("Go on."), "acme/cli") == "Following acme/cli conventions"


def test_languages_are_spelt_as_people_write_them() -> None:
    assert titled("fixing-issues-in-python-code", rules("Go on."), None) == "Fixing issues in Python code"
    assert titled("using-sql", rules("Go on."), None) == "Using SQL"
    assert titled("working-on-c-code", rules("Go on."), None) == "Working on C code"
    assert titled("setting-up-go-environments", rules("Go on."), None) == "Setting up Go environments"
    assert titled("going-to-go", rules("Stop."), None) == "Going to go"


def test_a_title_names_the_harness_once_and_parts_three_things() -> None:
    for name in ("using-sql", "using-sql-in-swe-agent"):
        assert titled(name, rules("Go on."), None, harness="SWE-agent") == "Using SQL in SWE-agent"
    three = titled("managing-files-events-and-emails", rules("Go on."), None)
    assert three == "Managing files, events and emails"
