"""One thing that is wrong beside good runs, in a file or around the process: it costs a line, never the run."""

import gzip
import json
import os
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.commands import in_own_process
from tests.conftest import Command
from tests.libraries import tree
from tests.many import records, write_runs

COMMAND = ("distill", "runs", "-o", "skills", "--model", "none")
DEEP = 200_000
DIGITS = "9" * 400
NESTED = "[" * DEEP + "]" * DEEP
WELL = next(records(1))


def said(**changed: object) -> bytes:
    """Return a good run with other values, as a line."""
    return json.dumps({**WELL, **changed}).encode() + b"\n"


def step(**changed: object) -> bytes:
    """Return a good run whose call and its result have other values."""
    given = WELL["steps"]
    assert isinstance(given, list)
    return said(steps=[one | changed if one.get("tool") else one for one in given], session_id="odd")


TEXTS: dict[str, bytes] = {
    "digits_of_a_reward": b'{"session_id": "z", "reward": ' + DIGITS.encode() + b', "steps": []}\n' + said(),
    "digits_of_an_exit_code": step(exit_code=10**20),
    "a_negative_exit_code": step(exit_code=-(10**30)),
    "an_exit_code_that_is_a_list": step(exit_code=[1, [2]]),
    "arguments_beyond_64_bits": step(arguments={"wei": 10**20, "list": [2**64, -(2**63) - 1]}),
    "arguments_that_are_a_number": step(arguments=10**400),
    "a_time_of_400_digits": step(at=DIGITS),
    "a_time_beyond_all_years": step(at="999999-99-99T99:99:99Z"),
    "a_time_that_is_no_number": step(at=float("nan")),
    "endless_numbers": step(arguments={"a": float("inf"), "b": float("-inf"), "c": float("nan")}),
    "half_of_a_character": step(text="a\ud800b"),
    "only_zero_bytes_in_a_text": step(text="\0" * 5_000),
    "an_id_that_is_an_object": said(session_id={"a": [1]}),
    "an_id_of_a_megabyte": said(session_id="x" * 1_000_000),
    "an_id_that_is_a_path": said(session_id="../../../etc/passwd"),
    "steps_that_are_text": said(steps="none"),
    "steps_of_nulls": said(steps=[None] * 1_000),
    "a_step_in_a_step": said(steps=[[{"kind": "user", "text": "a"}]]),
    "keys_that_are_empty": json.dumps({"": {"": {"": 1}}}).encode(),
    "a_key_twice": b'{"steps": [], "steps": 1, "session_id": "a", "session_id": {}}\n',
    "a_deep_list": b'{"messages": ' + NESTED.encode() + b"}",
    "a_deep_list_alone": NESTED.encode(),
    "a_deep_object": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "deep_arguments": step(arguments={"a": json.loads("[" * 500 + "]" * 500)}),
    "a_number_of_a_megabyte": b"9" * 1_000_000,
    "bytes_of_no_encoding": bytes(range(256)) * 400,
    "utf_16_cut_in_half": json.dumps(WELL).encode("utf-16")[:-1],
    "utf_32": json.dumps(WELL).encode("utf-32"),
    "a_mark_of_order_alone": b"\xef\xbb\xbf",
    "one_line_of_quotes": b'"' * 1_000_001,
    "a_hundred_thousand_empty_lines": b"\n" * 100_000 + said(),
    "an_expression_of_yaml": b"!!python/object/apply:os.system ['touch ran']\n",
}
Around = Callable[[Path], None]


def _zip(path: Path, **members: bytes) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)


def cut_gzip(runs: Path) -> None:
    (runs / "a.jsonl.gz").write_bytes(gzip.compress(said())[:-9])


def gzip_of_a_gzip(runs: Path) -> None:
    (runs / "a.jsonl.gz").write_bytes(gzip.compress(gzip.compress(b"\0" * 100_000)))


def zip_without_an_end(runs: Path) -> None:
    _zip(runs / "a.zip", a=said())
    (runs / "a.zip").write_bytes((runs / "a.zip").read_bytes()[:-20])


def zip_with_bad_sums(runs: Path) -> None:
    _zip(runs / "a.zip", **{"a.jsonl": said()})
    data = bytearray((runs / "a.zip").read_bytes())
    data[60] ^= 0xFF
    (runs / "a.zip").write_bytes(data)


def zip_with_odd_names(runs: Path) -> None:
    names = ("..", "a/..", "/etc/passwd", "C:\\x", "x" * 300, "\x1b[2J", "a\nb", "con", ".")
    _zip(runs / "a.zip", **dict.fromkeys(names, said()))


def database_of_nothing(runs: Path) -> None:
    (runs / "state.vscdb").write_bytes(b"SQLite format 3\0" + bytes(84))


def database_of_other_types(runs: Path) -> None:
    with closing(sqlite3.connect(runs / "state.vscdb")) as database:
        database.execute("CREATE TABLE cursorDiskKV (key, value)")
        rows = [(None, b"\xff"), (1, 2.5), ("composerData:x", "[" * 10_000), (b"composerData:y", 10**18)]
        database.executemany("INSERT INTO cursorDiskKV VALUES (?, ?)", rows)
        database.commit()


