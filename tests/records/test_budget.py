"""Small files that would take much memory: each costs a line, and what is beside it is read."""

import gzip
import io
import json
import re
import sqlite3
import struct
import tarfile
import zipfile
from contextlib import closing
from pathlib import Path
from time import process_time

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from t2s_local.ports.format import Quarantined
from t2s_local.ports.services import Silent
from t2s_local.records import archives, budget
from t2s_local.records.budget import LEAST, weight
from t2s_local.safety.redaction import redact
from t2s_local.safety.redaction.beginnings import WIDTH, Beginnings
from t2s_local.safety.redaction.sanitise import Sanitiser
from t2s_local.stages.intake.catalogue import Glimpse
from t2s_local.stages.intake.reader import Input
from t2s_local.stages.intake.serial import SerialReader
from t2s_local.stages.reading.reading import read_file
from t2s_local.values.trajectory import Trajectory

GOOD = json.dumps({"messages": [{"role": "user", "content": "hello"}, {"role": "assistant", "content": "hi"}]})


def refusals(path: Path, *, format_name: str | None = None) -> list[str]:
    return [
        item.reason for item in read_file(path, source="x", format_name=format_name) if isinstance(item, Quarantined)
    ]


def n_runs(path: Path) -> int:
    return sum(isinstance(item, Trajectory) for item in read_file(path, source="x"))


