"""Parsers of calls in texts that label the name and the arguments: fences, requests, two lines, brackets, commands."""

import json
import re
from collections.abc import Callable, Iterator
from urllib.parse import parse_qsl

from t2s_local.formats._build import gathered
from t2s_local.formats._induced.leaves.calls.values import NAME, Written, scalar
from t2s_local.records.json import Record, decode_text

_FENCE = re.compile(r"\s*(```|~~~)[\w+\-]*\n(.*)\n\1\s*", re.DOTALL)
_POST = re.compile(rf"\s*[A-Z]{{3,7}} (?:[\w:.\-]*/)*({NAME})(?: HTTP/[\d.]+)?\n\s*(\{{.*\}})\s*", re.DOTALL)
_LABELLED = re.compile(rf"\s*[\w ]{{1,20}}: *[`\"]?({NAME})[`\"]?\n\s*[\w ]{{1,20}}: *(\{{.*\}})\s*", re.DOTALL)
_BRACKETS = re.compile(rf"\s*({NAME})\[(.*)\]\s*", re.DOTALL)
_ARROWS = re.compile(rf"\s*(?:CALL|EXEC(?:UTE)?|call|exec(?:ute)?) ({NAME})\s*\((.*)\)\s*;?\s*", re.DOTALL)
_SLASH = re.compile(rf"\s*/({NAME})(?= )")
_INDENTED = re.compile(rf"\s*[\w\-]{{1,20}}: *({NAME})\n[\w\-]{{1,20}}:[ \t]*\n((?:[ \t]+[\w\-]+:.*(?:\n|\Z))+)")
_ADDRESS = re.compile(rf"\s*[a-z][a-z+.\-]{{0,20}}:(?://)?(?:[\w.\-]+/)*({NAME})\?(\S+)\s*")
_LINE = re.compile(r"[ \t]+([\w\-]+):[ ]?(.*)")
_PAIR = re.compile(r"\s*([\w.\-]+)\s*(?:=>|:=|=|:)\s*")
_BARE = re.compile(r"[^\s,;\"'()\[\]]+")
_BETWEEN = re.compile(r"\s*[,;]?\s*")
_DECODER = json.JSONDecoder()


def labelled_call(text: str) -> Written | None:
    """Return the name and the arguments of a call in one of these forms; None if *text* is in none of them."""
    return next((found for reads in _WAYS if (found := reads(text)) is not None), None)


def _fenced(text: str) -> Written | None:
    """Return a call in a fence: JSON with a name and an object of arguments, or another form."""
    if (found := _FENCE.fullmatch(text)) is None:
        return None
    inside = decode_text(found[2]) if found[2].lstrip()[:1] == "{" else None
    if isinstance(inside, dict):
        return named(inside)
    return None if "```" in found[2] or "~~~" in found[2] else labelled_call(found[2])


def named(value: Record) -> Written | None:
    """Return the call in an object of a name and an object of arguments; None for any other object."""
    names = [one for one in value.values() if isinstance(one, str) and re.fullmatch(NAME, one)]
    given = [one for one in value.values() if isinstance(one, dict)]
    return (names[0], given[0]) if len(names) == len(given) == 1 and len(value) == 2 else None


def _before_object(pattern: re.Pattern[str]) -> Callable[[str], Written | None]:
    def reads(text: str) -> Written | None:
        found = pattern.fullmatch(text)
        inside = None if found is None else decode_text(found[2])
        return (found[1], inside) if found is not None and isinstance(inside, dict) else None

    return reads


def _between(pattern: re.Pattern[str]) -> Callable[[str], Written | None]:
    def reads(text: str) -> Written | None:
        found = pattern.fullmatch(text)
        given = None if found is None or not found[2].strip() else _listed(found[2], 0)
        return (found[1], given) if found is not None and given is not None else None

    return reads


def _slash(text: str) -> Written | None:
    found = _SLASH.match(text)
    given = None if found is None else _listed(text.rstrip(), found.end())
    return (found[1], given) if found is not None and given else None


def _address(text: str) -> Written | None:
    """Return a call in the form of an address, ``tool://name?key=value&…``; None for any other text."""
    if (found := _ADDRESS.fullmatch(text)) is None:
        return None
    pairs = parse_qsl(found[2], keep_blank_values=True)
    return (found[1], gathered((key, scalar(value)) for key, value in pairs)) if pairs else None


def _indented(text: str) -> Written | None:
    if (found := _INDENTED.fullmatch(text)) is None:
        return None
    lines = [match for line in found[2].split("\n") if line.strip() and (match := _LINE.fullmatch(line)) is not None]
    return found[1], gathered((match[1], scalar(match[2])) for match in lines)


def _listed(text: str, place: int) -> Record | None:
    """Return pairs of key and value from *place* on, with commas or spaces between them; None if they are not."""
    pairs = []
    for pair in _pairs(text, place):
        if pair is None:
            return None
        pairs.append(pair)
    return gathered(pairs)


def _pairs(text: str, place: int) -> Iterator[tuple[str, object] | None]:
    """Yield pairs of key and value, and None at a part of the text that is no pair."""
    while place < len(text):
        key = _PAIR.match(text, place)
        if key is None:
            yield None
            return
        value, place = _value(text, key.end())
        if place < 0:
            yield None
            return
        yield key[1], value
        between = _BETWEEN.match(text, place)
        place = place if between is None else between.end()


def _value(text: str, place: int) -> tuple[object, int]:
    """Return the value at a place of a text and its end; -1 as the end if there is none."""
    sign = text[place : place + 1]
    if sign in ('"', "[", "{"):
        try:
            return _DECODER.raw_decode(text, place)
        except (ValueError, RecursionError):
            return None, -1
    if sign == "'":
        stop = text.find("'", place + 1)
        return text[place + 1 : stop], stop + 1 if stop >= 0 else -1
    found = _BARE.match(text, place)
    return (None, -1) if found is None else (scalar(found[0]), found.end())


_WAYS: tuple[Callable[[str], Written | None], ...] = (
    _fenced,
    _before_object(_POST),
    _before_object(_LABELLED),
    _between(_BRACKETS),
    _between(_ARROWS),
    _slash,
    _indented,
    _address,
)
