"""The fallback, tested by hiding each format in turn: what it reads is compared with what the proper reader reads."""

import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from t2s_local import registry
from t2s_local.cli.reading_words import UNSURE
from t2s_local.errors import InputError
from t2s_local.ports.format import Guess, Head, Quarantined
from t2s_local.records.head import look, look_deeper
from t2s_local.stages.reading.detect import FORMATS, detect
from t2s_local.stages.reading.find import find
from t2s_local.stages.reading.reading import read_file
from t2s_local.values.trajectory import Trajectory
from tests.conftest import Command
from tests.places import DATA

SHARE = 0.85
"""Of all trajectories, those the fallback has to read step by step as the proper reader does."""
FALLBACK = "generic"


def runs(path: Path, name: str) -> list[Trajectory]:
    return [item for item in read_file(path, source="x", format_name=name) if isinstance(item, Trajectory)]


def words(run: Trajectory) -> tuple[tuple[str, str], ...]:
    return tuple((step.kind, step.text.strip()) for step in run.steps)


def without(head: Head, hidden: str) -> str | None:
    """Who reads a file when the format *hidden* does not exist."""
    for seen in filter(None, (head, look_deeper(head))):
        names = [name for name in registry.names(FORMATS) if name not in (hidden, FALLBACK)]
        claiming = [name for name in names if registry.load(FORMATS, name).claims(seen)]
        if len(claiming) == 1:
            return claiming[0]
        if registry.load(FORMATS, FALLBACK).claims(seen):
            return FALLBACK
    return None


def described(folder: Path) -> Iterator[tuple[Path, Head, str]]:
    """Every file of a format somebody described, with what it starts like and that format."""
    for path in find([folder]).files:
        try:
            head = look(path)
            name = detect(head)
        except InputError:
            continue
        if name is not None and name != FALLBACK:
            yield path, head, name


