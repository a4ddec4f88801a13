"""Layouts whose words nobody knows, induced from how their values relate, beside files of the same program."""

import csv
import gzip
import io
import json
import os
import time
from pathlib import Path

from t2s_local.formats._induced.groups import group_of
from t2s_local.ports.format import Passed
from t2s_local.stages.intake.read_all import read
from t2s_local.stages.reading.reading import read_file
from tests.readings import told

GOALS = (
    "Water the plants in the hall, please.",
    "Please find out who borrowed the ladder.",
    "Is the cellar door shut?",
)
SEEN = ("soil is dry in pot 4", "no entry for the ladder", "door: open since 9:40")
ENDS = ("The plants in the hall have water.", "Nobody borrowed the ladder so far.", "The door is open, so I shut it.")
Row = list[object]


def rows(number: int) -> list[Row]:
    return [
        ["hi", GOALS[number]],
        ["hm", f"First I look what is known of {number}."],
        ["go", {"gadget": "probe", "knobs": {"room": f"r{number}"}}],
        ["re", SEEN[number]],
        ["go", {"gadget": "act", "knobs": {"room": f"r{number}", "litres": 2}}],
        ["re", f"done, {number} litres left"],
        ["fi", ENDS[number]],
    ]


def expected(number: int) -> list[str]:
    return [
        f"user: {GOALS[number]}",
        f"thought: First I look what is known of {number}.",
        f'tool_call: {{"room":"r{number}"}}',
        f"tool_result: {SEEN[number]}",
        f'tool_call: {{"room":"r{number}","litres":2}}',
        f"tool_result: done, {number} litres left",
        f"assistant: {ENDS[number]}",
    ]


def runs(folder: Path) -> list[list[str]]:
    return sorted(told(run) for run in read([folder]).trajectories)


def test_rows_in_a_file_a_run_are_read_together(tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"r-{number}.json").write_text(json.dumps({"no": f"x{number}7", "log": rows(number)}))
    assert runs(tmp_path) == sorted(map(expected, range(3)))


def test_events_of_several_runs_in_one_list_are_parted_by_the_index_beside_it(tmp_path: Path) -> None:
    events = [{"k": kind, "v": value} for number in range(3) for kind, value in rows(number)]
    index = [{"no": f"x{number}7", "a": 7 * number, "z": 7 * number + 6} for number in range(3)]
    (tmp_path / "log.json").write_text(json.dumps({"toc": index, "all": events}))
    assert runs(tmp_path) == sorted(map(expected, range(3)))


def test_a_file_a_step_in_a_folder_a_run_is_read_from_one_of_them(tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"x{number}7").mkdir()
        for place, (kind, value) in enumerate(rows(number)):
            (tmp_path / f"x{number}7" / f"{place:03}.json").write_text(json.dumps({"k": kind, "v": value}))
    assert runs(tmp_path) == sorted(map(expected, range(3)))
    others = [item for item in read_file(tmp_path / "x07" / "006.json", source="x") if isinstance(item, Passed)]
    assert [item.record for item in others] == ["part of runs that are read from files beside it"]


def test_runs_that_nothing_parts_are_not_read_as_one(tmp_path: Path) -> None:
    events = [{"k": kind, "v": value} for number in range(3) for kind, value in rows(number)]
    (tmp_path / "log.json").write_text(json.dumps({"all": events}))
    assert runs(tmp_path) == []


def test_a_small_file_that_unpacks_to_much_is_not_looked_at_for_how_its_values_relate(tmp_path: Path) -> None:
    path = tmp_path / "lists.json.gz"
    path.write_bytes(gzip.compress(b"[" + b"[]," * 100_000 + b"[]]"))
    assert path.stat().st_size < 4_000
    began = time.process_time()
    assert group_of(path) is None
    assert time.process_time() - began < 1


