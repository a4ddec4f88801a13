"""Map files: what is wrong is named with its line, and what was written is read again."""

import json
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from t2s_local.errors import UsageError
from t2s_local.records.paths.paths import json_path, values_at, written
from t2s_local.stages.reading.map_file import read_map, write_map
from t2s_local.values.layout import Layout

GOOD = """[runs]
steps = "messages[*]"

[steps]
role = "role"
text = ["content", "text"]

[roles]
user = "human"
"""
WRONG = {
    "[runs\n": (1, "no TOML"),
    'a = "b"': (1, "no section is called"),
    '[runs]\nsteps = "m[*]"\n[stps]\n': (3, "did you mean 'steps'"),
    GOOD + 'usr = "x"': (10, "did you mean 'user'"),
    GOOD + "agent = 7": (10, "`agent` is a text"),
    GOOD + 'agent = "human"': (10, "'human' is both user and agent"),
    GOOD.replace("messages[*]", "messages[?(@.x)]"): (2, "is no key and no place"),
    GOOD.replace("messages[*]", "$.messages[*]"): (2, "without `$`"),
    GOOD.replace('steps = "messages[*]"', 'at = "jobs[*]"'): (2, "`at` begins at the whole value: $.jobs[*]"),
    GOOD.replace('steps = "messages[*]"', 'id = "x"'): (1, "does not say where the steps are"),
    GOOD.replace('role = "role"', "# nobody"): (4, "does not say who speaks"),
    GOOD.replace('user = "human"', ""): (8, "names no word"),
    GOOD.replace('"role"', '"' + "a" * 201 + '"'): (5, "at most 200 characters"),
    GOOD.replace('"role"', '"' + "a." * 20 + 'a"'): (5, "more than 12 parts"),
    GOOD.replace('["content", "text"]', str(["x"] * 65).replace("'", '"')): (6, "more than 64 entries"),
    GOOD + "x = " + "[" * 5000: (10, "nested too deeply"),
    'runs = "x"': (1, "[runs] is a section"),
}


@pytest.mark.parametrize("text", WRONG, ids=range(len(WRONG)))
def test_what_is_wrong_with_a_map_is_said_with_its_line(text: str, tmp_path: Path) -> None:
    file = tmp_path / "map.toml"
    file.write_text(text)
    line, words = WRONG[text]
    with pytest.raises(UsageError) as caught:
        read_map(file)
    assert words in str(caught.value)
    assert str(caught.value).startswith(f"{file}:{line}: ")


def test_a_map_that_is_no_file_or_too_large_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.toml: "):
        read_map(tmp_path / "none.toml")
    (tmp_path / "large.toml").write_text(GOOD + "#" * (64 << 10))
    with pytest.raises(UsageError, match="more than 64 kB"):
        read_map(tmp_path / "large.toml")
    (tmp_path / "latin.toml").write_bytes(GOOD.encode() + b"# \xe9")
    with pytest.raises(UsageError, match=r"latin\.toml:10: not UTF-8"):
        read_map(tmp_path / "latin.toml")


def test_a_map_that_was_written_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "map.toml"
    file.write_text(GOOD)
    layout = read_map(file)
    file.write_text(write_map(layout))
    assert read_map(file) == layout
    assert write_map(layout) == GOOD


def test_flipped_and_missing_bytes_of_a_map_are_refused_or_read(tmp_path: Path) -> None:
    file = tmp_path / "map.toml"
    chance = random.Random("maps")
    for _ in range(600):
        data = bytearray(GOOD.encode())
        for _ in range(chance.randint(1, 5)):
            place = chance.randrange(len(data))
            if chance.random() < 0.6:
                data[place] = chance.randrange(256)
            else:
                del data[place : place + chance.randint(1, 20)]
                data = data or bytearray(b"[")
        file.write_bytes(data)
        try:
            assert isinstance(read_map(file), Layout)
        except UsageError as error:
            assert str(error).startswith(f"{file}:")


KEYS = st.text(max_size=12)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts=st.lists(KEYS | st.integers(-99, 99) | st.none(), min_size=1, max_size=6))
def test_a_path_that_was_written_is_read_again(parts: list[str | int | None]) -> None:
    for is_absolute in (True, False):
        assert json_path(written(tuple(parts), is_absolute=is_absolute)) == (is_absolute, tuple(parts))


def test_a_path_leads_through_lists_objects_and_texts_of_json() -> None:
    value = {"a": [{"b": json.dumps({"c": [1, 2]})}, {"b": 3}], "odd key": {"x": 4, "y": 5}}
    assert list(values_at(value, json_path("a[*].b.c[-1]").parts)) == [2]
    assert list(values_at(value, json_path('["odd key"].*').parts)) == [4, 5]
    assert list(values_at(value, json_path("a[7].b").parts)) == []