@pytest.mark.slow
def test_the_fallback_reads_what_hidden_formats_hold(shared_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    held: Counter[str] = Counter()
    same: Counter[str] = Counter()
    for path, head, name in described(shared_data):
        proper = runs(path, name)
        held[name] += len(proper)
        if proper and (other := without(head, name)) is not None:
            found = Counter(words(run) for run in runs(path, other))
            same[name] += (found & Counter(words(run) for run in proper)).total()
    lines = ["", "format                runs   same"]
    lines += [f"{name:20}{held[name]:6}{same[name]:7}" for name in sorted(held)]
    lines += [f"{'all':20}{held.total():6}{same.total():7}  {same.total() / held.total():.3f}", ""]
    with capsys.disabled():
        sys.stdout.write("\n".join(lines))
    assert held.total() > 5000
    assert same.total() >= SHARE * held.total()


@pytest.mark.slow
def test_what_the_fallback_is_sure_of_is_read_better_than_what_it_doubts(shared_data: Path) -> None:
    """Of at most twenty files a format, the share of steps that are those of the proper reader."""
    alike: dict[bool, list[float]] = {True: [], False: []}
    seen: Counter[str] = Counter()
    for path, head, name in described(shared_data):
        if seen[name] == 20 or without(head, name) != FALLBACK:
            continue
        seen[name] += 1
        proper = Counter(step for run in runs(path, name) for step in words(run))
        items = list(read_file(path, source="x", format_name=FALLBACK))
        found = Counter(step for run in items if isinstance(run, Trajectory) for step in words(run))
        for guess in (item for item in items if isinstance(item, Guess)):
            share = (found & proper).total() / max(found.total(), proper.total())
            alike[guess.certainty >= UNSURE].append(share)
    assert len(alike[True]) > 100
    assert sum(alike[True]) / len(alike[True]) >= 0.9
    assert sum(alike[False]) / len(alike[False]) <= 0.75


def guess_of(path: Path, content: object) -> Guess:
    path.write_text(json.dumps(content))
    (found,) = (item for item in read_file(path, source="x") if isinstance(item, Guess))
    return found


def talk(**beside: object) -> list[Mapping[str, object]]:
    return [
        {"speaker": "human", "body": "please count the lines of notes.txt"},
        {
            "speaker": "bot",
            "body": "I will count them now",
            "calls": [{"id": "1", "name": "sh", "args": {"cmd": "wc -l"}}],
        },
        {"speaker": "tool", "call_id": "1", "body": "17 lines are in notes.txt"},
        {"speaker": "bot", "body": "There are seventeen lines", **beside},
    ]


def test_a_conversation_that_fits_whole_is_read_with_certainty(tmp_path: Path) -> None:
    guess = guess_of(tmp_path / "a.json", {"log": talk()})
    assert guess.certainty == 1.0
    assert guess.reasons == (
        "4 of 4 messages fit",
        "100 % of the words are in steps",
        "1 of 1 results answer a call",
    )


def test_words_under_a_field_nobody_knows_lower_the_certainty_and_the_field_is_named(tmp_path: Path) -> None:
    long = "what was really meant stands here and in no other place " * 9
    guess = guess_of(tmp_path / "a.json", {"log": talk(remarks=long)})
    assert guess.certainty < 0.8
    assert "left out: remarks" in guess.reasons


def test_results_that_answer_no_call_lower_the_certainty(tmp_path: Path) -> None:
    told = [{**item, "call_id": "9"} if item["speaker"] == "tool" else item for item in talk()]
    guess = guess_of(tmp_path / "a.json", {"log": told})
    assert guess.certainty == 0.5
    assert "0 of 1 results answer a call" in guess.reasons


def test_commands_that_stand_in_words_lower_the_certainty(tmp_path: Path) -> None:
    told = [
        {"speaker": "human", "body": "please count the lines"},
        {"speaker": "bot", "body": "```\nwc -l notes.txt\n```"},
        {"speaker": "human", "body": "17 lines are in notes.txt"},
    ]
    guess = guess_of(tmp_path / "a.json", {"log": told})
    assert guess.certainty < UNSURE
    assert "1 of 1 runs hold commands in words and no call" in guess.reasons


def test_a_list_with_calls_is_the_run_rather_than_a_longer_list_of_talk(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    acts = [{"thought": f"look {n}", "action": f"ls {n}", "observation": f"file {n}"} for n in range(3)]
    said = [{"role": ("user", "assistant")[n % 2], "body": f"words of turn {n}"} for n in range(8)]
    path.write_text(json.dumps({"chat": said, "acts": acts}))
    (run,) = runs(path, FALLBACK)
    assert [step.text for step in run.steps if step.kind == "tool_call"] == ["ls 0", "ls 1", "ls 2"]


def test_certainty_is_shown_for_the_fallback_alone(tmp_path: Path, t2s: Command) -> None:
    (tmp_path / "a.json").write_text(json.dumps({"log": talk()}))
    (tmp_path / "codex.jsonl").write_bytes((DATA / "codex.jsonl").read_bytes())
    rows = {row["format"]: row for row in map(json.loads, t2s("read", tmp_path, "--json").out.splitlines())}
    assert rows["generic"]["certainty"] == 1.0
    assert "certainty" not in rows["codex"]
    assert "4 of 4 messages fit" in rows["generic"]["reasons"]
    ran = t2s("read", tmp_path)
    assert "generic 100 %" in ran.out
    assert "1 file of an unknown format, at least 60 % sure" in ran.err
    assert "Warning" not in ran.err


def test_a_doubtful_reading_is_a_warning_with_its_reasons(tmp_path: Path, t2s: Command) -> None:
    told = [{**item, "call_id": "9"} if item["speaker"] == "tool" else item for item in talk()]
    (tmp_path / "a.json").write_text(json.dumps({"log": told}))
    ran = t2s("read", tmp_path)
    assert "generic 50 %" in ran.out
    assert "a.json: read as an unknown format, 50 % sure: 4 of 4 messages fit" in ran.err


def test_two_lists_that_fit_are_both_named_and_nothing_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    other = [{**item, "body": f"{item['body']}, but not so"} for item in talk()]
    path.write_text(json.dumps({"first": talk(), "second": other}))
    (item,) = read_file(path, source="x")
    assert isinstance(item, Quarantined)
    assert "first (4 messages) and second (4 messages)" in item.reason


def test_two_known_formats_that_fit_are_both_named_and_nothing_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    both = {**json.loads((DATA / "agentdojo.json").read_text()), **json.loads((DATA / "langfuse.json").read_text())}
    path.write_text(json.dumps(both))
    (item,) = read_file(path, source="x")
    assert isinstance(item, Quarantined)
    assert item.reason == "could be agentdojo or langfuse; say which with --format"
