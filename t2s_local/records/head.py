"""First look at a file: the bytes and records by which every format decides whether the file is its own."""

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import msgspec

from t2s_local.ports.format import Head
from t2s_local.records import streams
from t2s_local.records.archives import is_zip
from t2s_local.records.broken.salvage import SalvagedRecord, pieces
from t2s_local.records.budget import fits
from t2s_local.records.documents import prologue_size
from t2s_local.records.json import NotJsonError, Record, decode, is_json_lines, objects
from t2s_local.records.sqlite import is_database
from t2s_local.records.tars import is_tar

HEAD_BYTES = 64 << 10
HEAD_RECORDS = 50
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{},"]', re.DOTALL)
_NO_BRACKET = re.compile(rb'(?:[^\[\]{}"]++|"(?:[^"\\]++|\\.)*+")*+', re.DOTALL)
"""Text without brackets, except inside of whole strings."""
_BRACKETS = frozenset({b"{", b"[", b"}", b"]"})
_CLOSER = {b"{": b"}", b"[": b"]"}


def look(path: Path) -> Head:
    """Read the first bytes of *path* and decode what can be decoded of them.

    Raises:
        InputError: the file cannot be read.
    """
    raw = streams.head_bytes(path, HEAD_BYTES)
    if is_zip(raw) or is_tar(raw) or is_database(raw):
        return Head(path=path, raw=raw)  # JSON of its members or rows is not the document
    records = tuple(_decoded_lines(raw)) if is_json_lines(raw) else _several(raw)
    if not records:
        return Head(path=path, raw=raw, document=_whole_or_closed(_without_prologue(raw)))
    if len(records) == 1:
        return Head(path=path, raw=raw, document=records[0])
    return Head(path=path, raw=raw, records=records)


def is_json(path: Path) -> bool:
    """Return whether a file contains JSON rather than text; lines printed before the JSON do not matter.

    Raises:
        InputError: the file cannot be read.
    """
    head = look(path)
    return head.document is not None or bool(head.records)


def look_deeper(head: Head) -> Head | None:
    """Return a head with all keys of a large JSON object; None for other files and above the memory budget.

    At most 4 kB of each top-level value are kept. The order of the keys therefore does not decide the format of a file.

    Raises:
        InputError: the file cannot be read.
    """
    if len(head.raw) < HEAD_BYTES or not isinstance(head.document, dict):
        return None
    data = streams.whole(head.path)
    if not fits(head.path, data):
        return None
    try:
        parts: dict[str, msgspec.Raw] = msgspec.json.decode(data, type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None
    room = min(4 << 10, HEAD_BYTES // max(1, len(parts)))
    document = {key: _whole_or_closed(bytes(memoryview(value)[:room])) for key, value in parts.items()}
    return Head(path=head.path, raw=head.raw, document=document)


def seen(head: Head) -> list[Record]:
    """Return the JSON objects at the start of a file: its first lines, first list items, or its single object."""
    if head.records:
        return objects(list(head.records))
    if isinstance(head.document, dict):
        return [head.document]
    return objects(head.document)


def _decoded_lines(raw: bytes) -> Iterator[object]:
    """Yield the values of the first lines, including whole records inside broken lines."""
    lines = raw.split(b"\n")
    if len(raw) == HEAD_BYTES and len(lines) > 1:
        lines.pop()
    return islice(_values_in(lines), HEAD_RECORDS)


def _values_in(lines: list[bytes]) -> Iterator[object]:
    for line in lines:
        try:
            yield decode(line)
        except NotJsonError:
            yield from (piece.value for piece in pieces(line, set()) if isinstance(piece, SalvagedRecord))


def _without_prologue(raw: bytes) -> bytes:
    """Leave out the lines that a program printed before the document, if the rest is one document."""
    rest = raw[prologue_size(raw) :]
    return rest if len(raw) == HEAD_BYTES or rest.rstrip()[-1:] in (b"}", b"]") else raw


def _several(raw: bytes) -> tuple[object, ...]:
    """Return the values of a file of several JSON values in a row, whatever its line breaks; () for one value."""
    try:
        decode(raw)
    except NotJsonError as error:
        if "trailing" not in str(error):
            return ()
    else:
        return ()
    return tuple(
        islice((piece.value for piece in pieces(raw, set()) if isinstance(piece, SalvagedRecord)), HEAD_RECORDS)
    )


def _whole_or_closed(raw: bytes) -> object:
    try:
        return decode(raw)
    except NotJsonError:
        pass
    try:
        return decode(close(raw))
    except NotJsonError:
        return None


def close(raw: bytes) -> bytes:
    """Cut incomplete JSON after its last whole item and close the open brackets.

    A string at the cut becomes an empty string, so that its key is kept. The result is JSON if *raw* starts as JSON.
    """
    stack: list[bytes] = []
    cut = 0
    while (bracket := raw[(end := _to_bracket(raw, cut)) : end + 1]) in _BRACKETS and (bracket in _CLOSER or stack):
        if bracket in _CLOSER:
            stack.append(bracket)
        else:
            stack.pop()
        cut = end + 1
    for token in _TOKEN.finditer(raw, cut):
        mark = token.group()
        if mark == b'"':
            before = raw[: token.start()].rstrip()[-1:]
            is_value = before == b":" or (before in (b"[", b",") and stack[-1:] == [b"["])
            return (raw[: token.start()] + b'""' if is_value else raw[:cut]) + _closers(stack)
        if mark == b",":
            cut = token.start()
        elif len(mark) == 1:
            break
    return raw[:cut] + _closers(stack)


def _to_bracket(raw: bytes, at: int) -> int:
    """Return the offset of the first unclosed string or bracket outside strings, from *at* on; else the end."""
    found = _NO_BRACKET.match(raw, at)
    return at if found is None else found.end()


def _closers(stack: list[bytes]) -> bytes:
    return b"".join(_CLOSER[mark] for mark in reversed(stack))
