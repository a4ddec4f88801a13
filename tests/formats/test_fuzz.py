"""Readers under bad weather: bytes flipped, types swapped, pieces cut out; an answer comes and no traceback."""

import copy
import json
import random
import sqlite3
import time
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from t2s_local import registry
from t2s_local.ports.format import Reading
from t2s_local.records.head import close
from t2s_local.records.json import NotJsonError, decode
from t2s_local.stages.reading.reading import read_file
from t2s_local.stages.reading.unread import Unrecognised
from t2s_local.values.trajectory import Trajectory
from tests.readings import DATA, sample

FORMATS = registry.names("t2s_local.formats")
JUNK: tuple[object, ...] = (
    None,
    True,
    0,
    -1.5,
    10**30,
    "",
    "x",
    "\ud800",
    [],
    {},
    [None],
    [[]],
    {"": None},
    [{"role": []}],
    {"type": {}},
)
PATIENCE = 5.0
"""Seconds one file may take."""
ROUNDS = 60


def survives(path: Path, name: str) -> bool:
    """Whether *path* is read in time, as what it looks like and as *name*: values come out, nothing is raised."""
    for format_name in (None, name):
        start = time.perf_counter()
        found = list(read_file(path, source="x", format_name=format_name))
        in_time = time.perf_counter() - start < PATIENCE
        if not in_time or not all(isinstance(item, Reading | Unrecognised) for item in found):
            return False
    return True


def swapped(value: object, chance: random.Random) -> object:
    """A copy of *value* in which one place holds something else, or is gone."""
    value = copy.deepcopy(value)
    places: list[tuple[object, object]] = []
    stack = [value]
    while stack:
        inner = stack.pop()
        keys: list[object] = list(inner) if isinstance(inner, dict) else []
        keys = list(range(len(inner))) if isinstance(inner, list) else keys
        for key in keys:
            places.append((inner, key))
            stack.append(inner[key])  # type: ignore[index]  # a dict or a list, by its own keys
    if not places:
        return chance.choice(JUNK)
    holder, key = chance.choice(places)
    if chance.random() < 0.2 and isinstance(holder, dict):
        del holder[key]
    else:
        holder[key] = chance.choice(JUNK)  # type: ignore[index]  # as above
    return value


@pytest.mark.parametrize("name", FORMATS)
def test_swapped_types_never_break_a_reader(name: str, tmp_path: Path) -> None:
    path = sample(name)
    if path.suffix in (".md", ".txt"):
        pytest.skip("the sample is no JSON")
    chance = random.Random(f"types {name}")
    lines = path.read_text().splitlines() if path.suffix == ".jsonl" else [path.read_text()]
    records = [json.loads(line) for line in lines]
    other = tmp_path / path.name
    for _ in range(ROUNDS):
        turned = list(records)
        for _ in range(chance.randint(1, 4)):
            place = chance.randrange(len(turned))
            turned[place] = swapped(turned[place], chance)
        other.write_text("\n".join(json.dumps(record) for record in turned))
        assert survives(other, name)


@pytest.mark.parametrize("name", FORMATS)
def test_flipped_and_missing_bytes_never_break_a_reader(name: str, tmp_path: Path) -> None:
    path = sample(name)
    data = path.read_bytes()
    chance = random.Random(f"bytes {name}")
    other = tmp_path / path.name
    for _ in range(ROUNDS):
        broken = bytearray(data)
        for _ in range(chance.randint(1, 6)):
            place = chance.randrange(len(broken))
            if chance.random() < 0.5:
                broken[place] = chance.randrange(256)
            else:
                del broken[place : place + chance.randint(1, 200)]
                broken = broken or bytearray(b"{")
        other.write_bytes(broken)
        assert survives(other, name)


def cursor_database(path: Path) -> None:
    composer = json.loads((DATA / "cursor.json").read_text())
    stored = {f"bubbleId:cu-1:{bubble['bubbleId']}": bubble for bubble in composer.pop("conversation")}
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE cursorDiskKV (key TEXT, value BLOB)")
        for key, value in {"composerData:cu-1": composer, **stored}.items():
            database.execute("INSERT INTO cursorDiskKV VALUES (?, ?)", (key, json.dumps(value)))
        database.commit()


