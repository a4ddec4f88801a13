"""One JSON value that is cut off or broken inside, read as far as it is whole."""

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
"""Keys of a message or a step: half of one is no record."""
_Stack = list[tuple[bytes, int]]
"""Brackets that are open, and where."""


class Start(NamedTuple):
    """The start of a value that is broken further on, closed after its last whole item."""

    value: object
    stop: int
    """Where it is broken."""


def whole_start(data: bytes) -> Start | None:
    """Read one value as far as it is whole; None where nothing of it is.

    An object in a list that is not whole is left out, in the outermost list that holds a whole one: half a message
    says what nobody said.
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
    """The start of *data*, its brackets closed after the last item that is whole."""
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
    """Return whether the first item of a list is a message or a step, and no run that holds some."""
    try:
        value = decode(data)
    except NotJsonError:
        return True
    return isinstance(value, dict) and not _RECORD_KEYS.isdisjoint(value)


def _follow(stack: _Stack, mark: bytes, place: int) -> bool:
    """Open or close a bracket; False where none is open that could be closed."""
    if mark in _CLOSER:
        stack.append((mark, place))
    elif mark != b",":
        if not stack:
            return False
        stack.pop()
    return True
