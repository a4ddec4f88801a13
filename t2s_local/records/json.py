"""JSON as it lies on disk: lines, lists, single documents, and what is wrong with them."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from t2s_local.ports.format import Quarantined
from t2s_local.records import budget, streams

_STARTS = frozenset('{["')
_PEEK = 8 << 20
"""Bytes of a file that are read at once; a longer one is streamed or, as one document, read again whole."""
_LITTLE = 8 << 20
"""Bytes of a list that is decoded at once, which takes less time and several times the memory."""
Record = dict[str, Any]
"""A JSON object, nothing known about it."""
_VALUE = msgspec.json.Decoder()
_OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])
_VALUES = msgspec.json.Decoder(list[Any])
_PIECES = msgspec.json.Decoder(list[msgspec.Raw])
_WRITER = msgspec.json.Encoder()


class NotJsonError(ValueError):
    """A piece of text that is no JSON; the message says why."""


def decode(data: bytes | msgspec.Raw) -> object:
    """Decode one JSON value; NaN and infinities are taken, half a surrogate pair becomes a question mark.

    Raises:
        NotJsonError: it is no JSON.
    """
    try:
        return _VALUE.decode(data)
    except UnicodeDecodeError as error:
        message = f"not UTF-8 (byte {error.start + 1} of a string)"
        raise NotJsonError(message) from error
    except RecursionError as error:
        message = "nested too deeply"
        raise NotJsonError(message) from error
    except msgspec.DecodeError as error:
        return _decode_leniently(bytes(data), str(error))


def _decode_leniently(data: bytes, reason: str) -> object:
    try:
        value = json.loads(data.decode())
        if b"\\ud" not in data and b"\\uD" not in data:
            return value
        halves_replaced = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
        return json.loads(halves_replaced)
    except RecursionError as error:
        message = "nested too deeply"
        raise NotJsonError(message) from error
    except UnicodeDecodeError as error:
        message = f"not UTF-8 (byte {error.start + 1})"
        raise NotJsonError(message) from error
    except ValueError as error:
        cut_off = "truncated" in reason
        message = "the JSON is cut off" if cut_off else f"not JSON ({reason.removeprefix('JSON is malformed: ')})"
        raise NotJsonError(message) from error


def decode_text(text: str) -> object:
    """Decode an object, a list or a string of JSON that is written inside a string; None where it is none."""
    start = text[:1]
    if start not in _STARTS and not (start.isspace() and text.lstrip()[:1] in _STARTS):
        return None
    try:
        return _VALUE.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        pass
    try:
        return decode(text.encode("utf-8", "surrogatepass"))
    except NotJsonError:
        return None


def compact(value: object) -> str:
    """Write *value* as JSON without white space, keys in the order they were recorded."""
    try:
        return _WRITER.encode(value).decode()
    except (UnicodeEncodeError, RecursionError, TypeError, msgspec.MsgspecError):
        return json.dumps(value, separators=(",", ":"), default=str)


def objects(value: object) -> list[Record]:
    """The JSON objects among the items of *value*; empty where it is no list."""
    if not value or not isinstance(value, list):
        return []
    return [item for item in value if isinstance(item, dict)]


def as_object(value: object) -> Record:
    """*value* itself where it is a JSON object, otherwise an empty one."""
    return value if isinstance(value, dict) else {}


def string(value: object) -> str | None:
    """*value* where it is a string with something in it, a number in digits, otherwise None."""
    if isinstance(value, str):
        return value or None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return None


def word(value: object) -> str | None:
    """*value* where it is a string, otherwise None: fit to be looked up, which a list or an object is not."""
    return value if isinstance(value, str) else None


def first_string(record: Record, *keys: str) -> str | None:
    """The first of *keys* that holds a string or a number, as text."""
    for key in keys:
        value = record.get(key)
        if isinstance(value, str):
            if value:
                return value
        elif value is not None and (found := string(value)) is not None:
            return found
    return None


def is_json_lines(data: bytes) -> bool:
    """Whether text that starts like *data* holds one JSON value a line rather than one document."""
    filled = (line for line in io.BytesIO(data) if not line.isspace())
    first = next(filled, b"")
    if first.lstrip().startswith((b"{", b"[")):
        if first.rstrip().endswith((b"{", b"[", b",")):
            return False
        if _is_object_line(first):
            return True
    return _is_object_line(next(filled, b""))


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


def values(path: Path, *, source: str) -> Iterator[tuple[int, object] | Quarantined]:
    """JSON values of a file with their number: of the line in JSON Lines, of the item in a list, otherwise 1.

    A value that cannot be decoded comes out as quarantined; the others are not touched by it.

    Raises:
        InputError: the file cannot be read at all.
    """
    start, known = _small(path)
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
        data = streams.whole(path) if known is None else known
        budget.hold(path, budget.weight(data))
        yield from _document_values(data, source)


def _small(path: Path) -> tuple[bytes, bytes | None]:
    """The first bytes of a file, and once more where they are all of it."""
    start = streams.head_bytes(path, _PEEK)
    return start, start if len(start) < _PEEK else None


def line_values(path: Path, *, source: str, known: bytes | None = None) -> Iterator[tuple[int, object] | Quarantined]:
    """JSON values of the lines of a file, numbered; broken lines come out as quarantined.

    Args:
        path: The file.
        source: What to call it.
        known: All of its unpacked bytes, where they were read already.
    """
    if known is None:
        known = _small(path)[1]
    for number, line in streams.lines(path, known=known):
        if line is None:
            reason = f"a line of more than {streams.LINE_LIMIT >> 20} MB"
            yield Quarantined(path=source, line=number, reason=reason)
            continue
        budget.hold(path, budget.weight(line))
        try:
            value = _VALUE.decode(line)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            yield _decoded(line, number, source)
        else:
            yield number, value


def _decoded(line: bytes, number: int, source: str) -> tuple[int, object] | Quarantined:
    try:
        return number, decode(line.rstrip())
    except NotJsonError as error:
        return Quarantined(path=source, line=number, reason=str(error))


def _document_values(data: bytes, source: str) -> Iterator[tuple[int, object] | Quarantined]:
    items = _items(data)
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


def _items(data: bytes) -> list[Any]:
    """The items of a list, decoded where they are few bytes, otherwise as they stand; anything else as one item."""
    if not data.lstrip(b" \t\r\n").startswith(b"["):
        return [data]
    for decoder in (_VALUES, _PIECES) if len(data) <= _LITTLE else (_PIECES,):
        try:
            return decoder.decode(data)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            continue
    return [data]


def document(path: Path) -> object:
    """The one JSON value of a file.

    Raises:
        NotJsonError: it is no JSON.
        InputError: the file cannot be read.
    """
    data = streams.whole(path)
    budget.hold(path, budget.weight(data))
    return decode(data)
