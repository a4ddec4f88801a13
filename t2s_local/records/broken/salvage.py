"""Recovery of JSON values from text that is glued, spliced, zero-filled, cut off, or mixed with other words.

A broken record is skipped up to the start of the next whole record. An object after the break counts as a record if
its keys are those of other records of the file or if it ends its line. An object before the break may be part of the
broken record: it must have the keys, and must end its line or reach the break.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from t2s_local.records.decoding import NotJsonError, decode

Shapes = set[frozenset[str]]
"""Key sets of whole records: an object with similar keys counts as a record of the file."""

_VALUE = msgspec.json.Decoder()
_OBJECT = re.compile(rb'\{\s*"')
_STARTS = re.compile(rb'\{\s*["}]|\[\s*[{\[]')
_LENIENT = re.compile(rb"[NI]|\\u[dD]")
"""Characters at which the strict decoder may stop where the lenient decoder can continue: NaN, Infinity, surrogates."""
_TAIL = 16
_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[\[\]{}"]', re.DOTALL)
_PLACE = re.compile(r"\(byte (\d+)\)$")
_SEPARATORS = re.compile(rb"(?:[\s\x1e]|\xef\xbb\xbf)*+")
"""White space, the mark before each text of an RFC 7464 sequence, and byte order marks; skipping them loses nothing."""
_LISTED = re.compile(rb"(?:[\s\x1e,\]]|\xef\xbb\xbf)*+")
"""Separators between the items of a list: those above, commas and closing brackets."""
_ZEROS = re.compile(rb"[\x00\s]*\x00")
_ENDS_LINE = re.compile(rb'[ \t\r\x00]*(?:\n|\Z|\{\s*")')
_ALIKE = 0.6
"""Share of common keys from which an object counts as similar to a known record."""
_MOST_SHAPES = 64
_MOST_ATTEMPTS = 10_000
_PASSES = 8
"""Budget of decoding after broken records: this many times the length of the text."""
_SLOWER = 8
"""Cost of a search for closing brackets, as a multiple of the cost of decoding the same bytes."""


class SalvagedRecord(NamedTuple):
    """A recovered JSON value with the byte at which it starts."""

    start: int
    value: object


class Lost(NamedTuple):
    """A byte range that belongs to no whole value, with the reason."""

    start: int
    stop: int
    reason: str


class _Read(NamedTuple):
    """Result of one attempt to decode: a value with its end, or the byte at which the decoder stopped."""

    stop: int
    value: object = None
    is_whole: bool = False


def shapes_of(values: Iterable[object]) -> Shapes:
    """Return the key sets of the objects among *values*, at most 64 of them."""
    shapes: Shapes = set()
    for value in values:
        _learn(shapes, value)
    return shapes


def _learn(shapes: Shapes, value: object) -> None:
    if isinstance(value, dict) and len(shapes) < _MOST_SHAPES:
        shapes.add(frozenset(value))


def pieces(data: bytes, shapes: Shapes) -> Iterator[SalvagedRecord | Lost]:
    """Yield the JSON values in *data* and the lost byte ranges between them, in order.

    Args:
        data: A line, or a document; objects count as values, and in a list that is not closed lists too.
        shapes: Keys of records of the same file.
    """
    return _Search(data, set(shapes)).pieces()


class _Search:
    """One search of a text for whole JSON values."""

    def __init__(self, data: bytes, shapes: Shapes) -> None:
        """Prepare a search of *data* from its first byte."""
        self._data = data
        self._view = memoryview(data)
        self._shapes = shapes
        self._separators = _SEPARATORS
        self._room = _PASSES * len(data) + (1 << 16)
        self._attempts = _MOST_ATTEMPTS

    def pieces(self) -> Iterator[SalvagedRecord | Lost]:
        """Yield the values and the lost byte ranges, in order."""
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
        """Return the byte of the first value: inside the list if the text is a list that cannot be decoded."""
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
        """Decode the value that starts at byte *start*, leniently if the strict decoder stops."""
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
        """Try the lenient decoder if NaN, an infinity or half a surrogate pair may have stopped the strict decoder."""
        if stop is None:
            return self._leniently(start, stop)
        before = self._data[max(start, stop - 1) : stop + 1] if stop < len(self._data) else self._data[-_TAIL:]
        return self._leniently(start, stop) if _LENIENT.search(before) else _Read(stop)

    def _leniently(self, start: int, stop: int | None) -> _Read:
        """Decode leniently, from *start* to the bracket that closes the value."""
        end = _closed(self._data, start)
        self._room -= _SLOWER * ((len(self._data) if end is None else end) - start)
        if end is None:
            return _Read(len(self._data) if stop is None else stop)
        try:
            return _Read(end, decode(bytes(self._view[start:end])), is_whole=True)
        except NotJsonError:
            return _Read(end if stop is None else stop)

    def _next_record(self, start: int, broken_at: int) -> int:
        """Return the byte of the next record after the broken one at *start*, whose decoding stopped at *broken_at*."""
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
    """Return the end of the object or list at *start*, found by its brackets; None if it is not closed."""
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
