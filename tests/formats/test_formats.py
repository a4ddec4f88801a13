"""Contracts every format obeys, on a sample that tells the same short story in each of them."""

import bz2
import gzip
import json
import lzma
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
import zstandard

from t2s_local import registry
from t2s_local.ports.format import Reading
from t2s_local.records.head import look
from t2s_local.stages.reading.reading import read_file
from t2s_local.stages.reading.unread import Unrecognised
from t2s_local.values.trajectory import Step, Trajectory
from tests.readings import copied, runs, sample

FORMATS = registry.names("t2s_local.formats")
PROPER = tuple(name for name in FORMATS if name != "generic")
TASK = "Count the lines of notes.txt and tell me the number."
WITHOUT_A_TASK = ("codex_exec", "crewai")
"""Formats in which the prompt is not written down."""
TEXTS = (".md", ".txt")
"""Plain text says nowhere that it was cut off: the last thing said may be half of it."""
CALLS = ["wc -l notes.txt", "wc -l docs/notes.txt"]
REWOUND = {"And the words?", "Taken back.", "Taken back too.", "Too early.", "A first try.", "Left."}
"""Turns that are taken back later in a sample: whole records while the file is cut off before that."""
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.compress,
    ".zst": zstandard.compress,
    ".xz": lzma.compress,
    ".bz2": bz2.compress,
}
ANSWERS = ["No such file or directory", "3 docs/notes.txt"]


def results_of(run: Trajectory) -> dict[str, Step]:
    return {step.call_id: step for step in run.steps if step.kind == "tool_result" and step.call_id is not None}


def reversed_keys(value: object) -> object:
    if isinstance(value, dict):
        return {key: reversed_keys(value[key]) for key in reversed(value)}
    return [reversed_keys(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("name", PROPER)
def test_each_format_claims_its_sample_and_no_other_does(name: str) -> None:
    head = look(sample(name))
    assert [other for other in PROPER if registry.load("t2s_local.formats", other).claims(head)] == [name]


def test_a_format_nobody_described_is_left_to_the_fallback() -> None:
    head = look(sample("generic"))
    assert [name for name in FORMATS if registry.load("t2s_local.formats", name).claims(head)] == ["generic"]


@pytest.mark.parametrize("name", FORMATS)
def test_each_format_tells_the_story_of_its_sample(name: str) -> None:
    run = runs(sample(name))[0]
    assert run.format == name
    assert run.task == (None if name in WITHOUT_A_TASK else TASK)
    calls = [step for step in run.steps if step.kind == "tool_call"][:2]
    assert [step.text for step in calls] == CALLS
    answers = [results_of(run)[step.call_id or ""] for step in calls]
    for answer, call, words in zip(answers, calls, ANSWERS, strict=True):
        assert words in answer.text
        assert call.tool is not None
        assert answer.tool in (call.tool, "aider")
    assert run.steps[-1].kind != "user" or "STOP" in run.steps[-1].text or "Thanks" in run.steps[-1].text


@pytest.mark.parametrize("name", FORMATS)
def test_gold_answers_signatures_and_images_stay_behind(name: str) -> None:
    for run in runs(sample(name)):
        assert b"GOLD" not in msgspec.json.encode(run)


@pytest.mark.parametrize("name", FORMATS)
def test_the_order_of_keys_does_not_show(name: str, tmp_path: Path) -> None:
    path = sample(name)
    text = path.read_text()
    if path.suffix == ".jsonl":
        turned = "".join(json.dumps(reversed_keys(json.loads(line))) + "\n" for line in text.splitlines())
    elif path.suffix in (".json", ".traj"):
        turned = json.dumps(reversed_keys(json.loads(text)))
    else:
        pytest.skip("the sample is no JSON")
    assert [run.id for run in runs(copied(name, tmp_path, data=turned.encode()))] == [run.id for run in runs(path)]


@pytest.mark.parametrize("name", FORMATS)
def test_the_name_of_the_file_does_not_decide_its_format(name: str, tmp_path: Path) -> None:
    other = copied(name, tmp_path).rename(tmp_path / "notes")
    assert {run.format for run in runs(other)} == {name}


@pytest.mark.parametrize("name", FORMATS)
def test_packed_files_read_the_same_as_unpacked_ones(name: str, tmp_path: Path) -> None:
    path = sample(name)
    data = path.read_bytes()
    expected = [run.id for run in runs(path)]
    for suffix, pack in PACKERS.items():
        assert [run.id for run in runs(copied(name, tmp_path, data=pack(data), suffix=suffix))] == expected


@pytest.mark.parametrize("name", FORMATS)
def test_a_byte_order_mark_and_windows_line_ends_change_nothing(name: str, tmp_path: Path) -> None:
    path = sample(name)
    data = b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n")
    assert [run.id for run in runs(copied(name, tmp_path, data=data))] == [run.id for run in runs(path)]


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_run_has_the_same_id_whatever_it_is_called(name: str) -> None:
    path = sample(name)
    first = [item.id for item in read_file(path, source="a") if isinstance(item, Trajectory)]
    second = [item.id for item in read_file(path, source="b/c") if isinstance(item, Trajectory)]
    assert first == second
    assert len(set(first)) == len(first)


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_cut_off_anywhere_is_read_or_refused_and_never_breaks(name: str, tmp_path: Path) -> None:
    data = sample(name).read_bytes()
    whole = {step.text for run in runs(sample(name)) for step in run.steps} | REWOUND
    for stop in range(0, len(data), 97):
        cut = copied(name, tmp_path, data=data[:stop])
        for item in read_file(cut, source="cut"):
            assert isinstance(item, Reading | Unrecognised)
            if isinstance(item, Trajectory):
                said = [step.text for step in item.steps]
                assert set(said[:-1] if sample(name).suffix in TEXTS else said) <= whole


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_of_our_own_values_survives_being_written_and_read(name: str, tmp_path: Path) -> None:
    for run in runs(sample(name)):
        path = tmp_path / "native.jsonl"
        path.write_bytes(msgspec.json.encode(run) + b"\n")
        (again,) = runs(path)
        assert again == msgspec.structs.replace(run, format="native")


@pytest.mark.parametrize("name", FORMATS)
def test_outcomes_come_with_where_they_came_from(name: str) -> None:
    for run in runs(sample(name)):
        assert run.label is None or (run.label.source and (run.outcome is not None or run.score is not None))
