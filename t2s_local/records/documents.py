"""Readers of JSON documents: a list, a single value, or several values in a row."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from t2s_local.ports.format import Quarantined
from t2s_local.records import streams
from t2s_local.records.broken.cut_off import whole_start
from t2s_local.records.broken.salvage import SalvagedRecord, pieces
from t2s_local.records.budget import budget_of
from t2s_local.records.decoding import NotJsonError, decode
from t2s_local.records.lines import Numbered, is_json_lines, line_values, start_of
from t2s_local.records.packed import CutOffError

_VALUES = msgspec.json.Decoder(list[Any])
_PIECES = msgspec.json.Decoder(list[msgspec.Raw])
_LITTLE = 8 << 20
"""Largest list in bytes that is decoded at once: faster than item by item, but with several times the memory."""
_MENDED_LIMIT = 128 << 20
"""Largest broken document in bytes that is searched for whole records."""
_PROLOGUE = 4 << 10
"""Bytes at the start of a file in which a program may have printed text before its JSON document."""
_OPENING = re.compile(rb'^(?:\{\s*"|\[\s*\{)', re.MULTILINE)
_MOST_LOSSES = 100
"""Most broken places of a document that are reported separately."""


def prologue_size(start: bytes) -> int:
    """Return the size in bytes of the lines before the first line that opens a JSON document; 0 if there are none."""
    if start.lstrip()[:1] in (b"{", b"["):
        return 0
    found = _OPENING.search(start[:_PROLOGUE])
    return 0 if found is None else found.start()


def values(path: Path, *, source: str, is_known: bool = True) -> Iterator[Numbered | Quarantined]:
    """Yield the JSON values of a file with numbers: the line in JSON Lines, the item in a list, otherwise 1.

    A value that cannot be decoded is yielded as quarantined and does not affect the others.

    Args:
        path: The file.
        source: Name of the file in messages.
        is_known: Whether the format knows its fields. If so, a broken document is read up to the break. In an unknown
            format the missing fields could change the meaning: reference answers could be read as a run.

    Raises:
        InputError: the file cannot be read at all.
    """
    start, known = start_of(path)
    is_one_line = start.find(b"\n") in (-1, len(start) - 1)
    if known is not None:
        has_lines = not is_one_line and is_json_lines(start)
    elif is_one_line:
        has_lines = start.lstrip().startswith(b"{") and streams.has_second_line(path)
    else:
        has_lines = is_json_lines(start)
    if has_lines:
        yield from line_values(path, source=source, known=known)
    else:
        yield from _whole_values(path, known, source, is_known=is_known)


def _whole_values(path: Path, known: bytes | None, source: str, *, is_known: bool) -> Iterator[Numbered | Quarantined]:
    """Yield the values of a document; of a packed file that is cut off, the values before the cut."""
    cut: CutOffError | None = None
    try:
        data = streams.whole(path) if known is None else known
    except CutOffError as error:
        data, cut = error.start, error
    budget_of(path).hold_json(data)
    found = _document_values(data, source, is_known=is_known) if data or cut is None else ()
    del data
    yield from found
    if cut is not None:
        yield Quarantined(path=source, line=None, reason=cut.message)


def _document_values(data: bytes, source: str, *, is_known: bool) -> Iterator[Numbered | Quarantined]:
    items = _items(data)
    if len(items) == 1 and items[0] is data:
        yield from _one_value(data, source, is_known=is_known)
        return
    del data
    for place in range(len(items)):
        item, items[place] = items[place], None
        try:
            value = decode(item) if isinstance(item, bytes | msgspec.Raw) else item
        except NotJsonError as error:
            yield Quarantined(path=source, line=place + 1 if len(items) > 1 else None, reason=str(error))
        else:
            del item
            yield place + 1, value


def _one_value(data: bytes, source: str, *, is_known: bool) -> Iterator[Numbered | Quarantined]:
    try:
        value = decode(data)
    except NotJsonError as error:
        reason = str(error)
    else:
        del data
        yield 1, value
        return
    yield from _mended_document(data, reason, source, is_known=is_known)


def _mended_document(data: bytes, reason: str, source: str, *, is_known: bool) -> Iterator[Numbered | Quarantined]:
    """Yield the whole values of a broken document: several values, items of a list, or the start of a single value."""
    if size := prologue_size(data):
        yield Quarantined(path=source, line=1, reason="no JSON")
        yield from _document_values(data[size:], source, is_known=is_known)
        return
    found = list(pieces(data, set())) if len(data) <= _MENDED_LIMIT else []
    if not any(isinstance(piece, SalvagedRecord) for piece in found):
        yield from _whole_start(data, reason, source, is_known=is_known)
        return
    n_found = n_lost = counted = 0
    line = 1
    for piece in found:
        if isinstance(piece, SalvagedRecord):
            n_found += 1
            yield n_found, piece.value
            continue
        line, counted = line + data.count(b"\n", counted, piece.start), piece.start
        n_lost += 1
        if n_lost <= _MOST_LOSSES:
            yield Quarantined(path=source, line=line, reason=piece.reason)
    if n_lost > _MOST_LOSSES:
        yield Quarantined(path=source, line=None, reason=f"{n_lost - _MOST_LOSSES:,} more broken places")


def _whole_start(data: bytes, reason: str, source: str, *, is_known: bool) -> Iterator[Numbered | Quarantined]:
    """Yield the start of a single broken value, up to the break."""
    start = whole_start(data) if is_known and len(data) <= _MENDED_LIMIT else None
    if start is None:
        yield Quarantined(path=source, line=None, reason=reason)
        return
    line = data.count(b"\n", 0, start.stop) + 1
    yield from enumerate(start.value if isinstance(start.value, list) else [start.value], 1)
    yield Quarantined(path=source, line=line, reason=f"{reason}; what is whole before it was read")


def _items(data: bytes) -> list[Any]:
    """Return the items of a list, decoded if the list is small, otherwise as raw JSON; any other *data* as one item."""
    if not data.lstrip(b" \t\r\n").startswith(b"["):
        return [data]
    for decoder in (_VALUES, _PIECES) if len(data) <= _LITTLE else (_PIECES,):
        try:
            return decoder.decode(data)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            continue
    return [data]


def document(path: Path) -> object:
    """Return the one JSON value of a file.

    Raises:
        NotJsonError: the file is not JSON.
        InputError: the file cannot be read.
    """
    data = streams.whole(path)
    budget_of(path).hold_json(data)
    return decode(data)
