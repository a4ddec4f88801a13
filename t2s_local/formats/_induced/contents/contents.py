"""Contents of the files of a group: JSON values, rows, elements, fields or text."""

from pathlib import Path

from t2s_local.errors import InputError
from t2s_local.formats._induced.contents.elements import document
from t2s_local.formats._induced.contents.inserts import inserted
from t2s_local.formats._induced.contents.pairs import paired_lines
from t2s_local.formats._induced.contents.reports import report
from t2s_local.formats._induced.contents.tables import DELIMITERS, table_rows
from t2s_local.formats._induced.leaves.leaves import File
from t2s_local.ports.format import Quarantined
from t2s_local.records import streams
from t2s_local.records.head import look
from t2s_local.records.json import decode_text, values

LARGEST = 256 << 10
"""Largest file in bytes, packed and unpacked."""


def content_of(path: Path) -> File | None:
    """Return the content of a file; None if it cannot be read, is empty, or unpacks to too much."""
    try:
        if len(streams.head_bytes(path, LARGEST + 1)) > LARGEST:
            return None
        held = _values(path)
    except (InputError, OSError):
        return None
    if not held:
        return None
    is_one = len(held) == 1 and not isinstance(look(path).document, list)
    return File(str(path.parent), str(path), held[0] if is_one else held)


def _values(path: Path) -> list[object]:
    head = look(path)
    if head.document is not None or head.records:
        items = values(path, source="", is_known=False)
        return [item[1] for item in items if not isinstance(item, Quarantined)]
    if b"\0" in head.raw:
        return []
    text = streams.text_of(path)
    if path.suffix in DELIMITERS:
        return table_rows(text, DELIMITERS[path.suffix])
    if head.raw.lstrip()[:1] not in (b"{", b"["):
        return _of_text(text)
    lines = [decode_text(line) for line in text.splitlines() if line.strip()]
    return list(lines) if len(lines) > 1 and all(isinstance(line, list) for line in lines) else _of_text(text)


def _of_text(text: str) -> list[object]:
    """Return what a text contains: an XML document, rows of SQL, log lines, a report, or else the text."""
    whole = document(text) or inserted(text) or paired_lines(text) or report(text)
    if isinstance(whole, list):
        return whole
    return [text if whole is None else whole]
