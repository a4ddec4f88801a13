"""What a name is made of: tools, things, what a message says is wrong."""

import msgspec
import pytest

from t2s_local.stages.naming.naming import name_families
from t2s_local.stages.naming.nouns import is_thing, pairs
from t2s_local.stages.naming.subjects import plain, subjects, terms, tool_subject
from t2s_local.stages.naming.verbs import gerund, plural, singular
from t2s_local.values.lesson import Lesson, Quote
from t2s_local.values.trajectory import TrajectoryId
from tests.skill_corpus import archives, edits, evidence, family, stated


@pytest.mark.parametrize(
    ("tool", "name"),
    [
        ("update_reservation_flights", "updating-reservation-flights"),
        ("cancel_reservation", "cancelling-reservations"),
        ("mcp__github__create_issue", "creating-issues"),
        ("searchFlights", "searching-flights"),
        ("Edit", "editing-files"),
        ("bash", None),
        ("think", None),
    ],
)
def test_a_tool_is_named_by_what_it_does(tool: str, name: str | None) -> None:
    assert tool_subject(tool) == name


def test_an_exception_and_its_module_are_a_subject() -> None:
    said = archives(1)[0].lesson.__class__
    lesson = edits(1)[0].lesson
    other = said(
        **{
            **{name: getattr(lesson, name) for name in lesson.__struct_fields__},
            "when": "`python x.py` fails with “json.decoder.JSONDecodeError: Extra data”",
            "tools": (),
        }
    )
    found = dict(subjects(other))
    assert found["handling-json-decode-errors"] > found["handling-python-errors"]


def test_pairs_are_found_across_small_words() -> None:
    assert "cancelling-reservations" in list(pairs("I want to cancel my upcoming reservation."))


def test_terms_leave_out_what_every_run_says() -> None:
    assert list(terms("Please run the get_user_details call for my two flights")) == ["flight"]


@pytest.mark.parametrize(
    ("verb", "form"), [("update", "updating"), ("plan", "planning"), ("commit", "committing"), ("copy", "copying")]
)
def test_gerunds(verb: str, form: str) -> None:
    assert gerund(verb) == form


@pytest.mark.parametrize(
    ("one", "many"), [("flight", "flights"), ("policy", "policies"), ("patch", "patches"), ("status", "status")]
)
def test_plurals_and_back(one: str, many: str) -> None:
    assert plural(one) == many
    assert singular(many) == one


def test_a_script_gives_a_name_before_its_language_does() -> None:
    found = subjects(told_of("`python check_orphans.py a.db` fails with “3 rows refer to nothing”", "Clean up first."))
    assert found["checking-orphans"] > found["handling-python-errors"]


def test_an_error_that_anything_can_raise_is_a_worse_name_than_one_that_tells() -> None:
    broad = subjects(told_of("`python a.py` fails with “ValueError: bad”", "Run it again."))
    telling = subjects(told_of("`python a.py` fails with “UnicodeDecodeError: bad”", "Run it again."))
    assert broad["handling-value-errors"] < telling["handling-unicode-decode-errors"]


@pytest.mark.parametrize(
    "word", ["scheduled", "seconds", "second", "accordingly", "largest", "three", "monday", "err0r"]
)
def test_what_counts_measures_or_describes_is_no_thing(word: str) -> None:
    assert not is_thing(word)


@pytest.mark.parametrize("word", ["reservation", "embed", "feed", "family", "reply", "meeting", "transactions"])
def test_nouns_that_end_like_participles_and_adverbs_are_things(word: str) -> None:
    assert is_thing(word)


def test_a_name_is_about_the_thing_and_not_about_what_says_which_or_how_long() -> None:
    assert "managing-transactions" in subjects(of_tool("get_scheduled_transactions"))
    assert "managing-scheduleds" not in subjects(of_tool("get_scheduled_transactions"))
    assert list(pairs("Stop after 5 seconds.")) == []
    assert tool_subject("list_installed") == "listing-installed"
    assert tool_subject("send_money") == "sending-money"
    assert tool_subject("check_availability") == "checking-availability"


@pytest.mark.parametrize(
    ("message", "name"),
    [
        ("ModuleNotFoundError: No module named 'x'", "handling-missing-modules"),
        ("Error: Cannot find module 'x'", "handling-missing-modules"),
        ("find: '/data': No such file or directory", "handling-missing-files"),
        ("/bin/sh: 1: sudo: command not found", "handling-missing-commands"),
        ("NameError: name 'a' is not defined", "handling-undefined-names"),
        ("AttributeError: 'Box' object has no attribute 'lid'", "handling-missing-attributes"),
        ("TypeError: expected str", "handling-type-errors"),
        ("json.decoder.JSONDecodeError: Extra data", "handling-json-decode-errors"),
    ],
)
def test_an_error_is_named_by_what_it_says_is_wrong(message: str, name: str) -> None:
    assert name in subjects(told_of(f"`x` fails with “{message}”", "Do it differently."))


def test_the_words_of_a_message_are_a_name_before_those_of_a_task() -> None:
    found = subjects(told_of("`x` fails with “Your last action did not cancel the booking”", "Do it differently."))
    assert 0.3 < found["cancelling-bookings"] < 0.5


def test_several_commands_that_met_one_message_are_named_by_it() -> None:
    told = [
        stated(
            [item.run],
            f"`{command}` fails with “{command}: <path>: No such file or directory”",
            "Make it first.",
            None,
            "recovery",
            parts=[(1, "action", item.run.steps[1].text)],
        )
        for item, command in zip(archives(3), ("tar", "find", "cp"), strict=True)
    ]
    known = evidence([item.run for item in archives(3)], told)
    named = name_families([family(*([lesson] for lesson in told))], known, known={})
    assert named[0].candidates[0] == "handling-missing-files"


def test_tools_of_a_game_are_not_taken_for_those_of_files_nor_for_commands() -> None:
    lesson = msgspec.structs.replace(
        edits(1)[0].lesson,
        when="`open` or `go` fails with “Nothing happens.”",
        do="Call `go` first, then repeat `open`.",
        tools=("open",),
        evidence=(Quote(trajectory_id=TrajectoryId("a"), step=1, role="action", text="open drawer 1"),),
    )
    found = subjects(lesson)
    assert "opening-drawers" in found
    assert not {"opening-files", "using-go"} & found.keys()


def test_a_tool_of_one_word_is_a_name_where_nothing_else_is() -> None:
    assert dict(subjects(of_tool("put"))).keys() == {"using-put"}
    assert subjects(of_tool("put"))["using-put"] < subjects(of_tool("cancel_trip"))["cancelling-trips"]


def test_what_a_message_quotes_is_no_part_of_a_name() -> None:
    found = subjects(told_of("`x` fails with “No files for the given query ('Hawaii plans')”", "Do it differently."))
    assert not any("hawaii" in name for name in found)


def test_a_noun_inside_a_tool_is_where_it_belongs() -> None:
    found = subjects(of_tool("get_flight_status"))
    assert found["managing-status"] > found["managing-flights"] > 0.5


def test_the_ending_of_a_file_is_no_term() -> None:
    assert "txt" not in set(terms(plain("Pay the bill 'bill-december-2023.txt' for me.")))


def told_of(when: str, do: str) -> Lesson:
    return msgspec.structs.replace(edits(1)[0].lesson, when=when, do=do, tools=())


def of_tool(tool: str) -> Lesson:
    return msgspec.structs.replace(edits(1)[0].lesson, tools=(tool,))
