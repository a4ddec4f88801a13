"""Unknown layouts under inputs that parsers trip over: nothing hangs, nothing is lost, a fault costs one file alone."""

import json
from pathlib import Path

import pytest

from t2s_local.formats._induced.contents.cells import cell
from t2s_local.formats._induced.contents.contents import as_plain, content_of
from t2s_local.formats._induced.contents.elements import document
from t2s_local.formats._induced.contents.inserts import inserted
from t2s_local.formats._induced.contents.pairs import paired_lines
from t2s_local.formats._induced.contents.reports import report
from t2s_local.formats._induced.groups import of_sound
from t2s_local.formats._induced.induce import induced
from t2s_local.formats._induced.leaves.calls.labelled_calls import labelled_call
from t2s_local.formats._induced.leaves.calls.listed_calls import listed_call
from t2s_local.formats._induced.leaves.chained import without_history
from t2s_local.formats._induced.leaves.leaves import File
from t2s_local.stages.intake.read_all import read

NAMES = ("hall", "cellar", "attic")


def spoken(number: int, result: str) -> str:
    """A transcript with headings, and a result of several lines."""
    return (
        f"## User\nPlease water the plants in the {NAMES[number]}, and tell me how many there are.\n\n"
        "## Assistant\nI look at the room first.\n\n"
        f'## Call\n{{"tool": "probe_room", "args": {{"room": "r{number}"}}}}\n\n'
        f"## Result\nsoil is dry in pot {number}\n\n"
        f'## Call\n{{"tool": "pour", "args": {{"pot": {number}, "litres": 2}}}}\n\n'
        f"## Result\n{number} litres are left\n{result}\n\n"
        f"## Assistant\nThe plants in the {NAMES[number]} have water.\n"
    )


def test_texts_told_again_are_found_among_few_keys_and_not_looked_for_among_thousands() -> None:
    told = [{"n": 1, "ask": "a", "say": "b"}, {"n": 2, "ask": "abc", "say": "d"}]
    assert without_history(list(told)) == [{"n": 2, "ask": "abcd", "say": None}]
    many: list[object] = [{f"k{key}": f"{key} {'x' * number}" for key in range(20_000)} for number in (1, 2)]
    assert without_history(many) is many


@pytest.mark.parametrize(
    "result",
    ["", "INSERT INTO pots (name) VALUES ('fern');"],
)
def test_a_transcript_in_which_rows_are_inserted_is_read_as_a_transcript(result: str, tmp_path: Path) -> None:
    folder = tmp_path / "runs" / "spoken"
    folder.mkdir(parents=True)
    for number in range(len(NAMES)):
        (folder / f"r{number}.md").write_text(spoken(number, result))
    assert [sum(step.kind == "tool_call" for step in run.steps) for run in read([folder]).trajectories] == [2, 2, 2]


def test_a_dump_is_its_statements_and_comments() -> None:
    dump = (
        "/* by hand */ PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nDROP TABLE IF EXISTS e;\n"
        "CREATE TABLE e (a TEXT DEFAULT ('x'), n DECIMAL(10,2), PRIMARY KEY (a, n));\n"
        "INSERT INTO e VALUES ('INSERT INTO e (a) VALUES (1);', 2);\n-- more\n"
        "INSERT INTO e VALUES ('b', '3') ON CONFLICT DO NOTHING;\nCOMMIT;\n"
    )
    assert inserted(dump) == {"e": [{"a": "INSERT INTO e (a) VALUES (1);", "n": 2}, {"a": "b", "n": "3"}]}
    assert inserted(f"{dump}and so on") is None
    assert inserted(f"Please fill it: {dump}") is None
    assert inserted(f"{dump}/* open") is None


def test_a_report_with_other_text_is_none() -> None:
    fields = "# 1\n- a: 1\n- b: 2\n# 2\n- a: 3\n"
    assert report(f"# All\n\n{fields}") is not None
    assert report(f"# All\nwords of somebody\n{fields}") is None
    assert report(f"words of somebody\n{fields}") is None


def test_a_file_parsed_from_a_text_has_that_text_to_fall_back_on(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("# 1\n- a: 1\n- b: 2\n# 2\n- a: 3\n")
    file = content_of(path)
    assert file is not None
    assert file.is_parsed
    assert as_plain(file).value == path.read_text()


def test_attributes_children_and_texts_of_an_element_are_all_kept() -> None:
    assert document('<a k="1"><k>x</k><k>y</k></a>') == {"a": {"k": [1, "x", "y"]}}
    assert document('<a k="1"><k>x</k></a>') == {"a": {"k": [1, "x"]}}
    assert document("<a>one<b>two</b>three<c>4</c></a>") == {
        "a": {"@inside": [{"b": "two"}, "three", {"c": 4}], "@text": "one"}
    }
    assert document(f"{'<a>' * 50}x{'</a>' * 50}") is not None
    assert document(f"{'<a>' * 70}x{'</a>' * 70}") is None


def test_only_bare_digits_without_a_zero_before_them_are_a_number() -> None:
    assert [cell(text) for text in ("12", "-3", "0", "01234", "-0")] == [12, -3, 0, "01234", "-0"]
    assert inserted("INSERT INTO e (a, b, c) VALUES ('12', 12, 012);") == {"e": [{"a": "12", "b": 12, "c": "012"}]}
    assert paired_lines('a="12" b=12 c=012\n' * 3)[0] == {"a": "12", "b": 12, "c": "012"}
    assert document('<a b="012"><c>034</c></a>') == {"a": {"b": "012", "c": "034"}}


def test_nested_fences_are_no_call_and_addresses_no_pairs() -> None:
    assert labelled_call("~~~\n" * 4_000) is None
    assert listed_call(["fetch", "https://a.example/c"]) is None
    assert listed_call(["fetch", "url=https://a.example/c"]) == ("fetch", {"url": "https://a.example/c"})


def test_a_file_on_which_induction_fails_costs_itself_alone() -> None:
    unsound = File("f", "f/x", {"log": [{1: "no text is the key"}]})
    with pytest.raises(TypeError):
        induced([unsound], is_cut=False)
    files = []
    for number in range(len(NAMES)):
        steps = [
            {"by": "p", "what": f"Please water the plants in the {NAMES[number]}."},
            {"by": "c", "what": json.dumps({"probe_room": {"room": f"r{number}"}})},
            {"by": "s", "what": f"soil is dry in pot {number}"},
            {"by": "c", "what": json.dumps({"pour": {"pot": number}})},
            {"by": "s", "what": f"{number} litres are left"},
            {"by": "m", "what": f"The plants in the {NAMES[number]} have water."},
        ]
        files.append(File("f", f"f/{number}", {"log": steps}))
    alone = of_sound(files)
    assert alone is not None
    beside = of_sound([*files, unsound])
    assert beside is not None
    assert len(beside.runs) == len(alone.runs) == len(NAMES)