def goose_database(path: Path) -> None:
    messages = [json.loads(line) for line in (DATA / "goose.jsonl").read_text().splitlines()[1:]]
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE sessions (id)")
        database.execute(
            "CREATE TABLE messages (id INTEGER PRIMARY KEY, session_id, role, content_json, created_timestamp)"
        )
        for message in messages:
            row = (message["role"], json.dumps(message["content"]))
            database.execute("INSERT INTO messages (session_id, role, content_json) VALUES ('g', ?, ?)", row)
        database.commit()


def inspect_archive(path: Path) -> None:
    log = json.loads((DATA / "inspect_ai.json").read_text())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("samples/1_epoch_1.json", json.dumps(log.pop("samples")[0]))
        archive.writestr("header.json", json.dumps(log))


def opencode_database(path: Path) -> None:
    session = json.loads((DATA / "opencode.json").read_text())
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE session (id TEXT)")
        database.execute("CREATE TABLE message (id TEXT, session_id TEXT, data TEXT)")
        database.execute("CREATE TABLE part (id TEXT, message_id TEXT, data TEXT)")
        database.execute("INSERT INTO session VALUES ('ses_1')")
        for message in session["messages"]:
            info = message["info"]
            judged = {**info, "label": "GOLD", "scores": ["GOLD"]}
            database.execute("INSERT INTO message VALUES (?, 'ses_1', ?)", (info["id"], json.dumps(judged)))
            for part in message["parts"]:
                row = (part["id"], info["id"], json.dumps({**part, "expected": "GOLD"}))
                database.execute("INSERT INTO part VALUES (?, ?, ?)", row)
        database.commit()


BINARIES: dict[str, Callable[[Path], None]] = {
    "cursor": cursor_database,
    "goose": goose_database,
    "inspect_ai": inspect_archive,
    "opencode": opencode_database,
}
"""Writers of a database or an archive with the story of the sample, by format."""


def test_every_format_that_may_be_a_database_or_an_archive_is_read_as_one_here() -> None:
    openers = {"holds_database", "is_database", "is_zip"}
    assert {name for name in FORMATS if openers & vars(registry.load("t2s_local.formats", name)).keys()} == set(
        BINARIES
    )


@pytest.mark.parametrize("name", BINARIES)
def test_flipped_and_missing_bytes_never_break_a_reader_of_databases_and_archives(name: str, tmp_path: Path) -> None:
    path, other = tmp_path / "whole", tmp_path / "broken"
    BINARIES[name](path)
    data = path.read_bytes()
    assert [item.format for item in read_file(path, source="x") if isinstance(item, Trajectory)] == [name]
    chance = random.Random(f"binary {name}")
    for stop in range(0, len(data), 97 * 3):
        other.write_bytes(data[:stop])
        assert survives(other, name)
    for _ in range(ROUNDS):
        broken = bytearray(data)
        for _ in range(chance.randint(1, 20)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        other.write_bytes(broken)
        assert survives(other, name)


@pytest.mark.parametrize("name", FORMATS)
def test_no_reader_breaks_on_a_sample_of_another_format(name: str) -> None:
    for path in sorted(DATA.iterdir()):
        if path.is_file():
            for item in read_file(path, source="x", format_name=name):
                assert isinstance(item, Reading | Unrecognised)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(
            st.sampled_from(
                [
                    "role",
                    "content",
                    "type",
                    "messages",
                    "steps",
                    "text",
                    "tool_calls",
                    "arguments",
                    "id",
                    "payload",
                    "traj",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=30,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=json_values)
def test_no_reader_breaks_on_any_json(value: object, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(value))
    for name in FORMATS:
        for item in read_file(path, source="x", format_name=name):
            assert isinstance(item, Reading | Unrecognised)
    list(read_file(path, source="x"))


@settings(max_examples=300, deadline=None)
@given(value=json_values, share=st.floats(0, 1))
def test_json_that_is_cut_off_is_closed_to_json(value: object, share: float) -> None:
    text = json.dumps([value]).encode()
    cut = text[: max(1, int(len(text) * share))]
    try:
        closed = decode(close(cut))
    except NotJsonError:
        pytest.fail(f"{cut!r} became {close(cut)!r}")
    assert isinstance(closed, list)
