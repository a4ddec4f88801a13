"""Layouts whose words nobody knows, read by how their records behave; what contradicts itself is not read."""

import json
import time
from pathlib import Path

import pytest

from t2s_local.ports.format import Guess, Passed
from t2s_local.stages.reading.map_file import read_map
from t2s_local.stages.reading.reading import read_file
from t2s_local.stages.reading.suggest import suggested_map
from t2s_local.values.trajectory import Trajectory
from tests.readings import told

Record = dict[str, object]
ASKED = "Please water the plants in the hall."
LOOKED = "First I look how dry they are."
DONE = "All plants in the hall have water."
READ = ["user: " + ASKED, "thought: " + LOOKED, 'tool_call: {"room":"hall"}', "tool_result: soil is dry"]
POUR = ['tool_call: {"room":"hall","litres":2}', "tool_result: poured 2 litres", "assistant: " + DONE]


def tagged() -> list[Record]:
    return [
        {"zz": "hi", "uu": ASKED},
        {"zz": "hm", "uu": LOOKED},
        {"zz": "go", "nr": "x71", "wt": {"gadget": "probe", "knobs": {"room": "hall"}}},
        {"zz": "re", "nr": "x71", "gg": "soil is dry"},
        {"zz": "go", "nr": "x72", "wt": {"gadget": "pour", "knobs": {"room": "hall", "litres": 2}}},
        {"zz": "re", "nr": "x72", "gg": "poured 2 litres"},
        {"zz": "fi", "uu": DONE},
    ]


def keyed() -> list[Record]:
    return [
        {"uu": ASKED},
        {"hm": LOOKED, "wt": {"probe": {"room": "hall"}}, "gg": {"good": True, "got": "soil is dry"}},
        {"wt": {"pour": {"room": "hall", "litres": 2}}, "gg": {"good": True, "got": "poured 2 litres"}},
        {"fi": DONE},
    ]


def as_code() -> list[Record]:
    return [
        {"uu": ASKED},
        {"hm": LOOKED, "wt": "probe(room='hall')"},
        {"gg": "soil is dry", "wt": "pour(room='hall', litres=2)"},
        {"gg": "poured 2 litres", "fi": DONE},
    ]


LAYOUTS = {"tagged": tagged(), "keyed": keyed(), "as code, answered later": as_code()}


def written(folder: Path, content: object) -> Path:
    path = folder / "a.json"
    path.write_text(json.dumps(content))
    return path


def runs(path: Path) -> list[Trajectory]:
    return [item for item in read_file(path, source="x") if isinstance(item, Trajectory)]


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_layout_of_unknown_words_is_read_by_how_its_records_behave(name: str, tmp_path: Path) -> None:
    path = written(tmp_path, {"ident": "r-17", "pearls": LAYOUTS[name]})
    (run,) = runs(path)
    assert told(run) == READ + POUR
    assert [step.tool for step in run.steps if step.kind == "tool_call"] == ["probe", "pour"]
    assert run.session_id == "r-17"
    (guess,) = (item for item in read_file(path, source="x") if isinstance(item, Guess))
    assert guess.certainty > 0.6


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_map_of_such_a_layout_is_suggested_and_reads_it_the_same(name: str, tmp_path: Path) -> None:
    path = written(tmp_path, [{"ident": f"r-{n}", "pearls": LAYOUTS[name]} for n in range(3)])
    (tmp_path / "map.toml").write_text(suggested_map(path))
    layout = read_map(tmp_path / "map.toml")
    found = [item for item in read_file(path, source="x", layout=layout) if isinstance(item, Trajectory)]
    assert [told(run) for run in found] == [READ + POUR] * 3
    assert [run.session_id for run in found] == ["r-0", "r-1", "r-2"]


def test_records_that_name_the_one_they_follow_are_read_in_that_order(tmp_path: Path) -> None:
    chained = [
        {"me": f"n{number}", "after": f"n{number - 1}" if number else None, **record}
        for number, record in enumerate(tagged())
    ]
    (run,) = runs(written(tmp_path, {"pearls": chained[::-1]}))
    assert told(run) == READ + POUR


def test_turns_that_were_taken_back_are_counted_and_circles_are_read_as_they_lie(tmp_path: Path) -> None:
    said = [
        ("a", None, "user", "One."),
        ("b", "a", "assistant", "Two."),
        ("c", "b", "user", "No."),
        ("d", "b", "user", "Yes."),
    ]
    lines = [{"uuid": me, "parentUuid": after, "role": role, "text": text} for me, after, role, text in said]
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    found = list(read_file(path, source="x", format_name="generic"))
    (run,) = (item for item in found if isinstance(item, Trajectory))
    assert told(run) == ["user: One.", "assistant: Two.", "user: Yes."]
    assert [(item.record, item.count) for item in found if isinstance(item, Passed)] == [
        ("turn that was taken back", 1)
    ]
    lines[0]["parentUuid"] = "d"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    (run,) = (item for item in read_file(path, source="x", format_name="generic") if isinstance(item, Trajectory))
    assert len(run.steps) == 4


def test_two_runs_in_one_list_are_not_read_as_one(tmp_path: Path) -> None:
    opened = [{"zz": "be", "uu": "You are a gardener and speak little."}, *tagged()]
    assert runs(written(tmp_path, {"pearls": [*opened, *opened]})) == []


def test_words_beside_the_steps_that_belong_nowhere_are_a_reason_not_to_read(tmp_path: Path) -> None:
    path = written(
        tmp_path, {"pearls": keyed(), "verdict": "The plants were dead all the time, so this was for nothing."}
    )
    assert runs(path) == []


def test_files_that_are_no_runs_are_looked_at_for_a_moment_only(tmp_path: Path) -> None:
    rows = [{"a": n, "b": {"c": {"d": [n, {"e": f"some words of {n}"}]}}, "f": f"call({n}"} for n in range(60_000)]
    path = written(tmp_path, {"rows": rows})
    start = time.perf_counter()
    assert runs(path) == []
    assert time.perf_counter() - start < 10
    path.write_text('{"a":[' * 900 + '"x"' + "]}" * 900)
    assert runs(path) == []