def database_named_like_lines(runs: Path) -> None:
    with closing(sqlite3.connect(runs / "a.jsonl")) as database:
        database.execute("CREATE TABLE t (a)")


def pipe(runs: Path) -> None:
    os.mkfifo(runs / "a.jsonl")


def link_in_a_circle(runs: Path) -> None:
    (runs / "a.jsonl").symlink_to("a.jsonl")
    (runs / "loop").symlink_to("..")


def file_that_nobody_may_read(runs: Path) -> None:
    (runs / "a.jsonl").write_bytes(said())
    (runs / "a.jsonl").chmod(0)
    (runs / "closed").mkdir(mode=0)


def name_that_is_no_text(runs: Path) -> None:
    Path(os.fsdecode(os.fsencode(runs) + b"/a\xff\n.jsonl")).write_bytes(said())


FILES: dict[str, Around] = {
    one.__name__: one
    for one in (
        cut_gzip,
        gzip_of_a_gzip,
        zip_without_an_end,
        zip_with_bad_sums,
        zip_with_odd_names,
        database_of_nothing,
        database_of_other_types,
        database_named_like_lines,
        pipe,
        link_in_a_circle,
        file_that_nobody_may_read,
        name_that_is_no_text,
    )
}
SURROUNDINGS: dict[str, dict[str, str]] = {
    "no_home": {"HOME": ""},
    "a_home_that_is_not_there": {"HOME": "/nonexistent/home"},
    "a_home_that_is_a_file": {"HOME": "/etc/hostname"},
    "a_home_with_a_line_end": {"HOME": "/tmp/a\nb"},
    "a_folder_for_temporary_files_that_is_not_there": {"TMPDIR": "/nonexistent/tmp"},
    "a_cache_that_cannot_be_made": {"XDG_CACHE_HOME": "/proc/cache"},
    "a_language_without_letters": {"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
    "a_terminal_of_no_width": {"COLUMNS": "0", "LINES": "0"},
    "a_terminal_of_odd_width": {"COLUMNS": "-5", "TERM": "nonsense"},
    "no_user": {"USER": "", "LOGNAME": "", "USERNAME": ""},
    "a_time_zone_of_nowhere": {"TZ": "Nowhere/Land"},
    "a_clock_before_time": {"SOURCE_DATE_EPOCH": "-99999999999"},
}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Skills of the good runs alone."""
    folder = tmp_path_factory.mktemp("plain")
    write_runs(folder / "runs", 24)
    assert in_own_process(*COMMAND, cwd=folder).code == 0
    return tree(folder / "skills")


def pages(found: dict[str, bytes]) -> set[str]:
    return {name for name in found if name.endswith("SKILL.md")}


@pytest.mark.slow
@pytest.mark.parametrize("name", [*TEXTS, *FILES])
def test_a_bad_file_costs_no_good_one(here: Path, t2s: Command, plain: dict[str, bytes], name: str) -> None:
    write_runs(here / "runs", 24)
    if name in TEXTS:
        (here / "runs" / "odd.jsonl").write_bytes(TEXTS[name])
    else:
        FILES[name](here / "runs")
    ran = t2s(*COMMAND)
    assert ran.code == 0 or (ran.code == 3 and any(f"runs/{one}" in ran.err for one in ("odd.", "a.", "closed")))
    assert pages(tree(here / "skills")) == pages(plain)
    looked = t2s("read", "runs", "--json")
    assert looked.code in (0, 3), looked.err
    assert not (here / "ran").exists()


@pytest.mark.slow
@pytest.mark.parametrize("name", SURROUNDINGS)
def test_odd_surroundings_change_nothing(tmp_path: Path, plain: dict[str, bytes], name: str) -> None:
    write_runs(tmp_path / "runs", 24)
    ran = in_own_process(*COMMAND, cwd=tmp_path, environment=SURROUNDINGS[name])
    assert ran.code == 0, ran.err
    assert tree(tmp_path / "skills") == plain


@pytest.mark.parametrize("row", [b"9" * 200_000, b'"' + b"x" * 300_000, b"a\rb\rc", b"\0" * 200_000, b"\xff" * 200_000])
def test_a_row_that_is_none_costs_that_row(here: Path, t2s: Command, row: bytes) -> None:
    write_runs(here / "runs", 24)
    (here / "labels.csv").write_bytes(b"session_id,reward\nsession-2,1\n" + row + b"\n")
    ran = t2s(*COMMAND, "--labels", "labels.csv")
    assert ran.code in (0, 3), ran.err
    assert "labels.csv:" in ran.err


def test_a_label_of_400_digits_costs_that_label(here: Path, t2s: Command) -> None:
    write_runs(here / "runs", 24)
    (here / "labels.jsonl").write_text(
        f'{{"session_id": "session-1", "reward": {DIGITS}}}\n{{"session_id": "session-2", "reward": 1}}\n'
    )
    ran = t2s(*COMMAND, "--labels", "labels.jsonl")
    assert ran.code in (0, 3), ran.err
    assert "labels.jsonl:1: " in ran.err
