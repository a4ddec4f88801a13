"""Files that pack, repeat, nest or state more than they are."""

import gzip
import io
import json
import random
import sqlite3
import string
import struct
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import zstandard

MB = 1 << 20
LARGEST = 5 * MB
Case = Callable[[Path], None]


def chat(*texts: str) -> dict[str, object]:
    """A conversation in which user and assistant take turns."""
    roles = ("user", "assistant")
    return {"messages": [{"role": roles[place % 2], "content": text} for place, text in enumerate(texts)]}


def native(tool_result: str, *, call: str = "make") -> bytes:
    """A run in our own format, with one call and what came of it."""
    steps = [
        {"kind": "user", "text": "Build it"},
        {"kind": "tool_call", "tool": "bash", "text": call, "call_id": "1"},
        {"kind": "tool_result", "tool": "bash", "text": tool_result, "call_id": "1", "exit_code": 1},
    ]
    return json.dumps({"session_id": "a", "steps": steps}, ensure_ascii=False).encode() + b"\n"


def _filled(opening: bytes, piece: bytes, closing_: bytes, size: int) -> bytes:
    return opening + piece * (size // len(piece)) + closing_


def _packed_json(piece: bytes, size: int, *, form: str = "gz", lines: bool = False) -> Case:
    """A packed document of many equal pieces inside of a conversation."""

    def write(folder: Path) -> None:
        body = _filled(b'{"messages": [{"role": "user", "content": "hi"}, ', piece, b'{"role": "assistant"}]}', size)
        body = (body + b"\n") * 2 if lines else body
        _write_packed(folder / f"a.json{'l' if lines else ''}.{form}", body, form)

    return write


def _write_packed(path: Path, body: bytes, form: str) -> None:
    if form == "gz":
        path.write_bytes(gzip.compress(body, 9))
    elif form == "zst":
        path.write_bytes(zstandard.ZstdCompressor(level=19, write_content_size=False).compress(body))
    elif form == "zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            archive.writestr("a.json", body)
    elif form == "bz2.zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_BZIP2) as archive:
            archive.writestr("a.json", body)


def _packed_text(make: Callable[[], bytes], form: str = "gz", name: str = "a.jsonl") -> Case:
    return lambda folder: _write_packed(folder / f"{name}.{form}", make(), form)


def plain(make: Callable[[], bytes], name: str = "a.jsonl") -> Case:
    def write(folder: Path) -> None:
        (folder / name).write_bytes(make()[: LARGEST - 1])

    return write


def _tokens(n: int) -> str:
    dice = random.Random(n)
    signs = string.ascii_letters + string.digits
    return "\n".join(f"ghp_{''.join(dice.choices(signs, k=36))}" for _ in range(n))


def _many_runs(text: str, n: int, form: str) -> Case:
    def write(folder: Path) -> None:
        body = b"".join(json.dumps(chat(f"task {number}", text)).encode() + b"\n" for number in range(n))
        _write_packed(folder / f"a.jsonl.{form}", body, form)

    return write


def _many_members(folder: Path) -> None:
    with zipfile.ZipFile(folder / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(30_000):
            archive.writestr(f"{number}.json", b"{}")


def _many_tar_members(folder: Path) -> None:
    body = io.BytesIO()
    with tarfile.open(fileobj=body, mode="w") as archive:
        for number in range(90_000):
            info = tarfile.TarInfo(f"{number}.json")
            info.size = 2
            archive.addfile(info, io.BytesIO(b"{}"))
    (folder / "a.tar.gz").write_bytes(gzip.compress(body.getvalue(), 6))


def _unknown_members(n: int, n_turns: int) -> Case:
    """A tar of members in a layout that no format knows, and that has no run."""

    def write(folder: Path) -> None:
        body = io.BytesIO()
        with tarfile.open(fileobj=body, mode="w") as archive:
            for number in range(n):
                said = [
                    {"who": f"a{place % 3}", "words": f"go on with {place}", "do": {"p": [place]}}
                    for place in range(n_turns)
                ]
                data = json.dumps({"id": number, "turns": said}).encode()
                info = tarfile.TarInfo(f"{number}.json")
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
        (folder / "a.tar.gz").write_bytes(gzip.compress(body.getvalue(), 9))

    return write


def _tar_of_large_headers(folder: Path) -> None:
    body = io.BytesIO()
    with tarfile.open(fileobj=body, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for number in range(300):
            info = tarfile.TarInfo(f"{number}.json")
            info.pax_headers = {"comment": "x" * 900_000}
            archive.addfile(info, io.BytesIO(b""))
    (folder / "a.tar.gz").write_bytes(gzip.compress(body.getvalue(), 9))


def _zip_of_large_members(form: str) -> Case:
    def write(folder: Path) -> None:
        run = native("x" * (60 * MB))
        with zipfile.ZipFile(folder / "a.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            for number in range(6):
                body = run if form == "text" else b'{"messages": [' + b"[]," * (20 * MB) + b"0]}"
                archive.writestr(f"{number}.json", body)

    return write


def _lying_zstd(folder: Path) -> None:
    packed = zstandard.ZstdCompressor(write_content_size=True).compress(b"0" * (2000 * MB))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.jsonl", packed)
    data = bytearray(out.getvalue())
    for mark, method, size in ((b"PK\3\4", 8, 22), (b"PK\1\2", 10, 24)):
        at = data.index(mark)
        struct.pack_into("<H", data, at + method, 93)
        struct.pack_into("<I", data, at + size, 250 * MB)
    (folder / "a.zip").write_bytes(bytes(data))


def _database(script: str, rows: Iterator[tuple[object, ...]], insert: str, name: str = "opencode.db") -> Case:
    def write(folder: Path) -> None:
        with closing(sqlite3.connect(folder / name)) as database:
            database.executescript(script)
            database.executemany(insert, rows)
            database.commit()
            database.execute("vacuum")

    return write


_GOOSE = (
    "create table sessions(id text, name text); create table messages(id integer, session_id text, role text,"
    " content_json text, created_timestamp integer);"
)


def _goose_rows(n: int, content: str) -> Iterator[tuple[object, ...]]:
    return ((number, "s", "user", content, number) for number in range(n))


FILES: dict[str, Case] = {
    # packed JSON: little pieces, which take many times their bytes
    "gz_empty_lists": _packed_json(b"[],", 150 * MB),
    "gz_lists_below_the_budget": _packed_json(b"[],", 10 * MB),
    "gz_objects_below_the_budget": _packed_json(b'{"role":"user","content":"a"},', 50 * MB),
    "gz_messages": _packed_json(b'{"role":"user","content":"go on"},{"role":"assistant","content":"I do"},', 48 * MB),
    "gz_nested_lists": _packed_json(b"[[[[[[[[]]]]]]]],", 100 * MB),
    "gz_numbers": _packed_json(b"1e9,", 60 * MB),
    "gz_long_numbers": _packed_json(b"1" * 4000 + b",", 100 * MB),
    "gz_keys": _packed_text(
        lambda: b'{"messages":[],' + b",".join(b'"%d":0' % n for n in range(1_500_000)) + b"}", name="a.json"
    ),
    "zst_empty_lists": _packed_json(b"[],", 150 * MB, form="zst"),
    "zip_empty_lists": _packed_json(b"[],", 150 * MB, form="zip"),
    "bzip2_empty_lists": _packed_json(b"[],", 150 * MB, form="bz2.zip"),
    "gz_lines_of_lists": _packed_json(b"[],", 40 * MB, lines=True),
    # packed text: one long text, and what a step of the way makes of it
    "gz_one_text": _packed_text(lambda: native("x" * (100 * MB))),
    "gz_one_text_below_the_line": _packed_text(lambda: native("x" * (60 * MB))),
    "gz_one_wide_text": _packed_text(lambda: native("x" * (60 * MB) + "\N{GRINNING FACE}")),
    "gz_wide_document": _packed_text(
        lambda: json.dumps(chat("x" * (110 * MB) + "\N{GRINNING FACE}"), ensure_ascii=False).encode(), name="a.json"
    ),
    "gz_escapes": _packed_text(lambda: native("\x00" * (9 * MB))),
    "gz_line_ends": _packed_text(lambda: native("\n" * (30 * MB))),
    "gz_lines_of_errors": _packed_text(lambda: native("Error: no such file\n" * (3 * MB))),
    "gz_words": _packed_text(lambda: native("a b " * (14 * MB))),
    "gz_secrets": _packed_text(lambda: native("password=Zx81kkQ2mm " * (3 * MB))),
    "gz_addresses": _packed_text(lambda: native("https://a.example/b " * (3 * MB))),
    "gz_mails": _packed_text(lambda: native("a@bc.co " * (7 * MB))),
    "gz_base64": _packed_text(lambda: native("QUJDREVGR0hJSktMTU5P" * (3 * MB))),
    "gz_quotes": _packed_text(lambda: native('"' * (25 * MB))),
    "gz_long_command": _packed_text(lambda: native("denied", call="ls x; " * (10 * MB))),
    "gz_utf16": _packed_text(lambda: native("x" * (40 * MB)).decode().encode("utf-16")),
    "gz_react_text": _packed_text(lambda: b"Thought: x\nAction: y[z]\nObservation: w\n" * (2 * MB), name="a.txt"),
    # packed runs: many of them
    "gz_equal_runs": _many_runs("done", 700_000, "gz"),
    "gz_runs_with_text": _many_runs("word " * 2000, 12_000, "gz"),
    "zst_equal_runs": _many_runs("done", 700_000, "zst"),
    # archives that are more than they say, or more than one expects
    "zip_many_members": _many_members,
    "tar_many_members": _many_tar_members,
    "tar_unknown_members": _unknown_members(25_000, 40),
    "tar_large_unknown_members": _unknown_members(1_250, 700),
    "tar_large_headers": _tar_of_large_headers,
    "zip_large_texts": _zip_of_large_members("text"),
    "zip_large_lists": _zip_of_large_members("lists"),
    "zip_lying_zstd": _lying_zstd,
    # databases
    "db_many_rows": _database(
        _GOOSE + "insert into sessions values('s', 'n');",
        _goose_rows(40_000, '[{"type":"text","text":"go on with it"}]'),
        "insert into messages values(?, ?, ?, ?, ?)",
        "sessions.db",
    ),
    "db_lists_in_rows": _database(
        _GOOSE + "insert into sessions values('s', 'n');",
        _goose_rows(4, "[" + "[]," * 400_000 + "0]"),
        "insert into messages values(?, ?, ?, ?, ?)",
        "sessions.db",
    ),
    # plain files
    "tokens": plain(lambda: native(_tokens(100_000))),
    "empty_lists": plain(lambda: b'{"messages":[' + b"[]," * (MB * 3 // 2) + b"0]}", "a.json"),
    "lists_of_lists": plain(lambda: (b'{"messages":[' + b"[[[]]]," * 100 + b"0]}\n") * 6000),
    "deep_lists": plain(lambda: b"[" * (4 * MB), "a.json"),
    "deep_objects": plain(lambda: b'{"a":' * MB, "a.json"),
    "broken_lines": plain(lambda: b'{"a": [1, 2}\n' * 350_000),
    "broken_objects": plain(lambda: b'{"role": "user", "content": "x"' * 150_000, "a.json"),
    "open_quotes": plain(lambda: b'{"' * (2 * MB)),
    "zeros": plain(lambda: b'{"messages":[]}\n' + b"\0" * (4 * MB)),
    "little_runs": plain(lambda: b'{"messages":[{"role":"user","content":"a"}]}\n' * 100_000),
    "mails": plain(lambda: native("a@bc.co " * 500_000)),
    "passwords": plain(lambda: native("".join(f"password=Zx81kkQ{n:06}\n" for n in range(180_000)))),
    "errors": plain(lambda: native("".join(f"Error: file {n} missing\n" for n in range(180_000)))),
    "paths": plain(lambda: native("".join(f"/home/u{n}/x\n" for n in range(260_000)))),
    "braces_in_text": plain(lambda: native("{[" * (2 * MB))),
    "escaped_in_escaped": plain(lambda: native("\\" * (2 * MB))),
    "json_in_json": plain(lambda: native(json.dumps("[" + "[]," * 1_200_000 + "0]"))),
    "arguments": plain(
        lambda: json.dumps(
            {
                "session_id": "a",
                "steps": [
                    {
                        "kind": "tool_call",
                        "tool": "t",
                        "text": "x",
                        "arguments": {f"k{n}": [n] for n in range(200_000)},
                    }
                ],
            }
        ).encode()
    ),
}
"""Writer of each file by its name."""
