"""The first look at a file."""

import io
import json
import sqlite3
import tarfile
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from t2s_local.records.head import close, look

LINE = '\n{"steps": [{"kind": "user", "text": "hello"}]}\n'


def write_zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.jsonl", LINE)


def write_tar(path: Path) -> None:
    with tarfile.open(path, "w") as archive:
        member = tarfile.TarInfo("a.jsonl")
        member.size = len(LINE)
        archive.addfile(member, io.BytesIO(LINE.encode()))


def write_database(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("create table t (x)")
        database.execute("insert into t values (?)", (LINE,))


def write_text(path: Path) -> None:
    path.write_text(LINE)


@pytest.mark.parametrize("write", [write_zip, write_tar, write_database])
def test_lines_inside_of_a_container_are_no_lines_of_the_file(tmp_path: Path, write: Callable[[Path], None]) -> None:
    write(tmp_path / "x")
    write_text(tmp_path / "y")
    assert LINE.encode() in (tmp_path / "x").read_bytes()
    head = look(tmp_path / "x")
    assert (head.records, head.document) == ((), None)
    assert look(tmp_path / "y").document == {"steps": [{"kind": "user", "text": "hello"}]}


WHOLE = {"a": ["x, ]}", {"b": 'a "quote" and \\', "c": []}], "d": [[1, "e"], {"f": {}}], "g": "end"}


def test_json_is_closed_wherever_it_was_cut_and_keeps_the_start_of_its_document() -> None:
    raw = json.dumps(WHOLE).encode()
    for end in range(1, len(raw)):
        closed = json.loads(close(raw[:end]))
        assert list(closed) == list(WHOLE)[: len(closed)]
    assert json.loads(close(raw)) == WHOLE
    assert close(raw + b"] , {") == raw
    assert close(b'["a, [", "b') == b'["a, [", ""]'
