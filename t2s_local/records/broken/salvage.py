"""JSON values found again in text that is not whole: glued, spliced, zero-filled, cut off, or among other words.

A broken record is passed over up to the next place at which a whole one starts. An object inside of a broken record
is no record: it counts as one where the broken record cannot reach it, and where it looks like the records of the file
or goes to the end of its line.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from t2s_local.records.decoding import NotJsonError, decode

Shapes = set[frozenset[str]]
"""Keys of records that were found whole: what a record of the file looks like."""

_VALUE = msgspec.json.Decoder()
_OBJECT = re.compile(rb'\{\s*"')
_STARTS = re.compile(rb'\{\s*["}]|\[\s*[{\[]')
_LENIENT = re.compile(rb"[NI]|\\u[dD]")
"""What the strict decoder stops at and the lenient one may not, at that place or right before it."""
_TAIL = 16
_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[\[\]{}"]', re.DOTALL)
_PLACE = re.compile(r"\(byte (\d+)\)$")
_SEPARATORS = re.compile(rb"(?:[\s\x1e]|\xef\xbb\xbf)*+")
"""White space, the mark before each text of an RFC 7464 sequence, and byte order marks: nothing that is lost."""
_LISTED = re.compile(rb"(?:[\s\x1e,\]]|\xef\xbb\xbf)*+")
"""What else stands between the items of a list."""
_ZEROS = re.compile(rb"[\x00\s]*\x00")
_ENDS_LINE = re.compile(rb'[ \t\r\x00]*(?:\n|\Z|\{\s*")')
_ALIKE = 0.6
"""Share of keys in common from which an object looks like a record that was seen."""
_MOST_SHAPES = 64
_MOST_ATTEMPTS = 10_000
_PASSES = 8
"""How often the bytes of a text are looked at at most, in attempts to decode what follows a broken record."""
_SLOWER = 8
"""How many times longer it takes to look for closing brackets than to decode."""


class SalvagedRecord(NamedTuple):
    """A JSON value and where it starts."""

    start: int
    value: object


class Lost(NamedTuple):
    """Bytes that belong to no whole value."""

    start: int
    stop: int
    reason: str


class _Read(NamedTuple):
    """A value with its end, or how far the decoder came."""

    stop: int
    value: object = None
    is_whole: bool = False


def shapes_of(values: Iterable[object]) -> Shapes:
    """Keys of the objects among *values*, of a bounded number of kinds."""
    shapes: Shapes = set()
    for value in values:
        _learn(shapes, value)
    return shapes


def _learn(shapes: Shapes, value: object) -> None:
    if isinstance(value, dict) and len(shapes) < _MOST_SHAPES:
        shapes.add(frozenset(value))


def pieces(data: bytes, shapes: Shapes) -> Iterator[SalvagedRecord | Lost]:
    """Find the values in *data* and what lies between them, in order.

    Args:
        data: A line, or a document; objects count as values, and in a list that is not closed lists too.
        shapes: Keys of records of the same file.
    """
    return _Search(data, set(shapes)).pieces()


class _Search:
    """One pass through a text."""

    def __init__(self, data: bytes, shapes: Shapes) -> None:
        """Begin at the start."""
        self._data = data
        self._view = memoryview(data)
        self._shapes = shapes
        self._separators = _SEPARATORS
        self._room = _PASSES * len(data) + (1 << 16)
        self._attempts = _MOST_ATTEMPTS

    def pieces(self) -> Iterator[SalvagedRecord | Lost]:
        """Yield values and gaps."""
        place = self._first()
        while place < len(self._data):
            if zeros := _ZEROS.match(self._data, place):
                count = zeros.group().count(b"\0")
                yield Lost(place, zeros.end(), f"{count:,} zero byte{'s' if count > 1 else ''}")
                place = self._between(zeros.end())
                continue
            is_value = _STARTS.match(self._data, place) is not None
            read = self._read(place) if is_value else _Read(place)
            if read.is_whole:
                _learn(self._shapes, read.value)
                yield SalvagedRecord(place, read.value)
                place = self._between(read.stop)
                continue
            after = self._next_record(place, read.stop)
            yield Lost(place, after, _reason(is_value=is_value, is_last=after == len(self._data)))
            place = after

    def _first(self) -> int:
        """Where the first value starts: inside of the list where the text is a list that cannot be decoded."""
        start = self._between(0)
        if (
            self._data[start : start + 1] == b"["
            and _STARTS.match(self._data, start)
            and not self._read(start).is_whole
        ):
            self._separators = _LISTED
            return self._between(start + 1)
        return start

    def _between(self, place: int) -> int:
        found = self._separators.match(self._data, place)
        return place if found is None else found.end()

    def _read(self, start: int) -> _Read:
        """Decode the value that starts at *start*."""
        try:
            return _Read(len(self._data), _VALUE.decode(self._view[start:]), is_whole=True)
        except (UnicodeDecodeError, RecursionError):
            return self._leniently(start, None)
        except msgspec.DecodeError as error:
            said, place = str(error), _PLACE.search(str(error))
            if place is None:
                return self._stopped(start, len(self._data) if "truncated" in said else None)
            if "surrogate" in said:
                return self._leniently(start, start + int(place[1]))
            stop = start + int(place[1])
            return self._whole(start, stop - 1) if "trailing" in said else self._stopped(start, stop)

    def _whole(self, start: int, stop: int) -> _Read:
        try:
            return _Read(stop, _VALUE.decode(self._view[start:stop]), is_whole=True)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return self._leniently(start, stop)

    def _stopped(self, start: int, stop: int | None) -> _Read:
        """Ask the lenient decoder where it may know more: of NaN, infinities and half a pair of surrogates."""
        if stop is None:
            return self._leniently(start, stop)
        before = self._data[max(start, stop - 1) : stop + 1] if stop < len(self._data) else self._data[-_TAIL:]
        return self._leniently(start, stop) if _LENIENT.search(before) else _Read(stop)

    def _leniently(self, start: int, stop: int | None) -> _Read:
        """Decode up to the bracket that closes the value."""
        end = _closed(self._data, start)
        self._room -= _SLOWER * ((len(self._data) if end is None else end) - start)
        if end is None:
            return _Read(len(self._data) if stop is None else stop)
        try:
            return _Read(end, decode(bytes(self._view[start:end])), is_whole=True)
        except NotJsonError:
            return _Read(end if stop is None else stop)

    def _next_record(self, start: int, broken_at: int) -> int:
        """The place of the next record after the broken one at *start*, which the decoder followed to *broken_at*."""
        for candidate in _OBJECT.finditer(self._data, start + (broken_at > start)):
            self._attempts -= 1
            if self._attempts < 0 or self._room < 0:
                break
            read = self._read(candidate.start())
            self._room -= read.stop - candidate.start()
            if read.is_whole and self._is_record(candidate.start(), read, broken_at):
                return candidate.start()
        return len(self._data)

    def _is_record(self, place: int, read: _Read, broken_at: int) -> bool:
        is_alike = self._is_alike(read.value)
        ends = _ENDS_LINE.match(self._data, read.stop) is not None
        if place >= broken_at - 2:
            return is_alike or ends
        return is_alike and (ends or self._between(read.stop) >= broken_at)

    def _is_alike(self, value: object) -> bool:
        keys = frozenset(value) if isinstance(value, dict) else frozenset()
        return any(len(keys & shape) >= _ALIKE * len(keys | shape) for shape in self._shapes)


def _reason(*, is_value: bool, is_last: bool) -> str:
    if not is_value:
        return "no JSON"
    return "the JSON is cut off or broken" if is_last else "a broken record"


def _closed(data: bytes, start: int) -> int | None:
    """End of the object or list that starts at *start*, by its brackets; None where it is not closed."""
    depth = 0
    for token in _TOKEN.finditer(data, start):
        mark = token.group()
        if mark in (b"{", b"["):
            depth += 1
        elif mark in (b"}", b"]"):
            depth -= 1
        elif mark == b'"':
            return None
        if depth == 0:
            return token.end()
    return None
