"""Reader of one JSON value that is cut off or broken inside, up to its last whole item."""

import re
from typing import NamedTuple

import msgspec

from t2s_local.records.decoding import NotJsonError, decode

_MARK = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[\[\]{},"]', re.DOTALL)
_CLOSER = {b"{": b"}", b"[": b"]"}
_PLACE = re.compile(r"\(byte (\d+)\)$")
_BETWEEN = b", \t\r\n"
_VALUE = msgspec.json.Decoder()
_RECORD_KEYS = frozenset({"role", "type", "kind", "source", "from", "action", "content"})
"""Keys that mark an object as a message or a step; half of such an object is not used as a record."""
_Stack = list[tuple[bytes, int]]
"""Open brackets, each with its position in bytes."""


class Start(NamedTuple):
    """Readable start of a broken JSON value, closed after its last whole item."""

    value: object
    stop: int
    """Byte at which the value is broken."""


def whole_start(data: bytes) -> Start | None:
    """Read the whole items at the start of one broken value; None if no item is whole.

    In the outermost list with a whole item, a cut-off object is left out, because half a message could be read as a
    message that nobody wrote. None also if the cut-off object is a message or a step and the first item of its list.
    """
    stop = _broken_at(data)
    closed = _closed_before(data, stop)
    try:
        value = None if closed is None else decode(closed)
    except NotJsonError:
        return None
    return Start(value, stop) if _says_something(value) else None


def _says_something(value: object) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(isinstance(item, list | dict) and item for item in inner)


def _broken_at(data: bytes) -> int:
    try:
        _VALUE.decode(data)
    except msgspec.DecodeError as error:
        place = _PLACE.search(str(error))
        return int(place[1]) if place else len(data)
    except (UnicodeDecodeError, RecursionError):
        return 0
    return len(data)


def _closed_before(data: bytes, stop: int) -> bytes | None:
    """Return the start of *data* up to its last whole item, with the open brackets closed; None if impossible."""
    stack: _Stack = []
    cut = 0
    for token in _MARK.finditer(data, 0, stop):
        mark = token.group()
        if mark == b'"':
            break
        if len(mark) == 1:
            cut = token.start() if mark == b"," else token.end()
            if not _follow(stack, mark, token.start()):
                return None
    return _without_half_items(data, stack, cut) if stack and not data[: stack[0][1]].strip() else None


def _without_half_items(data: bytes, stack: _Stack, cut: int) -> bytes | None:
    for depth in range(1, len(stack)):
        if stack[depth - 1][0] == b"[" and stack[depth][0] == b"{":
            start = stack[depth][1]
            if data[stack[depth - 1][1] + 1 : start].strip(_BETWEEN):
                return data[:start].rstrip(_BETWEEN) + _closers(stack[:depth])
            if _is_record(data[start:cut] + _closers(stack[depth:])):
                return None
    return data[:cut] + _closers(stack)


def _closers(stack: _Stack) -> bytes:
    return b"".join(_CLOSER[mark] for mark, _ in reversed(stack))


def _is_record(data: bytes) -> bool:
    """Return whether *data* is a message or a step rather than a run that contains some; True if it is no JSON."""
    try:
        value = decode(data)
    except NotJsonError:
        return True
    return isinstance(value, dict) and not _RECORD_KEYS.isdisjoint(value)


def _follow(stack: _Stack, mark: bytes, place: int) -> bool:
    """Open or close a bracket on *stack*; False if a closing bracket has no open one."""
    if mark in _CLOSER:
        stack.append((mark, place))
    elif mark != b",":
        if not stack:
            return False
        stack.pop()
    return True
