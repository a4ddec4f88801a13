"""Several sessions one after another in one file: none is lost, and none is part of another."""

import json
from collections import Counter
from pathlib import Path

import pytest

from t2s_local.ports.format import Passed
from t2s_local.stages.reading.reading import read_file
from t2s_local.values.trajectory import Trajectory

DATA = Path(__file__).resolve().parent.parent / "data"
MARKS = {"goose": (), "qwen": ("sessionId", "uuid", "parentUuid"), "openclaw": ("id", "parentId")}
"""Fields by which the records of another session differ."""


def second(line: str, marks: tuple[str, ...]) -> str:
    """A record of another session about another file."""
    record = json.loads(line.replace("notes.txt", "other.txt"))
    return json.dumps({key: f"z{value}" if key in marks and value else value for key, value in record.items()})


@pytest.mark.parametrize("name", MARKS)
def test_sessions_one_after_another_are_runs_of_their_own(name: str, tmp_path: Path) -> None:
    lines = (DATA / f"{name}.jsonl").read_text().splitlines()
    path = tmp_path / "both.jsonl"
    path.write_text("\n".join([*lines, *(second(line, MARKS[name]) for line in lines)]))
    read = list(read_file(path, source="both.jsonl"))
    first, other = (item for item in read if isinstance(item, Trajectory))
    assert [step.text.replace("other.txt", "notes.txt") for step in other.steps] == [step.text for step in first.steps]
    assert first.session_id != other.session_id
    alone = left_out(list[object](read_file(DATA / f"{name}.jsonl", source="one")))
    assert left_out(list[object](read)) == alone + alone


def left_out(read: list[object]) -> Counter[str]:
    """Counts of the records without a step."""
    found = Counter[str]()
    for item in read:
        if isinstance(item, Passed):
            found[item.record] += item.count
    return found
