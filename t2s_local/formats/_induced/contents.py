"""Contents of the files of a group: JSON values, rows of a table, lists on lines, or text."""

import csv
import io
import re
from pathlib import Path

from t2s_local.errors import InputError
from t2s_local.formats._induced.leaves.leaves import File
from t2s_local.ports.format import Quarantined
from t2s_local.records import streams
from t2s_local.records.head import look
from t2s_local.records.json import decode_text, values

LARGEST = 256 << 10
"""Largest file in bytes, packed and unpacked."""
_TABLES = {".csv": ",", ".tsv": "\t"}
_MOST_COLUMNS = 60
_FEWEST_ROWS = 3
_NUMBER = re.compile(r"-?\d{1,15}")


def content_of(path: Path) -> File | None:
    """Return the content of a file; None if it cannot be read, is empty, or unpacks to too much."""
    try:
        if len(streams.head_bytes(path, LARGEST + 1)) > LARGEST:
            return None
        held = _values(path)
    except (InputError, OSError):
        return None
    return File(str(path.parent), str(path), held if len(held) > 1 else held[0]) if held else None


def _values(path: Path) -> list[object]:
    head = look(path)
    if head.document is not None or head.records:
        items = values(path, source="", is_known=False)
        return [item[1] for item in items if not isinstance(item, Quarantined)]
    if b"\0" in head.raw:
        return []
    text = streams.text_of(path)
    if path.suffix in _TABLES:
        return _rows(text, _TABLES[path.suffix])
    if head.raw.lstrip()[:1] not in (b"{", b"["):
        return [text]
    lines = [decode_text(line) for line in text.splitlines() if line.strip()]
    return list(lines) if len(lines) > 1 and all(isinstance(line, list) for line in lines) else []


def _rows(text: str, delimiter: str) -> list[object]:
    """Return the rows of a table as objects without the empty cells; [] if the text is no table with a header."""
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=delimiter, strict=True))
    except csv.Error:
        return []
    header = rows[0] if rows else []
    is_table = 1 < len(header) <= _MOST_COLUMNS and len(set(header)) == len(header) and all(header)
    if not is_table or len(rows) <= _FEWEST_ROWS or any(len(row) != len(header) for row in rows):
        return []
    return [{key: _cell(cell) for key, cell in zip(header, row, strict=True) if cell} for row in rows[1:]]


def _cell(cell: str) -> object:
    """Return the object, list or whole number in a cell; otherwise its text."""
    inside = decode_text(cell) if cell[:1] in "{[" else None
    if isinstance(inside, dict | list):
        return inside
    return int(cell) if _NUMBER.fullmatch(cell) else cell
