"""Steps in layouts that nobody described that are no list of records: numbered fields, texts, several lists."""

import json
from pathlib import Path

import pytest

from tests.formats.test_induced import expected, rows, runs


def said(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def numbered(number: int) -> str:
    return "\n".join(
        f"{place}. {kind.upper()}\n{said(value)}\n" for place, (kind, value) in enumerate(rows_of(number), 1)
    )


def indented(number: int) -> str:
    return "\n".join(f"- {kind}: |\n    " + said(value).replace("\n", "\n    ") for kind, value in rows_of(number))


def rows_of(number: int) -> list[tuple[str, object]]:
    return [(str(kind), value) for kind, value in rows(number)]


@pytest.mark.parametrize("write", [numbered, indented])
def test_a_text_with_numbers_or_dashes_before_its_labels_is_a_transcript(write: object, tmp_path: Path) -> None:
    assert callable(write)
    for number in range(3):
        (tmp_path / f"r-{number}.json").write_text(json.dumps({"no": f"x{number}7", "script": write(number)}))
    assert runs(tmp_path) == sorted(map(expected, range(3)))


def test_fields_with_numbers_are_steps(tmp_path: Path) -> None:
    for number in range(3):
        (_, goal), (_, thought), (_, first), (_, seen), (_, second), (_, done), (_, end) = rows_of(number)
        steps = {"hm_1": thought, "go_1": first, "re_1": seen, "go_2": second, "re_2": done}
        run = {"no": f"x{number}7", "wish": goal, **steps, "fi": end}
        (tmp_path / f"r-{number}.json").write_text(json.dumps(run))
    assert runs(tmp_path) == sorted(map(expected, range(3)))


def test_lists_that_number_their_records_together_are_one_run_in_that_order(tmp_path: Path) -> None:
    for number in range(3):
        every = [{"at": place, "k": kind, "v": value} for place, (kind, value) in enumerate(rows_of(number))]
        lists = {
            "said": [one for one in every if one["k"] in ("hi", "hm", "fi")],
            "done": [one for one in every if one["k"] == "go"],
            "seen": [one for one in every if one["k"] == "re"],
        }
        (tmp_path / f"r-{number}.json").write_text(json.dumps({"no": f"x{number}7", **lists}))
    assert runs(tmp_path) == sorted(map(expected, range(3)))
