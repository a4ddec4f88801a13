"""Unknown layouts in files that are no JSON: log lines, XML, SQL dumps and reports; and forms of calls."""

import json
from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from t2s_local.formats._induced.contents.elements import document
from t2s_local.formats._induced.contents.inserts import inserted
from t2s_local.formats._induced.contents.pairs import paired_lines
from t2s_local.formats._induced.contents.reports import report
from t2s_local.formats._induced.leaves.calls.listed_calls import listed_call
from t2s_local.formats._induced.leaves.calls.written_calls import call_in
from t2s_local.stages.intake.read_all import read
from tests.readings import told

GOALS = ("Water the plants in the hall, please.", "Please find out who borrowed the ladder.")
SEEN = ("soil is dry in pot 4", "no entry for the ladder")
ENDS = ("The plants in the hall have water.", "Nobody borrowed the ladder so far.")


def rows(number: int) -> list[dict[str, str]]:
    """The events of a run, each with the id of the run, a kind and a text."""
    said = [
        ("p", GOALS[number]),
        ("c", f'{{"probe_room": {{"room": "r{number}"}}}}'),
        ("s", SEEN[number]),
        ("c", '{"act_in": {"pot": 4, "litres": 2}}'),
        ("s", f"done, {number} litres left"),
        ("m", ENDS[number]),
    ]
    return [{"visit": f"x{number}7", "by": kind, "what": text} for kind, text in said]


def as_log(every: list[dict[str, str]]) -> str:
    return "".join(" ".join(f"{key}={json.dumps(text)}" for key, text in one.items()) + "\n" for one in every)


def as_xml(every: list[dict[str, str]]) -> str:
    inner = "".join(
        "<e>" + "".join(f"<{key}>{escape(text)}</{key}>" for key, text in one.items()) + "</e>" for one in every
    )
    return f"<all>{inner}</all>\n\n"


def as_sql(every: list[dict[str, str]]) -> str:
    return "".join(
        f"INSERT INTO e ({', '.join(one)}) VALUES ({', '.join(repr(text) for text in one.values())});\n"
        for one in every
    )


WRITTEN: dict[str, Callable[[list[dict[str, str]]], str]] = {"a.log": as_log, "a.xml": as_xml, "a.sql": as_sql}


@pytest.mark.parametrize("name", WRITTEN)
def test_runs_are_read_from_files_that_are_no_json(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(WRITTEN[name]([*rows(0), *rows(1)]))
    found = sorted(
        [line for line in told(run) if not line.startswith("tool_call")] for run in read([tmp_path]).trajectories
    )
    assert found == sorted(
        [
            f"user: {GOALS[number]}",
            f"tool_result: {SEEN[number]}",
            f"tool_result: done, {number} litres left",
            f"assistant: {ENDS[number]}",
        ]
        for number in range(2)
    )


def test_a_document_that_declares_entities_is_not_unfolded() -> None:
    assert document('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>') is None
    assert document("<a><b>1</b><b>two</b></a>") == {"a": [1, "two"]}
    assert document("<a>" * 5000) is None


def test_what_is_no_dump_no_log_and_no_report_is_left_alone() -> None:
    assert inserted("INSERT INTO e (a, b) VALUES (1);") is None
    assert inserted("INSERT INTO e VALUES ('it''s', NULL), ('b', 2);") is None
    assert inserted("CREATE TABLE e (a TEXT, n INTEGER); INSERT INTO e VALUES ('it''s', NULL), ('b', 2);") == {
        "e": [{"a": "it's"}, {"a": "b", "n": 2}]
    }
    assert paired_lines("a=1 b=2\nnot a pair here\na=3 b=4\n") == []
    assert report("no heading at all") is None
    assert report("# One\n- a: 1\n- b: 2\n# Two\n- a: 3\n- b: 4\n") is not None


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ("<ask><who>a</who><who>b</who></ask>", ("ask", {"who": ["a", "b"]})),
        ('<do name="ask"><p key="who">a</p><p key="n">2</p></do>', ("ask", {"who": "a", "n": 2})),
        ("<call><name>ask</name><args><who>a</who><n>2</n></args></call>", ("ask", {"who": "a", "n": 2})),
        ('```json\n{"op": "ask", "with": {"who": "a"}}\n```', ("ask", {"who": "a"})),
        ('POST /v1/ask\n\n{"who": "a"}', ("ask", {"who": "a"})),
        ('ask[who="a"; n=2]', ("ask", {"who": "a", "n": 2})),
        ('CALL ask(who => "a", n => 2)', ("ask", {"who": "a", "n": 2})),
        ("tool://ask?who=a+b&who=c", ("ask", {"who": ["a b", "c"]})),
        ("tool: ask\nargs:\n  who: a\n  n: 2", ("ask", {"who": "a", "n": 2})),
    ],
)
def test_calls_are_taken_apart_and_no_argument_is_lost(text: str, call: tuple[str, dict[str, object]]) -> None:
    assert call_in(text) == call


@pytest.mark.parametrize(
    ("value", "call"),
    [
        (["ask", ["who", "n"], ["a", 2]], ("ask", {"who": "a", "n": 2})),
        (["ask", "--who", "a", "--n=2"], ("ask", {"who": "a", "n": 2})),
        (["ask", "who=a", "n=2"], ("ask", {"who": "a", "n": 2})),
        (["ask", "who", "a", "n", 2], ("ask", {"who": "a", "n": 2})),
        (["ask", "what he said"], None),
    ],
)
def test_calls_that_are_lists_are_read(value: list[object], call: tuple[str, dict[str, object]] | None) -> None:
    assert listed_call(value) == call