def test_a_file_that_was_added_or_changed_is_looked_at_again(tmp_path: Path) -> None:
    first = tmp_path / "r-0.json"
    first.write_text(json.dumps({"no": "x07", "log": []}))
    assert group_of(first) is None
    for number in range(3):
        (tmp_path / f"r-{number}.json").write_text(json.dumps({"no": f"x{number}7", "log": rows(number)}))
    os.utime(tmp_path, ns=(1, 1))
    group = group_of(first)
    assert group is not None
    assert len(group.runs) == 3


def test_runs_in_one_list_are_parted_where_a_record_begins_and_where_a_record_ends_them(tmp_path: Path) -> None:
    events: list[object] = []
    for number in range(3):
        events.append({"mark": "opened", "no": f"x{number}7"})
        events += [{"k": kind, "v": value} for kind, value in rows(number)]
        events.append({"mark": "closed", "no": f"x{number}7", "fine": number != 1})
    (tmp_path / "all.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events))
    assert runs(tmp_path) == sorted(map(expected, range(3)))


def test_an_index_in_a_file_of_its_own_parts_the_events_of_another_file(tmp_path: Path) -> None:
    events = [{"k": kind, "v": value} for number in range(3) for kind, value in rows(number)]
    (tmp_path / "events.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events))
    index = [{"no": f"x{number}7", "from": 7 * number, "n": 7} for number in range(3)]
    (tmp_path / "index.json").write_text(json.dumps({"runs": index}))
    assert runs(tmp_path) == sorted(map(expected, range(3)))


def test_a_request_in_a_table_beside_the_steps_begins_the_run_with_its_id_or_at_its_place(tmp_path: Path) -> None:
    steps = [[{"k": kind, "v": value} for kind, value in rows(number)[1:]] for number in range(3)]
    for name, has_ids in (("ids", True), ("places", False)):
        folder = tmp_path / name
        folder.mkdir()
        table = [{"no": f"x{number}7", "wish": GOALS[number]} for number in reversed(range(3))]
        events = [{"no": f"x{number}7", "log": steps[number]} for number in range(3)]
        content = {"first": table if has_ids else table[::-1], "second": events if has_ids else steps}
        (folder / "all.json").write_text(json.dumps(content))
        assert runs(folder) == sorted(map(expected, range(3)))


def test_rows_of_a_table_and_lists_on_lines_are_records(tmp_path: Path) -> None:
    for name in ("table", "lines"):
        (tmp_path / name).mkdir()
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["no", "place", "k", "v"])
    for number in range(3):
        for place, (kind, value) in enumerate(rows(number)):
            writer.writerow([f"x{number}7", place, kind, value if isinstance(value, str) else json.dumps(value)])
        lines = "".join(json.dumps(row) + "\n" for row in rows(number))
        (tmp_path / "lines" / f"r-{number}.jsonl").write_text(lines)
    (tmp_path / "table" / "all.csv").write_text(out.getvalue())
    assert runs(tmp_path / "table") == sorted(map(expected, range(3)))
    assert runs(tmp_path / "lines") == sorted(map(expected, range(3)))


def test_the_outcome_is_the_mark_that_differs_between_runs_at_whatever_depth(tmp_path: Path) -> None:
    for number in range(3):
        run = {"no": f"x{number}7", "log": rows(number), "kept": True, "end": {"how": "failed" if number else "passed"}}
        (tmp_path / f"r-{number}.json").write_text(json.dumps(run))
    outcomes = {run.session_id: run.outcome for run in read([tmp_path]).trajectories}
    assert outcomes == {"x07": "success", "x17": "failure", "x27": "failure"}


def test_a_bare_value_beside_the_steps_is_no_outcome(tmp_path: Path) -> None:
    for name, flag in (("a", True), ("b", False)):
        steps = [
            {"who": "human", "say": f"List the files of folder {name}, please."},
            {"who": "bot", "do": {"fn": "ls", "with": {"path": "."}}},
            {"who": "env", "out": f"{name}.txt b.txt"},
            {"who": "bot", "say": "There are two files."},
        ]
        lines = (json.dumps(record) for record in (flag, *steps))
        (tmp_path / f"{name}.jsonl").write_text("\n".join(lines), "utf-8")
    result = read([tmp_path])
    assert [run.label for run in result.trajectories] == [None, None]