def lying_zip(bad: bytes, stated: int) -> bytes:
    """A zip whose first member, in Zstandard, says it is smaller than it is."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.jsonl", bad)
        archive.writestr("b.jsonl", GOOD)
    data = bytearray(out.getvalue())
    for mark, method, size in ((b"PK\3\4", 8, 22), (b"PK\1\2", 10, 24)):
        at = data.index(mark)
        struct.pack_into("<H", data, at + method, 93)
        struct.pack_into("<I", data, at + size, stated)
    return bytes(data)


@pytest.mark.parametrize("says_size", [True, False])
def test_a_member_larger_than_its_archive_says_is_left_and_the_next_one_read(tmp_path: Path, says_size: bool) -> None:
    packer = zstandard.ZstdCompressor(write_content_size=says_size)
    (tmp_path / "x.zip").write_bytes(lying_zip(packer.compress(b"0" * (300 << 20)), 100))
    assert n_runs(tmp_path / "x.zip") == 1
    (reason,) = refusals(tmp_path / "x.zip")
    assert reason.startswith("unpacks to")


def test_a_member_that_is_listed_often_is_read_once(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.jsonl", GOOD)
        info = archive.infolist()[0]
        for number in range(1000):
            again = zipfile.ZipInfo(f"b{number}.jsonl")
            for name in ("header_offset", "compress_size", "file_size", "CRC", "compress_type"):
                setattr(again, name, getattr(info, name))
            archive.filelist.append(again)
            archive.NameToInfo[again.filename] = again
    assert n_runs(path) == 1
    (reason,) = refusals(path)
    assert reason == "members of the archive lie on each other; this one and the rest of them are left"


@pytest.mark.parametrize("text", ["[],", '{"a":{}},', '"a",', "[[[]]],"])
def test_packed_json_of_little_pieces_is_refused_before_it_is_decoded(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.json.gz"
    body = b'{"messages": [' + text.encode() * ((100 << 20) // len(text)) + b"0]}"
    path.write_bytes(gzip.compress(body, compresslevel=9))
    assert weight(body) > LEAST
    assert "of memory" in refusals(path, format_name="openai_chat")[0] or "MB" in refusals(path)[0]


@pytest.mark.parametrize(
    "column", ["data text generated always as (hex(zeroblob(400000000))) virtual", "data text as (hex(id)) stored"]
)
def test_a_database_that_computes_its_values_is_left(tmp_path: Path, column: str) -> None:
    path = tmp_path / "opencode.db"
    with closing(sqlite3.connect(path)) as database:
        database.executescript(
            "create table session(id text, data text); create table message(id text, session_id text, data text);"
            f"create table part(id text, message_id text, session_id text, {column});"
            "insert into message values('m', 's', '{}'); insert into part(id, message_id) values('p', 'm');"
        )
    assert refusals(path) == ["the table part computes its values instead of holding them"]


def test_a_view_in_place_of_a_table_is_left(tmp_path: Path) -> None:
    path = tmp_path / "goose.db"
    with closing(sqlite3.connect(path)) as database:
        database.executescript(
            "create table sessions(id); create view messages as with recursive n(i) as (select 1 union all "
            "select i + 1 from n) select i as id, 's' as session_id, 'user' as role, '[]' as content_json, "
            "0 as created_timestamp from n;"
        )
    assert refusals(path, format_name="goose") == ["the table messages computes its values instead of holding them"]


def test_thousands_of_texts_that_begin_alike_are_looked_up_once_a_place() -> None:
    values = [f"password{number:06}" for number in range(30_000)]
    before = process_time()
    assert len(list(Beginnings(values).find(" ".join(values)))) == len(values)
    assert process_time() - before < 10  # two minutes where every text is compared with every other one


@pytest.mark.parametrize("n_runs", [1, 40])
def test_a_file_of_more_secrets_than_can_be_taken_out_costs_lines_and_not_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, n_runs: int
) -> None:
    monkeypatch.setattr(redact, "MOST_PLACES", 400)
    mails = "a@bc.co " * (1000 // n_runs)
    runs = [GOOD.replace("hello", f"{number} {mails}") for number in range(n_runs)]
    (tmp_path / "a.jsonl").write_text("\n".join(runs))
    (tmp_path / "b.jsonl").write_text(GOOD.replace("hello", "password=Zx81kkQ2mm"))
    source = Input(files=(tmp_path / "a.jsonl", tmp_path / "b.jsonl"), n_found=2)
    reader = SerialReader(source, sanitiser=Sanitiser(), progress=Silent())
    seen = list(reader.look())
    refused = [item for item in seen if isinstance(item, Quarantined)]
    assert refused[0].reason == "holds more secrets than can be taken out"
    assert isinstance(seen[-1], Glimpse)


def test_a_small_file_of_more_steps_than_any_recording_has_is_refused(tmp_path: Path) -> None:
    steps = ",".join(['{"role":"user","content":"a"},{"role":"assistant","content":"b"}'] * 40_000)
    (tmp_path / "a.json").write_text(f'{{"messages":[{steps}]}}')
    assert "MB of memory" in refusals(tmp_path / "a.json")[0]


def test_a_small_file_of_more_runs_than_any_recording_has_is_read_up_to_there_and_says_so(tmp_path: Path) -> None:
    runs = b"".join(b'{"messages":[{"role":"user","content":"%d"}]}\n' % number for number in range(70_000))
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(runs, 1))
    assert refusals(tmp_path / "a.jsonl.gz") == [
        "holds more trajectories and steps than a file of its size; those before are read"
    ]
    assert 40_000 < n_runs(tmp_path / "a.jsonl.gz") < 70_000


@given(st.lists(st.text(min_size=WIDTH, max_size=12), min_size=1, max_size=20), st.text(max_size=20))
def test_every_text_of_the_table_is_found_where_it_stands(values: list[str], between: str) -> None:
    text = between.join(["", *values, ""])
    places = list(Beginnings(sorted(set(values), key=lambda value: (-len(value), value))).find(text))
    at = len(between)
    for value in values:
        assert any((start <= at and end >= at + len(value)) or start == at for start, end in places)
        at += len(value) + len(between)
    assert all(text[start:end] in values for start, end in places)


def unknown(number: int) -> bytes:
    """A conversation in a layout that no format knows."""
    turns = [{"who": "me", "words": f"list the files of {number} {n}"} if n % 2 else {"got": [n]} for n in range(60)]
    return json.dumps({"no": number, "turns": turns}).encode()


def archive_of(path: Path, bodies: dict[str, bytes]) -> Path:
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, body in bodies.items():
                archive.writestr(name, body)
        return path
    with tarfile.open(path, "w:gz") as tar:
        for name, body in bodies.items():
            info = tarfile.TarInfo(name)
            info.size = len(body)
            tar.addfile(info, io.BytesIO(body))
    return path


@pytest.mark.parametrize("name", ["x.zip", "x.tar.gz"])
def test_members_beyond_those_that_a_small_archive_may_have_are_named_in_one_line(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "FREE_MEMBERS", 3)
    monkeypatch.setattr(archives, "PER_MEMBER", 1 << 20)
    path = archive_of(tmp_path / name, {f"{n}.json": GOOD.encode() for n in range(8)})
    assert n_runs(path) == 3
    assert refusals(path) == ["more than 3 members; the rest was not read"]


def test_a_larger_archive_may_have_more_members(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with path.open("wb") as stream:
        stream.truncate(10 << 20)
    assert archives.most_members(path) == (10 << 20) // 200
    with path.open("wb") as stream:
        stream.truncate(1 << 30)
    assert archives.most_members(path) == 100_000


def test_layouts_are_searched_for_in_an_archive_up_to_a_limit_and_the_rest_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "MOST_SEARCHED", 1000)
    bodies = {f"a{n:02}.json": unknown(n) for n in range(60)} | {"z.json": GOOD.encode()}
    path = archive_of(tmp_path / "x.zip", bodies)
    (reason,) = refusals(path)
    match = re.fullmatch(r"(\d+) members of no known format: to find out their layout would take too long", reason)
    assert match
    assert 30 < int(match[1]) < 60
    assert n_runs(path) == 1


def test_the_search_in_a_file_of_its_own_has_a_limit_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "MOST_SEARCHED", 0)
    for n in range(3):
        (tmp_path / f"{n}.json").write_bytes(unknown(n))
        assert refusals(tmp_path / f"{n}.json") == []


def test_to_ask_whether_a_search_may_go_on_counts_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "MOST_SEARCHED", 0)
    path = tmp_path / "x.json"
    opened = budget.open_budget(path)
    budget.count_search(1)
    assert [budget.may_search() for _ in range(3)] == [False] * 3
    budget.count_unsearched()
    assert opened.n_unsearched == 0
    budget.open_budget(tmp_path / "member.json")
    budget.count_unsearched()
    assert opened.n_unsearched == 1
    budget.close_budget(tmp_path / "member.json")
    budget.close_budget(path)
