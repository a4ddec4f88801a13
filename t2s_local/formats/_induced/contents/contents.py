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

FAULTS = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""Errors of a parser whose input is not what it expects."""
LARGEST = 256 << 10
"""Largest file in bytes, packed and unpacked."""


def content_of(path: Path) -> File | None:
    """Return the content of a file; None if it cannot be read, is empty, or unpacks to too much.

    A fault in parsing costs this file alone, and none of those beside it.
    """
    try:
        if len(streams.head_bytes(path, LARGEST + 1)) > LARGEST:
            return None
        held, is_parsed = _values(path)
    except (InputError, OSError, *FAULTS):
        return None
    if not held:
        return None
    is_one = len(held) == 1 and not isinstance(look(path).document, list)
    return File(str(path.parent), str(path), held[0] if is_one else held, is_parsed)


def as_plain(file: File) -> File:
    """Return a file whose content was parsed from a text with that text as its content.

    Raises:
        OSError: the file cannot be read.
    """
    return file._replace(value=streams.text_of(Path(file.name)), is_parsed=False) if file.is_parsed else file


def _values(path: Path) -> tuple[list[object], bool]:
    """Return the values of a file, and whether they were parsed from a text that is no JSON."""
    head = look(path)
    if head.document is not None or head.records:
        items = values(path, source="", is_known=False)
        return [item[1] for item in items if not isinstance(item, Quarantined)], False
    if b"\0" in head.raw:
        return [], False
    text = streams.text_of(path)
    if path.suffix in DELIMITERS:
        return table_rows(text, DELIMITERS[path.suffix]), False
    if head.raw.lstrip()[:1] in (b"{", b"["):
        lines = [decode_text(line) for line in text.splitlines() if line.strip()]
        if len(lines) > 1 and all(isinstance(line, list) for line in lines):
            return list(lines), False
    return _of_text(text)


def _of_text(text: str) -> tuple[list[object], bool]:
    """Return what a text contains: an XML document, rows of SQL, log lines, a report, or else the text."""
    whole = document(text) or inserted(text) or paired_lines(text) or report(text)
    if isinstance(whole, list):
        return whole, True
    return [text if whole is None else whole], whole is not None
