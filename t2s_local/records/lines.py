"""Reader of JSON Lines, one value a line, with a report on the lines that are not JSON."""

import io
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

import msgspec

from t2s_local.ports.format import Quarantined
from t2s_local.records import streams
from t2s_local.records.broken.salvage import SalvagedRecord, Shapes, pieces, shapes_of
from t2s_local.records.budget import Budget, budget_of
from t2s_local.records.decoding import NotJsonError, decode
from t2s_local.records.packed import CutOffError

Numbered = tuple[int, object]
"""A JSON value with its number: the line, or the item of a list."""
_Lines = Iterator[tuple[int, bytes | None]]
_VALUE = msgspec.json.Decoder()
_OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])
_PEEK = 8 << 20
"""Bytes that are read at once; a longer file is streamed line by line, or read again if it is one document."""
_PROLOGUE = 64 << 10
"""Bytes at the start of a file that are searched for the first record."""
_BLANK = b" \t\r\n\x00\x1e\xef\xbb\xbf"
_OPENS = (b"{", b"[", b",")


def is_json_lines(data: bytes) -> bool:
    """Return whether text that starts with *data* contains one JSON value a line rather than one document."""
    filled = (line for line in io.BytesIO(data) if not line.isspace())
    first = next(filled, b"")
    if first.lstrip().startswith((b"{", b"[")):
        if first.rstrip().endswith((b"{", b"[", b",")):
            return False
        if _is_object_line(first):
            return True
    return _is_object_line(next(filled, b"")) or _is_stream_behind(data[:_PROLOGUE])


def _is_stream_behind(start: bytes) -> bool:
    """Return whether a line ends in a JSON object, and so do at least half of the lines from the first such line on."""
    lines = [line for line in start.split(b"\n") if line.strip(_BLANK)]
    if len(start) == _PROLOGUE and len(lines) > 1:
        lines.pop()
    ends = [_ends_in_object(line) for line in lines]
    behind = ends[ends.index(True) :] if True in ends else []
    return bool(behind) and 2 * sum(behind) >= len(behind)


def _ends_in_object(line: bytes) -> bool:
    if b"{" not in line or line.rstrip(_BLANK)[-1:] != b"}":
        return False
    return any(isinstance(piece, SalvagedRecord) and isinstance(piece.value, dict) for piece in pieces(line, set()))


def _is_object_line(line: bytes) -> bool:
    if not line.startswith(b"{"):
        return False
    try:
        _OBJECT.decode(line)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return (b"NaN" in line or b"Infinity" in line) and _is_lenient_object(line)
    return True


def _is_lenient_object(line: bytes) -> bool:
    try:
        return isinstance(decode(line), dict)
    except NotJsonError:
        return False


def start_of(path: Path) -> tuple[bytes, bytes | None]:
    """Return at most the first 8 MiB of a file, and the same bytes again if they are the whole file, otherwise None."""
    try:
        start = streams.first_bytes(path, _PEEK)
    except CutOffError as error:
        return error.start, None
    return start, start if len(start) < _PEEK else None


def line_values(path: Path, *, source: str, known: bytes | None = None) -> Iterator[Numbered | Quarantined]:
    """Yield the JSON values of the lines of a file with line numbers; broken lines are yielded as quarantined.

    Args:
        path: The file.
        source: Name of the file in messages.
        known: All unpacked bytes of the file, if they were read already.
    """
    if known is None:
        known = start_of(path)[1]
    rows: _Lines | None = _rows(path, known)
    shapes: Shapes | None = None
    while rows is not None:
        current, rows = rows, None
        for number, line in current:
            if line is None:
                reason = f"a line of more than {streams.LINE_LIMIT >> 20} MB"
                yield Quarantined(path=source, line=number, reason=reason)
                continue
            try:
                value = _VALUE.decode(line)
            except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
                shapes = _shapes_in(path, known) if shapes is None else shapes
                if line[:1] == b"{" and line[-4:].rstrip()[-1:] in _OPENS:
                    gathered, rows = _gathered(line, current)
                    yield from _mended(gathered, number, source, shapes)
                    break
                yield from _mended(line, number, source, shapes)
            else:
                yield number, value


def _rows(path: Path, known: bytes | None) -> _Lines:
    """Return the lines of a file, and count them in its memory budget if together they could exceed it."""
    held = budget_of(path)
    if known is not None and held.is_enough_for(len(known)):
        return streams.lines_of(known)
    return _counted(streams.lines(path) if known is None else streams.lines_of(known), held)


def _counted(rows: _Lines, held: Budget) -> _Lines:
    for number, line in rows:
        if line is not None:
            held.hold_json(line)
        yield number, line


def _gathered(line: bytes, rows: _Lines) -> tuple[bytes, _Lines]:
    """Return the joined lines of an object that is written over several lines, and an iterator over later lines."""
    held, size = [line], len(line)
    for number, more in rows:
        if more is None or more[:1] == b"{" or size > streams.LINE_LIMIT:
            return b"".join(held), chain([(number, more)], rows)
        held.append(more)
        size += len(more)
        if more[:1] == b"}":
            break
    return b"".join(held), rows


def _shapes_in(path: Path, known: bytes | None) -> Shapes:
    """Return the key sets of the records at the start of a file."""
    start = (streams.head_bytes(path, _PROLOGUE) if known is None else known)[:_PROLOGUE]
    return shapes_of(_whole_values(start.split(b"\n")))


def _whole_values(lines: Iterable[bytes]) -> Iterator[object]:
    for line in lines:
        try:
            yield decode(line)
        except NotJsonError:
            continue


def _mended(line: bytes, number: int, source: str, shapes: Shapes) -> Iterator[Numbered | Quarantined]:
    """Yield the value of an almost valid line, or the whole records in a broken line and a report of what is lost."""
    try:
        yield number, decode(line.rstrip())
    except NotJsonError as error:
        found = list(pieces(line, shapes))
        whole = [piece for piece in found if isinstance(piece, SalvagedRecord)]
        lost = [piece.reason for piece in found if not isinstance(piece, SalvagedRecord)]
        yield from ((number, piece.value) for piece in whole)
        if whole and lost:
            yield Quarantined(path=source, line=number, reason=f"{'; '.join(lost)}; the rest of the line was read")
        elif lost:
            reason = lost[0] if _is_text(line) or not line.strip(_BLANK) else str(error)
            yield Quarantined(path=source, line=number, reason=reason)


def _is_text(line: bytes) -> bool:
    return b"\0" not in line and line.lstrip()[:1] not in (b"{", b"[")
