"""Names: of the subject, usable everywhere, and the same when the input grows."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from t2s_local.skills.lint import lint
from t2s_local.skills.source import SkillSource
from t2s_local.stages._join import join_subjects, part, rehome
from t2s_local.stages._nouns import is_thing, pairs
from t2s_local.stages._subjects import plain, subjects, terms, tool_subject
from t2s_local.stages._verbs import gerund, plural, singular
from t2s_local.stages.name import is_usable, keep_names, labels, name_families
from t2s_local.types import Lesson, Quote, TrajectoryId
from tests.skill_corpus import Corpus, archives, commits, corpus, edits, evidence, family, stated


@pytest.fixture(scope="module")
def runs() -> Corpus:
    return corpus()


def test_each_subject_gets_a_name_of_its_own_terms(runs: Corpus) -> None:
    named = name_families(runs.families, runs.evidence, known={})
    best = [one.candidates[0] for one in named]
    assert best == ["using-git", "editing-files", "using-tar", "cancelling-reservations"]


def test_every_candidate_is_usable_as_a_folder_and_as_a_name(runs: Corpus) -> None:
    for one in name_families(runs.families, runs.evidence, known={}):
        assert all(is_usable(name) for name in one.candidates)
        assert len(set(one.candidates)) == len(one.candidates)


@given(st.text(st.sampled_from("abcn1-ul oñA."), max_size=70))
def test_what_is_usable_passes_the_rules_on_names(name: str) -> None:
    text = f"---\nname: {name}\n---\nx\n".encode()
    source = SkillSource(name=name, raw={"SKILL.md": text}, sizes={"SKILL.md": len(text)})
    if is_usable(name):
        assert not {"name-form", "name-device", "name-folder"} & {finding.rule for finding in lint(source)}


@pytest.mark.parametrize(
    "name", ["con", "nul", "com1", "LPT1", "Git-Push", "a--b", "-ab", "ab-", "größe", "a b", "a" * 65, "ab"]
)
def test_what_cannot_be_a_folder_everywhere_is_not_usable(name: str) -> None:
    assert not is_usable(name)


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


def test_labels_tell_one_cluster_from_the_others(runs: Corpus) -> None:
    clusters = [cluster for one in runs.families for cluster in one.clusters]
    found = labels(clusters, runs.evidence)
    assert "push" in found[clusters[0].id][:4]
    assert "reservation" in found[clusters[-1].id][:4]
    assert not set(found[clusters[0].id][:4]) & set(found[clusters[-1].id][:4])


def test_the_order_of_families_does_not_show(runs: Corpus) -> None:
    there = {one.id: one for one in name_families(runs.families, runs.evidence, known={})}
    back = {one.id: one for one in name_families(runs.families[::-1], runs.evidence, known={})}
    assert there == back


def test_families_of_one_name_become_one() -> None:
    told = archives(6)
    known = evidence([item.run for item in told], [item.lesson for item in told])
    halves = [family([item.lesson for item in half]) for half in (told[:3], told[3:])]
    joined = join_subjects(halves, known)
    assert [sorted(cluster.id for cluster in one.clusters) for one in joined] == [
        sorted(cluster.id for half in halves for cluster in half.clusters)
    ]
    assert joined == join_subjects(halves[::-1], known)


def test_a_subject_keeps_its_name_when_the_input_grows() -> None:
    before = {"a": frozenset("1234567890"), "b": frozenset("xyz")}
    known = {"first": tuple("1234567890"), "second": tuple("xyz")}
    grown = {"a2": before["a"] | {"new"}, "b2": before["b"] | {"other"}, "c": frozenset({"fresh"})}
    assert keep_names(grown, known) == {"a2": "first", "b2": "second"}


def test_a_name_goes_to_the_half_that_kept_more_of_its_lessons() -> None:
    now = {"small": frozenset("89"), "large": frozenset("1234567")}
    assert keep_names(now, {"first": tuple("123456789")}) == {"large": "first"}


def test_two_subjects_that_became_one_leave_one_name_unused() -> None:
    now = {"both": frozenset("123456xyz")}
    assert keep_names(now, {"first": tuple("123456"), "second": tuple("xyz")}) == {"both": "first"}


def test_a_subject_that_shares_little_gets_no_old_name() -> None:
    assert keep_names({"a": frozenset("1abcdefg")}, {"first": tuple("1234567890")}) == {}


def test_families_without_a_name_in_common_stay_apart(runs: Corpus) -> None:
    assert len(join_subjects(runs.families, runs.evidence)) == len(runs.families)


def test_a_rule_moves_to_the_skill_whose_subject_it_is_about() -> None:
    told, strays = archives(4), edits(3)
    lessons = [item.lesson for item in (*told, *strays)]
    known = evidence([item.run for item in (*told, *strays)], lessons)
    mixed = family(lessons[:4], [strays[0].lesson])
    own = family([item.lesson for item in strays[1:]])
    moved = {
        len(one.clusters): {key for cluster in one.clusters for key in cluster.lesson_ids}
        for one in rehome([mixed, own], known)
    }
    assert moved == {1: {one.id for one in lessons[:4]}, 2: {item.lesson.id for item in strays}}


def test_a_family_no_name_fits_is_parted_into_procedures_and_subjects() -> None:
    told = [*archives(3), *edits(6), *commits(3)]
    order = stated(
        [item.run for item in told],
        "the work ends in `make`",
        "Work in this order: `make`, then `make check`.",
        None,
        "sequence",
        parts=[],
        polarity="success",
    )
    groups = [[item.lesson for item in told[at : at + 3]] for at in (0, 3, 6, 9)]
    known = evidence([item.run for item in told], [*(item.lesson for item in told), order])
    parted = part([family(*groups, [order])], known)
    there = {frozenset(key for cluster in one.clusters for key in cluster.lesson_ids) for one in parted}
    assert there == {
        frozenset({order.id}),
        frozenset(item.lesson.id for item in archives(3)),
        frozenset(item.lesson.id for item in edits(6)),
        frozenset(item.lesson.id for item in commits(3)),
    }
    assert part([family(groups[0])], known) == (family(groups[0]),)


def test_a_rule_that_shares_no_name_with_the_others_leaves_though_their_name_fits_the_family() -> None:
    told = [*archives(12), *edits(3)]
    lessons = [item.lesson for item in told]
    known = evidence([item.run for item in told], lessons)
    mixed = family(lessons[:6], lessons[6:12], lessons[12:])
    there = [{key for cluster in one.clusters for key in cluster.lesson_ids} for one in part([mixed], known)]
    assert there == [{one.id for one in lessons[:12]}, {one.id for one in lessons[12:]}]


def test_parts_of_two_families_that_are_about_one_thing_are_joined() -> None:
    told = [*archives(6), *edits(6), *commits(6)]
    lessons = [item.lesson for item in told]
    known = evidence([item.run for item in told], lessons)
    mixed = [family(lessons[at : at + 3], lessons[at + 6 : at + 9], lessons[at + 12 : at + 15]) for at in (0, 3)]
    parted = part(mixed, known)
    assert len(parted) == 6
    assert len(join_subjects(parted, known)) == 3


def told_of(when: str, do: str) -> Lesson:
    return msgspec.structs.replace(edits(1)[0].lesson, when=when, do=do, tools=())


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


def of_tool(tool: str) -> Lesson:
    return msgspec.structs.replace(edits(1)[0].lesson, tools=(tool,))
