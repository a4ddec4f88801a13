"""One list with the steps of several runs: read as one run it would be wrong, so it is refused."""

import json
from pathlib import Path

import pytest

from t2s_local.formats._fallback.parted import is_parted_by_index
from tests.commands import in_process

TURNS = [
    {"role": "user" if at % 2 == 0 else "assistant", "content": f"These are words number {at}."} for at in range(8)
]


@pytest.mark.parametrize(
    "index",
    [
        [{"from": 0, "to": 3}, {"from": 4, "to": 7}],
        [{"from": 0, "to": 4}, {"from": 4, "to": 8}],
        [{"run": 7, "first": 1, "last": 2}, {"run": 9, "first": 3, "last": 8}],
        [{"end": 7, "begin": 4}, {"end": 3, "begin": 0}],
    ],
)
def test_an_index_that_parts_a_list_is_seen_and_the_file_refused(index: list[object], tmp_path: Path) -> None:
    value = {"meta": {"parts": index}, "turns": TURNS}
    assert is_parted_by_index(value)
    path = tmp_path / "a.json"
    path.write_text(json.dumps(value))
    done = in_process("read", path)
    assert (done.code, done.out) == (3, "")
    assert "one list holds the steps of several runs, parted by an index" in done.err


@pytest.mark.parametrize(
    "index",
    [
        [{"from": 0, "to": 3}, {"from": 5, "to": 7}],
        [{"from": 0, "to": 3}, {"from": 4, "to": 6}],
        [{"from": 2, "to": 4}, {"from": 4, "to": 8}],
        [{"tokens": 12}, {"tokens": 40}],
        [{"from": "0", "to": "3"}, {"from": "4", "to": "7"}],
        [],
    ],
)
def test_numbers_that_part_nothing_are_no_index(index: list[object]) -> None:
    assert not is_parted_by_index({"parts": index, "turns": TURNS})
